import type {HttpResponse} from '../http/message.ts';
import {type BusyPeriod, freeBusyCalendar} from '../ical/free-busy.ts';
import type {JcalProperty} from '../ical/jcal.ts';
import {DavError} from '../webdav/error.ts';
import type {DavContext, DavRequest, Resource} from '../webdav/tables.ts';
import {busyPrincipal} from './busy-principal.ts';
import {findCalendarUser} from './calendar-user.ts';
import {type FreeBusyRequest, parseFreeBusyRequest} from './free-busy-request.ts';
import {maxResourceSize, validOrganizer} from './preconditions.ts';
import {type RecipientResponse, requestStatus, scheduleResponse} from './schedule-response.ts';

/**
 * RFC 6638 §5: a POST to an Outbox asks when others are busy. Whatever it is that somebody may know is asked by the owner of the Outbox,
 * also where a delegate does it. Of those whom it asks beyond the limit nothing is told, as CalendarServer has it.
 */
export async function askBusyTime(request: DavRequest): Promise<HttpResponse> {
  const {http, target, limits} = request;
  if (limits.maxResourceSizeBytes > 0 && http.body.length > limits.maxResourceSizeBytes) throw new DavError(maxResourceSize);
  const asked = parseFreeBusyRequest(http.body, http.headers['content-type']);
  const owner = target!.owner!;
  const organizer = findCalendarUser(String(asked.organizer[3]), request);
  if (organizer?.guid !== owner.guid) {
    throw new DavError(validOrganizer, {message: 'The ORGANIZER is whose Outbox it is.'});
  }
  const asker = request.as(owner);
  const most = limits.maxFreeBusyAttendees || Infinity;
  const responses: RecipientResponse[] = [];
  for (const [at, attendee] of asked.attendees.entries()) {
    const recipient = String(attendee[3]);
    responses.push(at < most ? await ask(attendee, asked, asker) : {recipient, status: requestStatus.unavailable});
  }
  return scheduleResponse(responses);
}

async function ask(attendee: JcalProperty, asked: FreeBusyRequest, context: DavContext): Promise<RecipientResponse> {
  const recipient = String(attendee[3]);
  const user = findCalendarUser(recipient, context);
  if (!user) return {recipient, status: requestStatus.unknown};
  if (!user.calendars && user.type !== 'groups') return {recipient, status: requestStatus.unsupported};
  let periods: BusyPeriod[] | undefined;
  try {
    periods = await busyPrincipal(user, asked.range, context, object => !isMasked(object, asked, context));
  } catch (error) {
    // Too much of it, or a disk that fails: the others are answered all the same.
    context.log.warn({err: error, recipient}, 'busy time could not be told');
    return {recipient, status: requestStatus.unavailable};
  }
  if (!periods) return {recipient, status: requestStatus.forbidden};
  const {range, organizer, uid, format} = asked;
  const properties: JcalProperty[] = [['uid', {}, 'text', uid], organizer, attendee];
  const reply = freeBusyCalendar({range, stamp: Date.now(), periods, method: 'REPLY', properties, lengths: true});
  return {recipient, status: requestStatus.success, data: {type: format.type, text: format.print(reply)}};
}

/** What is left out of a busy time is told thereby: so only what the one who asks has organized, or has in a calendar of their own. */
function isMasked({stored, owner}: Resource, {masked}: FreeBusyRequest, context: DavContext): boolean {
  if (masked.size === 0 || stored?.collection !== false || !stored.index || !masked.has(stored.index.uid)) return false;
  const {organizer} = stored.index;
  const whose = organizer === undefined ? owner : findCalendarUser(organizer, context);
  return whose !== undefined && whose.guid === context.principal?.guid;
}
