import type {Principal} from '../accounts/principal.ts';
import type {HttpResponse} from '../http/message.ts';
import {freeBusyCalendar, mergeBusy} from '../ical/free-busy.ts';
import type {JcalProperty} from '../ical/jcal.ts';
import {availabilityIn} from '../scheduling/availability.ts';
import {mayDeliver} from '../scheduling/busy-principal.ts';
import {busyIn} from '../scheduling/busy-time.ts';
import {freeBusySet} from '../scheduling/free-busy-set.ts';
import {readFreeBusy, scheduleQueryFreebusy} from '../scheduling/privileges.ts';
import {evaluate, nothing} from '../webdav/access/access.ts';
import type {Ace} from '../webdav/access/ace.ts';
import {bitsOf} from '../webdav/access/privilege-bits.ts';
import {printPath} from '../webdav/href.ts';
import {findPrincipal, principalHref} from '../webdav/principals.ts';
import type {DavContext, DavRequest, Kind, Resource} from '../webdav/tables.ts';
import {calendarserver} from '../xml/names.ts';
import {parseFreeBusyParameters} from './free-busy-parameters.ts';
import {calendarHome} from './kinds.ts';

/**
 * `freebusy` in a calendar home: a link that tells when its owner is busy, and nothing else (CalConnect's Freebusy Read URL, as
 * CalendarServer has it). Who knows an account may ask, as for an invitation, and is told of the calendars that he may read the busy
 * time of. Where a home holds something of that name, it is that.
 */
export const freeBusyUrl: Kind = {
  name: 'free-busy URL',
  resourcetype: [calendarserver('free-busy-url')],
  pattern: '/calendars/:form/:name/freebusy',
  async find({form, name}, context) {
    const {freeBusyUrl: enabled} = context.limits;
    if (!enabled) return undefined;
    const owner = findPrincipal(form!, name!, context.directory);
    const home = owner && (await homeOf(form!, name!, context));
    if (!home || home.view?.find('freebusy')) return undefined;
    return {
      kind: freeBusyUrl,
      href: printPath(['calendars', form!, name!, 'freebusy'], false),
      owner,
      isOpen: enabled.anonymousAccess,
    };
  },
};

/** GET of it: a published VFREEBUSY (RFC 5546 §3.3.1) of the calendars that are not transparent. */
export async function getFreeBusy(request: DavRequest): Promise<HttpResponse> {
  const {target, http, limits} = request;
  const owner = target!.owner!;
  const now = Date.now();
  const {range, format} = parseFreeBusyParameters(http, limits.freeBusyUrl!.timePeriodDays, now);
  const [, form, name] = target!.href.split('/').slice(1).map(decodeURIComponent) as [string, string, string];
  const home = await homeOf(form, name, request);
  const calendars = home ? freeBusySet(home, request, calendar => mayKnow(calendar, request)) : [];
  const availability = home && mayDeliver(scheduleQueryFreebusy, home, request) ? availabilityIn(home.view!, request) : [];
  const counts = (object: Resource) => mayKnow(object, request);
  const periods = mergeBusy(await busyIn(range, {calendars, availability, counts}, request));
  const answer = freeBusyCalendar({range, stamp: now, periods, method: 'PUBLISH', properties: about(owner, range)});
  const headers = {'content-type': format.contentType, 'cache-control': 'private, no-cache', vary: 'Accept'};
  return {status: 200, headers, body: format.print(answer)};
}

async function homeOf(form: string, name: string, context: DavContext): Promise<Resource | undefined> {
  return calendarHome.find!({form, name}, context);
}

/** Who has not logged in, where the link needs no password, is told what anybody is told who has, unless that is denied to him. */
function mayKnow(resource: Resource, {principal, may, acl, protocol}: DavContext): boolean {
  if (principal) return may(readFreeBusy, resource);
  const {granted} = evaluate(nothing, acl(resource).filter(isOfBusyTime), isForAnybody, protocol);
  return (granted & bitsOf([readFreeBusy], protocol)) !== 0;
}

/** What an owner keeps from others is what his events say, not when they are. */
function isOfBusyTime({verb, isProtected}: Ace): boolean {
  return verb === 'grant' || !isProtected;
}

/** Whether an entry is for somebody of whom nothing is known, not even whether he has logged in. */
function isForAnybody({who, invert = false}: Ace): boolean {
  if (who === 'authenticated' || who === 'unauthenticated') return true;
  return (who === 'all') !== invert;
}

function about(owner: Principal, {start, end}: {start: number; end: number}): JcalProperty[] {
  const address = owner.emails[0] === undefined ? principalHref(owner) : `mailto:${owner.emails[0]}`;
  return [
    ['uid', {}, 'text', `${owner.guid}-${start}-${end}`],
    ['organizer', {cn: owner.fullName}, 'cal-address', address],
  ];
}
