import type {Directory, Principal} from '../accounts/principal.ts';
import type {Calendar} from '../ical/parse.ts';
import type {IsMe, Message, Received} from '../itip/message.ts';
import {attendeesIn} from '../itip/parties.ts';
import {receive} from '../itip/receive.ts';
import {thatItIsOver} from '../itip/refresh.ts';
import type {HomeUnit, Store, StoredObject} from '../store/store.ts';
import type {Owed} from '../webdav/duties.ts';
import type {Element} from '../xml/element.ts';
import {type Alike, guidsIn} from './alike.ts';
import type {InvitedCopy, RoomAnswer} from './answer-as-room.ts';
import {stageDuties} from './duty.ts';
import {findObject, readObject, stageInboxItem, stageObject} from './held-object.ts';
import {calendarHomeId, provisionHome} from './provision.ts';
import {gatherMs, gathers, refreshesOf, stageRound} from './refreshes.ts';
import {scheduleChanges} from './schedule-changes.ts';

/** What delivering needs. */
export interface DeliverContext {
  readonly store: Store;
  readonly directory: Directory;
  readonly now: number;
  /** Above so many attendees their copies are not refreshed after each reply, but in rounds. */
  readonly mostRefreshed: number;
  /** How long a round of so many gathers answers. */
  gatherMs?(attendees: number): number;
  /** Called in the unit of work where the recipient's home comes to owe something; what it answers, when that is kept. */
  owe(home: HomeUnit['home']): Owed;
  /** Whether an organizer had such an event, and has removed it. */
  hasEnded?(home: HomeUnit['home'], uid: string): boolean;
  /** What the recipient does with an invitation by itself, before anything is stored: rooms answer. */
  respond?(invited: InvitedCopy): Promise<RoomAnswer>;
}

/** A message that is to be brought to somebody. */
export interface Delivery {
  /** To them. */
  readonly message: Message;
  /** What is known of it from others that it went to. */
  readonly alike?: Alike | undefined;
}

/** What the unit of work makes of one object. */
interface Held {
  readonly object: StoredObject | undefined;
  /** As it is by the messages so far. */
  calendar: Calendar | undefined;
  isChanged: boolean;
  isMinor: boolean;
  /** Whose answers have come. */
  readonly repliers: string[];
}

/**
 * Brings messages into the home of who they are for (RFC 6638 §4), in their order: the object in its calendar or, new, in the default one,
 * an item in the Inbox, and what it calls for in the Outbox, all in one unit of work. Doing it twice changes nothing. Rejects where it
 * cannot be done now.
 */
export async function deliver(
  deliveries: readonly Delivery[],
  principal: Principal,
  context: DeliverContext,
): Promise<Received['what'][]> {
  const {store, directory, now} = context;
  const home = calendarHomeId(principal);
  await provisionHome(store, principal);
  const guidOf = deliveries.find(({alike}) => alike)?.alike?.guidOf ?? guidsIn(directory);
  const isMe: IsMe = address => guidOf(address) === principal.guid;
  let owed: Owed | undefined;
  const whats = await store.write(home, async unit => {
    owed?.undone();
    owed = undefined;
    const objects = new Map<string, Held>();
    const answers: Message[] = [];
    const outcomes: Received['what'][] = [];
    for (const {message, alike} of deliveries) {
      const held = objects.get(message.uid) ?? (await hold(message.uid, unit, alike));
      objects.set(message.uid, held);
      const mine = held.calendar;
      const received =
        alike && !held.isChanged
          ? alike.receive(message, mine, held.object?.etag, {guid: principal.guid, isMe, now})
          : receive({mine, message, isMe, now});
      answers.push(...received.answers.map(answer => answer.message));
      let isSettled = message.quiet === 'refresh' || settled.has(received.what);
      if (received.calendar !== 'unchanged') {
        let {calendar} = received;
        if (context.respond && isInvitation(message) && !message.quiet) {
          const response = await context.respond({principal, unit, before: mine, calendar, isMe, now});
          calendar = response.calendar;
          if (response.reply) answers.push(response.reply);
          isSettled ||= response.isSettled;
        }
        held.calendar = calendar;
        held.isChanged = true;
        held.isMinor &&= isMinor(received, message);
        if (received.what === 'reply') held.repliers.push(message.from);
      }
      if (!isSettled && (received.calendar !== 'unchanged' || tells(received))) {
        stageInboxItem(message, changesBy(received, message, mine, now), unit);
      }
      const isOver = received.what === 'unknown' && (context.hasEnded?.(home, message.uid) ?? false);
      if (isOver && message.method === 'REFRESH') answers.push(...thatItIsOver(message, now));
      outcomes.push(isOver ? 'ignored' : received.what);
    }
    let owes = false;
    for (const [uid, {object, calendar, isChanged, isMinor, repliers}] of objects) {
      if (!isChanged) continue;
      stageObject(object, calendar, isMinor, unit);
      if (!calendar || repliers.length === 0) continue;
      if (!gathers(calendar, context.mostRefreshed)) answers.push(...refreshesOf(calendar, {isMe, now, repliers, directory}));
      else if (stageRound(uid, now + (context.gatherMs ?? gatherMs)(attendeesIn(calendar).size), unit)) owes = true;
    }
    if (answers.length > 0 || owes) {
      owed = context.owe(home);
      stageDuties(answers, unit);
    }
    return outcomes;
  });
  (owed as Owed | undefined)?.kept();
  return whats;
}

async function hold(uid: string, unit: HomeUnit, alike: Alike | undefined): Promise<Held> {
  const object = findObject(unit, uid);
  const parse = alike && ((etag: string, bytes: Uint8Array) => alike.parse(etag, bytes));
  const calendar = object && (await readObject(object, unit, parse));
  return {object, calendar, isChanged: false, isMinor: true, repliers: []};
}

/** What is the same for many is found out once. */
const changesOf = new WeakMap<Received, Element | undefined>();

function changesBy(received: Received, message: Message, before: Calendar | undefined, now: number): Element | undefined {
  if (changesOf.has(received)) return changesOf.get(received);
  const after = received.calendar === 'unchanged' ? before : received.calendar;
  const changes = scheduleChanges({what: received.what, message, before, after, now});
  changesOf.set(received, changes);
  return changes;
}

const isInvitation = ({method}: Message) => method === 'REQUEST' || method === 'ADD' || method === 'CANCEL';

/** What there is nothing to be shown of. */
const settled: ReadonlySet<Received['what']> = new Set(['ignored', 'refused', 'unknown']);

/** What a person is to see though it changes nothing. */
const tells = ({what}: Received) => told.has(what);
const told: ReadonlySet<Received['what']> = new Set(['counter', 'declinecounter', 'cancel', 'beside']);

/** RFC 6638 §3.2.10: that somebody takes part, or not, keeps the tag. */
function isMinor(received: Received, message: Message): boolean {
  const {what} = received;
  return (
    what === 'reply' ||
    message.quiet !== undefined ||
    (what === 'update' && received.changed.properties.every(each => minor.has(each)))
  );
}

const minor = new Set(['PARTSTAT', 'SCHEDULE-STATUS', 'DTSTAMP']);
