import type {Directory, Principal} from '../accounts/principal.ts';
import type {Calendar} from '../ical/parse.ts';
import type {IsMe} from '../itip/message.ts';
import {organizerIn} from '../itip/parties.ts';
import type {HomeUnit, StoredCollection} from '../store/store.ts';
import type {DavContext} from '../webdav/tables.ts';
import {type AutoScheduled, autoSchedule} from './auto-schedule.ts';
import {modeFor} from './auto-schedule-modes.ts';
import {zoneOf} from './calendar-zone.ts';
import {dropCancelled} from './drop-cancelled.ts';
import {takenIn} from './taken.ts';

/** What a message has made of a room's copy, in the unit of work that is to store it. */
export interface RoomCopy {
  /** Whose home it is. */
  readonly owner: Principal;
  readonly unit: HomeUnit;
  /** The calendar it lies in, or comes into: its zone is the room's. */
  readonly collection: StoredCollection;
  readonly uid: string;
  readonly before: Calendar | undefined;
  readonly calendar: Calendar;
  readonly isMe: IsMe;
  readonly now: number;
}

export interface RoomAnswer extends Omit<AutoScheduled, 'calendar'> {
  /** What to store; the very same where the room answers nothing. Undefined: all of it is cancelled, and it goes. */
  readonly calendar: Calendar | undefined;
}

/**
 * Lets a room or thing answer for itself. All that it rests on is looked at in the unit of work that stores the answer: of two that book it
 * at the same moment, one is looked at again and finds it taken.
 */
export async function answerAsRoom(
  {owner, unit, collection, uid, before, calendar, isMe, now}: RoomCopy,
  context: Pick<DavContext, 'limits' | 'log'> & {readonly directory: Pick<Directory, 'findByAddress' | 'groupsOf'>},
): Promise<RoomAnswer> {
  const mode = modeFor(owner, organizerIn(calendar) ?? '', context.directory);
  if (mode === 'none') return {calendar, reply: undefined, isDone: false};
  const left = dropCancelled(calendar);
  if (!left) return {calendar: undefined, reply: undefined, isDone: true};
  const busy = takenIn(unit, uid, context);
  return autoSchedule({mode, before, calendar: left, isMe, zone: zoneOf(collection, context), now, busy});
}
