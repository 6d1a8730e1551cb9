import type {Principal} from '../accounts/principal.ts';
import type {TimeRange} from '../base/time-range.ts';
import {type BusyPeriod, mergeBusy} from '../ical/free-busy.ts';
import {memberOf} from '../webdav/locate.ts';
import type {DavContext, Resource} from '../webdav/tables.ts';
import type {Name} from '../xml/names.ts';
import {availabilityIn} from './availability.ts';
import {busyIn} from './busy-time.ts';
import {freeBusySet} from './free-busy-set.ts';
import {groupMembers} from './group-members.ts';
import {readFreeBusy, scheduleQueryFreebusy} from './privileges.ts';
import {inboxIn} from './scheduling-collection.ts';

/** Somebody's home as the one who asks sees it; undefined: there is none, nor will be. */
export async function homeOf(owner: Principal, context: DavContext): Promise<Resource | undefined> {
  return context.locate(`/calendars/__uids__/${encodeURIComponent(owner.guid)}/`);
}

/**
 * Whether the one who asks may deliver to a home, or ask it (RFC 6638 §6.1): a privilege on its Inbox. Of a home that has none yet
 * whoever has an account may, as is granted on a new one.
 */
export function mayDeliver(privilege: Name, home: Resource, context: DavContext): boolean {
  const inbox = inboxIn(home.view!);
  return inbox ? context.may(privilege, memberOf(home, inbox, context)) : context.principal !== undefined;
}

/**
 * When a principal is busy, as the one who asks may be told; of a group, when any of its members is whom he may ask. Undefined: he may
 * not ask. `counts` leaves objects out.
 */
export async function busyPrincipal(
  owner: Principal,
  range: TimeRange,
  context: DavContext,
  counts: (object: Resource) => boolean = () => true,
): Promise<BusyPeriod[] | undefined> {
  let mayAsk = false;
  const busy: BusyPeriod[] = [];
  for (const each of owner.type === 'groups' ? membersOfGroup(owner, context) : [owner]) {
    const home = await homeOf(each, context);
    if (!home?.view || !mayDeliver(scheduleQueryFreebusy, home, context)) continue;
    mayAsk = true;
    const mayKnow = (resource: Resource) => context.may(readFreeBusy, resource);
    const calendars = freeBusySet(home, context, mayKnow);
    const availability = availabilityIn(home.view, context);
    const periods = await busyIn(range, {calendars, availability, counts: each => mayKnow(each) && counts(each)}, context);
    for (const period of periods) busy.push(period);
  }
  return mayAsk ? mergeBusy(busy) : undefined;
}

/** No more than so many. */
function* membersOfGroup(group: Principal, {directory}: DavContext): Generator<Principal> {
  let count = 0;
  for (const member of groupMembers(group, directory)) {
    if (!member.calendars) continue;
    if (count++ >= maxMembers) return;
    yield member;
  }
}

const maxMembers = 100;
