import {createHash} from 'node:crypto';
import type {Directory, Principal} from '../accounts/principal.ts';
import {IcalError} from '../ical/ical-error.ts';
import {indexObject} from '../ical/object-index.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import type {IsMe, Message, Received} from '../itip/message.ts';
import {refreshesFor} from '../itip/organizer.ts';
import {attendeesIn} from '../itip/parties.ts';
import {receive} from '../itip/receive.ts';
import type {HomeUnit, Path, Store, StoredObject} from '../store/store.ts';
import type {Owed} from '../webdav/duties.ts';
import type {Name} from '../xml/names.ts';
import {calendarsIn, requireDefaultCalendar} from './default-calendar.ts';
import {stageDuties} from './duty.ts';
import {calendarHomeId, provisionHome} from './provision.ts';
import {newScheduleTag, scheduleTagProperty} from './schedule-tag.ts';
import {inboxIn} from './scheduling-collection.ts';

/** What delivering needs. */
export interface DeliverContext {
  readonly store: Store;
  readonly directory: Directory;
  readonly now: number;
  /** Above so many attendees their copies are not refreshed after each reply. */
  readonly mostRefreshed: number;
  /** Called in the unit of work where the recipient's home comes to owe something; what it answers, when that is kept. */
  owe(home: HomeUnit['home']): Owed;
  /** What the recipient does with an invitation by itself, before anything is stored: rooms answer. */
  respond?(invited: Invited): Promise<Response>;
}

/** An invitation, or change of one, that has come into somebody's calendar and is not stored yet. */
export interface Invited {
  readonly principal: Principal;
  readonly unit: HomeUnit;
  readonly before: Calendar | undefined;
  /** Undefined: it is removed. */
  readonly calendar: Calendar | undefined;
  readonly isMe: IsMe;
  readonly now: number;
}

export interface Response {
  readonly calendar: Calendar | undefined;
  readonly reply: Message | undefined;
  /** Whether nobody is there to look into the Inbox. */
  readonly isSettled: boolean;
}

/**
 * Brings a message into the home of who it is for (RFC 6638 §4): the object in its calendar or, new, in the default one, an item in the
 * Inbox, and what it calls for in the Outbox, all in one unit of work. Doing it twice changes nothing. Rejects where it cannot be done now.
 */
export async function deliver(message: Message, principal: Principal, context: DeliverContext): Promise<Received['what']> {
  const {store, directory, now} = context;
  const home = calendarHomeId(principal);
  await provisionHome(store, principal);
  const isMe: IsMe = address => directory.findByAddress(address)?.guid === principal.guid;
  let owed: Owed | undefined;
  const what = await store.write(home, async unit => {
    owed?.undone();
    owed = undefined;
    const object = findObject(unit, message.uid);
    const mine = object && (await readObject(object, unit));
    const received = receive({mine, message, isMe, now});
    const answers = received.answers.map(answer => answer.message);
    let isSettled = message.quiet === true || received.what === 'ignored';
    if (received.calendar !== 'unchanged') {
      let calendar = received.calendar;
      if (context.respond && isInvitation(message) && !message.quiet) {
        const response = await context.respond({principal, unit, before: mine, calendar, isMe, now});
        calendar = response.calendar;
        if (response.reply) answers.push(response.reply);
        isSettled ||= response.isSettled;
      }
      stageObject(object, calendar, isMinor(received, message), unit);
      if (received.what === 'reply' && calendar) answers.push(...refreshes(calendar, message, isMe, context));
    }
    if (!isSettled && (received.calendar !== 'unchanged' || tells(received))) stageInboxItem(message, unit);
    if (answers.length > 0) {
      owed = context.owe(home);
      stageDuties(answers, unit);
    }
    return received.what;
  });
  (owed as Owed | undefined)?.kept();
  return what;
}

const isInvitation = ({method}: Message) => method === 'REQUEST' || method === 'ADD' || method === 'CANCEL';

/** What a person is to see though it changes nothing. */
const tells = ({what}: Received) => what === 'counter' || what === 'declinecounter';

/** RFC 6638 §3.2.10: that somebody takes part, or not, keeps the tag. */
function isMinor({what, changed}: Received, message: Message): boolean {
  return what === 'reply' || message.quiet === true || (what === 'update' && changed.properties.every(name => minor.has(name)));
}

const minor = new Set(['PARTSTAT', 'SCHEDULE-STATUS', 'DTSTAMP']);

function findObject(unit: HomeUnit, uid: string): StoredObject | undefined {
  let found: StoredObject | undefined;
  for (const {path} of calendarsIn(unit, '')) {
    const object = unit.findUid(path, uid);
    if (object && (!found || object.index?.organizer !== undefined)) found = object;
    if (found?.index?.organizer !== undefined) return found;
  }
  return found;
}

/** One that is damaged is as if it were not there: what is delivered takes its place. */
async function readObject({path, etag}: StoredObject, unit: HomeUnit): Promise<Calendar | undefined> {
  const bytes = await unit.read(path, etag);
  if (!bytes) throw new Error(`${path} in ${unit.home} was changed meanwhile`);
  try {
    return parseCalendar(bytes);
  } catch (error) {
    if (error instanceof IcalError) return undefined;
    throw error;
  }
}

function stageObject(object: StoredObject | undefined, calendar: Calendar | undefined, isMinor: boolean, unit: HomeUnit): void {
  if (!calendar) {
    if (object) unit.delete(object.path);
    return;
  }
  const index = indexObject(calendar);
  const tag: ReadonlyMap<Name, string> =
    isMinor && object?.properties.has(scheduleTagProperty)
      ? new Map()
      : new Map([[scheduleTagProperty, newScheduleTag().property]]);
  const path =
    object?.path ?? freePath(requireDefaultCalendar(unit, index.component === 'VTODO' ? 'VTODO' : 'VEVENT'), index.uid, unit);
  unit.put(path, new TextEncoder().encode(printCalendar(calendar)), index, tag);
}

/** The same each time, so that a delivery that is done again meets itself. */
function freePath(calendar: Path, uid: string, unit: HomeUnit): Path {
  const stem = `${calendar}/${hashOf(uid)}`;
  for (let number = 1; ; number++) {
    const path = `${stem}${number === 1 ? '' : `-${number}`}.ics`;
    if (!unit.find(path)) return path;
  }
}

/** RFC 6638 §4.1: its name is that of the message and all it says, so that there is one of each. */
function stageInboxItem(message: Message, unit: HomeUnit): void {
  const inbox = inboxIn(unit);
  if (!inbox) throw new Error(`${unit.home} has no Inbox`);
  const text = printCalendar(message.calendar);
  const path = `${inbox.path}/${hashOf(JSON.stringify([message.method, message.from, text]))}.ics`;
  if (!unit.find(path)) unit.put(path, new TextEncoder().encode(text));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The others who are here come to see who takes part, without being told. */
function refreshes(calendar: Calendar, {from}: Message, isMe: IsMe, context: DeliverContext): Message[] {
  if (attendeesIn(calendar).size > context.mostRefreshed) return [];
  return refreshesFor(calendar, {isMe, now: context.now, except: from}).filter(
    ({to}) => context.directory.findByAddress(to)?.calendars,
  );
}
