import type {Directory, Principal} from '../accounts/principal.ts';
import {mainComponents, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import type {IsMe, Message} from '../itip/message.ts';
import {organizerIn} from '../itip/parties.ts';
import {withStatuses} from '../itip/schedule-status.ts';
import type {HomeUnit, StoredCollection} from '../store/store.ts';
import {autoSchedule} from './auto-schedule.ts';
import {modeFor} from './auto-schedule-modes.ts';
import {zoneOf} from './calendar-zone.ts';
import {calendarsIn, defaultCalendar} from './default-calendar.ts';
import {dropCancelled} from './drop-cancelled.ts';
import type {RoomContext} from './room-context.ts';
import {takenIn} from './taken.ts';

/** What an invitation, or a change of one, has made of somebody's copy, in the unit of work that is to store it. */
export interface InvitedCopy {
  readonly principal: Principal;
  readonly unit: HomeUnit;
  readonly before: Calendar | undefined;
  /** Undefined: it is removed. */
  readonly calendar: Calendar | undefined;
  readonly isMe: IsMe;
  readonly now: number;
}

export interface RoomAnswer {
  /** What to store; the very same where nothing is answered. Undefined: all of it is cancelled, and it goes. */
  readonly calendar: Calendar | undefined;
  /** To the organizer. */
  readonly reply: Message | undefined;
  /** Whether nothing is left for a person to answer, so that none need look into the Inbox. */
  readonly isSettled: boolean;
}

/**
 * Lets a room or thing answer for itself. All that it rests on is looked at in the unit of work that stores the answer: of two that book it
 * at the same moment, one is looked at again and finds it taken. Of people nothing is answered.
 */
export async function answerAsRoom(
  {principal, unit, before, calendar, isMe, now}: InvitedCopy,
  context: RoomContext & {readonly directory: Pick<Directory, 'findByAddress' | 'groupsOf'>},
): Promise<RoomAnswer> {
  const {directory} = context;
  const mode = principal.autoSchedule ? modeFor(principal, (calendar && organizerIn(calendar)) ?? '', directory) : 'none';
  if (mode === 'none') return {calendar, reply: undefined, isSettled: false};
  const left = calendar && dropCancelled(calendar);
  if (!left) return {calendar: undefined, reply: undefined, isSettled: true};
  const uid = mainComponents(left).map(part => textOf(part, 'uid'))[0] ?? '';
  const collection = collectionOf(uid, unit);
  const zone = zoneOf(collection ?? {properties: new Map()}, context);
  const busy = takenIn(unit, uid, context);
  const {calendar: answered, reply, isDone} = await autoSchedule({mode, before, calendar: left, isMe, zone, now, busy});
  return {calendar: reply ? told(answered, reply, directory) : answered, reply, isSettled: isDone};
}

/** RFC 6638 §3.2.9: the ORGANIZER has SCHEDULE-STATUS in the copy of who has replied. */
function told(calendar: Calendar, reply: Message, directory: Pick<Directory, 'findByAddress'>): Calendar {
  return withStatuses(calendar, [{message: reply, status: directory.findByAddress(reply.to)?.calendars ? '1.2' : '1.1'}]);
}

/** Where an object lies, or will: the zone of that is the room's. */
function collectionOf(uid: string, unit: HomeUnit): StoredCollection | undefined {
  for (const calendar of calendarsIn(unit, '')) if (unit.findUid(calendar.path, uid)) return calendar;
  return defaultCalendar(unit, 'VEVENT');
}
