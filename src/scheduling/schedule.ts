import type {Principal} from '../accounts/principal.ts';
import {failpoint} from '../base/failpoint.ts';
import {IcalError} from '../ical/ical-error.ts';
import {mainComponents} from '../ical/jcal.ts';
import {indexObject} from '../ical/object-index.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import {ItipError, type Message} from '../itip/message.ts';
import {attendeesOf, roleIn} from '../itip/parties.ts';
import type {StoredObject} from '../store/store.ts';
import type {Duties} from '../webdav/duties.ts';
import {DavError} from '../webdav/error.ts';
import {descendantOf, memberOf} from '../webdav/locate.ts';
import {requirePrivilege} from '../webdav/privileges.ts';
import type {Admitted, DavContext, ObjectChange, Resource, Scheduled} from '../webdav/tables.ts';
import {element} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {findCalendarUser} from './calendar-user.ts';
import {calendarsIn} from './default-calendar.ts';
import {stageDuties} from './duty.ts';
import {expandGroups, groupsIn, type Inviting} from './expand-groups.ts';
import {membersText} from './group-members.ts';
import {type ImplicitResult, implicitChange, type Reach} from './implicit.ts';
import {
  allowedAttendeeChange,
  allowedOrganizerChange,
  maxAttendeesPerInstance,
  sameOrganizerInAllComponents,
  uniqueSchedulingObjectResource,
  validOrganizer,
} from './preconditions.ts';
import {requireSingleComments} from './private-comments.ts';
import {scheduleSendInvite, scheduleSendReply} from './privileges.ts';
import {newScheduleTag, scheduleTagProperty} from './schedule-tag.ts';
import {outboxIn} from './scheduling-collection.ts';

export type SchedulingContext = DavContext & {readonly duties: Duties};

/** RFC 6638 §3.2: implicit scheduling, by what is stored in and removed from calendars. Who has no organizer costs a look at the index. */
export function schedule(change: ObjectChange, context: SchedulingContext): Promise<Scheduled> | undefined {
  const {before, after} = change;
  if (before?.index?.organizer === undefined && after?.index?.organizer === undefined) return undefined;
  return scheduled(change, context);
}

async function scheduled(change: ObjectChange, context: SchedulingContext): Promise<Scheduled> {
  const {parent, before, after, headers} = change;
  const owner = parent.owner!;
  const {find, isMe, reach} = lookUp(owner.guid, context);
  const [was, is] = [before && (await readBefore(before, context)), after && parseCalendar(after.bytes)];
  if (is) requireSingleComments(is);
  if (is && roleIn(is, isMe)) requireUnique(change, context);
  if (is && roleIn(is, isMe) === 'organizer') requireInviter(owner, context);
  const isStale = headers['if-schedule-tag-match'] !== undefined && headers['if-match'] === undefined;
  const isSilent =
    String(headers['schedule-reply'] ?? '')
      .trim()
      .toUpperCase() === 'F';
  const {directory, limits} = context;
  const expanded = is && roleIn(is, isMe) === 'organizer' ? expandGroups(is, {owner, before: was, directory, find}) : is;
  if (expanded && expanded !== is) requireAttendees(expanded, limits.maxAttendeesPerInstance);
  const result = decide(
    () => implicitChange({before: was, after: expanded, isMe, reach, now: Date.now(), isStale, isSilent}),
    was && roleIn(was, isMe),
  );
  if (before && !after && was && roleIn(was, isMe) === 'organizer' && result.messages.length > 0) {
    context.duties.noteEnded(context.unit!.home, before.index!.uid);
  }
  if (expanded && expanded !== is) noteGroups(expanded, find, change, context);
  if (result.messages.length > 0) owe(result.messages, parent, context);
  return {after: after && keptOf(after, is!, result), ...tagOf(result, after)};
}

/** Where who is in them comes to be others, the event is looked at again. */
function noteGroups(calendar: Calendar, find: Inviting['find'], {after}: ObjectChange, context: SchedulingContext): void {
  const {directory, duties, unit} = context;
  const groups = new Map(groupsIn(calendar, find).map(group => [group.guid, membersText(group, directory)]));
  const [home, {uid}] = [unit!.home, after!.index!];
  if (groups.size > 0) duties.noteGroups(home, uid, new Map([...groups.keys()].map(guid => [guid, undefined])));
  context.after(async () => duties.noteGroups(home, uid, groups));
}

/** Scheduling.Options of the plist: locations and resources are invited, and invite where that is allowed. */
function requireInviter({type, fullName}: Principal, {limits: {organizers}}: SchedulingContext): void {
  if (!organizers || (type !== 'locations' && type !== 'resources') || organizers[type]) return;
  throw new DavError(validOrganizer, {message: `${fullName} cannot invite: ${type} do not, by this server's configuration.`});
}

/** Addresses are asked for many times over, and of a thousand attendees each costs. */
export function lookUp(guid: string, context: SchedulingContext) {
  const found = new Map<string, Principal | undefined>();
  const find = (address: string) => {
    if (!found.has(address)) found.set(address, findCalendarUser(address, context));
    return found.get(address);
  };
  return {
    find,
    isMe: (address: string) => find(address)?.guid === guid,
    reach(address: string): Reach {
      const user = find(address);
      if (user?.calendars || user?.guid === guid) return 'here';
      return user?.type === 'groups' ? 'group' : context.duties.reaches(address) ? 'mail' : 'nobody';
    },
  };
}

/** RFC 4791 §5.2.9: who is in groups counts. */
export function hasTooMany(calendar: Calendar, limit: number): boolean {
  return limit !== 0 && mainComponents(calendar).some(part => attendeesOf(part).length > limit);
}

function requireAttendees(calendar: Calendar, limit: number): void {
  if (!hasTooMany(calendar, limit)) return;
  throw new DavError(maxAttendeesPerInstance, {message: `With those in its groups an instance has at most ${limit} attendees.`});
}

/** What is damaged, or not known yet to this unit, is as if it were not there. */
async function readBefore({path, etag}: StoredObject, {unit}: DavContext): Promise<Calendar | undefined> {
  const bytes = await unit!.read(path, etag);
  try {
    return bytes && parseCalendar(bytes);
  } catch (error) {
    if (error instanceof IcalError) return undefined;
    throw error;
  }
}

function decide(work: () => ImplicitResult, role: 'organizer' | 'attendee' | undefined): ImplicitResult {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ItipError)) throw error;
    const changed = role === 'attendee' ? allowedAttendeeChange : allowedOrganizerChange;
    const refusals = {
      'organizer differs': sameOrganizerInAllComponents,
      'organizer changed': changed,
      'not allowed': allowedAttendeeChange,
    };
    throw new DavError(refusals[error.refusal], {message: `This is not allowed: ${error.message}.`});
  }
}

/** RFC 6638 §3.2.4.1: messages name objects by UID alone. */
function requireUnique({parent, view, path, before, after, alongside}: ObjectChange, context: SchedulingContext): void {
  const {uid} = after!.index!;
  if (before?.index?.uid === uid) return;
  if (alongside?.has(uid)) throw new DavError(uniqueSchedulingObjectResource, {message: 'What is copied has this event twice.'});
  for (const calendar of calendarsIn(view, '')) {
    const holder = calendar.path === parent.stored!.path ? undefined : view.findUid(calendar.path, uid);
    if (!holder || holder.path === path || holder.index?.organizer === undefined) continue;
    const found = descendantOf({...homeOf(parent), view}, holder, context);
    throw new DavError(uniqueSchedulingObjectResource, {
      message: 'Another calendar in this home has this event.',
      content: found && context.may(dav('read'), found) ? [element(dav('href'), found.href)] : [],
    });
  }
}

function homeOf(resource: Resource): Resource {
  return resource.within ? homeOf(resource.within) : resource;
}

/** RFC 6638 §6.2: who acts needs the right to send in the owner's name. */
function owe(messages: readonly Message[], parent: Resource, context: SchedulingContext): void {
  const unit = context.unit!;
  const stored = outboxIn(unit);
  if (!stored) throw new Error(`${unit.home} has no Outbox`);
  const outbox = memberOf(homeOf(parent), stored, context);
  const isReply = messages.every(({method}) => method === 'REPLY' || method === 'REFRESH');
  requirePrivilege(isReply ? scheduleSendReply : scheduleSendInvite, outbox, context);
  const {kept, undone} = context.duties.owe(unit.home);
  context.undone(undone);
  failpoint('delivery owed');
  stageDuties(messages, unit);
  context.after(async () => {
    failpoint('delivery kept');
    kept();
  });
}

function keptOf(after: Admitted, is: Calendar, {calendar}: ImplicitResult): Admitted {
  if (!calendar || calendar === is) return after;
  return {bytes: new TextEncoder().encode(printCalendar(calendar)), index: indexObject(calendar)};
}

/** RFC 6638 §3.2.10: what a client stores has a new tag; what is no scheduling object resource has none. */
function tagOf({role}: ImplicitResult, after: Admitted | undefined): Pick<Scheduled, 'properties' | 'headers'> {
  if (after && role) {
    const {tag, property} = newScheduleTag();
    return {properties: new Map([[scheduleTagProperty, property]]), headers: {'schedule-tag': tag}};
  }
  // One that was stored here before, or one that a copy has brought along.
  const properties: ReadonlyMap<Name, undefined> = after ? new Map([[scheduleTagProperty, undefined]]) : new Map();
  return {properties, headers: {}};
}
