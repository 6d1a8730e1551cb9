import type {Principal} from '../accounts/principal.ts';
import {printCalendar} from '../ical/print.ts';
import {roleIn} from '../itip/parties.ts';
import type {HomeUnit} from '../store/store.ts';
import type {Owed} from '../webdav/duties.ts';
import {stageDuties} from './duty.ts';
import {expandGroups, groupsIn} from './expand-groups.ts';
import {membersText} from './group-members.ts';
import {findObject, readObject, stageObject} from './held-object.ts';
import {implicitChange} from './implicit.ts';
import {isOver} from './is-over.ts';
import {hasTooMany, lookUp, type SchedulingContext} from './schedule.ts';

/** In whose home it is, and what may be asked in their name. */
interface Regrouping {
  readonly owner: Principal;
  readonly context: SchedulingContext;
  readonly unit: HomeUnit;
  readonly now: number;
}

/** What has come of it: which groups the event has now, and of which members. None: there is nothing to look at any more. */
export interface Regrouped {
  readonly groups: ReadonlyMap<string, string>;
  readonly owed?: Owed;
  /** It would have more attendees than an event may have, and stays as it is. */
  readonly tooMany?: boolean;
}

/**
 * Stages an organizer's event as if they had stored it again, now that somebody has come into a group that is invited, or has left it: who
 * is new is invited, who is gone is told, and the others see it. What is over stays as it was.
 */
export async function regroup(uid: string, {owner, context, unit, now}: Regrouping): Promise<Regrouped> {
  const {directory, limits, duties} = context;
  const {find, isMe, reach} = lookUp(owner.guid, context);
  const object = findObject(unit, uid);
  const before = object && (await readObject(object, unit));
  const groups = new Map<string, string>();
  if (!before || roleIn(before, isMe) !== 'organizer' || isOver(before, now)) return {groups};
  for (const group of groupsIn(before, find)) groups.set(group.guid, membersText(group, directory));
  const after = expandGroups(before, {owner, before, directory, find});
  if (after === before || printCalendar(after) === printCalendar(before)) return {groups};
  if (hasTooMany(after, limits.maxAttendeesPerInstance)) return {groups, tooMany: true};
  const {calendar, messages} = implicitChange({before, after, isMe, reach, now, isStale: false, isSilent: false});
  stageObject(object, calendar, false, unit);
  if (messages.length === 0) return {groups};
  const owed = duties.owe(unit.home);
  stageDuties(messages, unit);
  return {groups, owed};
}
