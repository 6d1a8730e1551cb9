import {createHash} from 'node:crypto';
import {IcalError} from '../ical/ical-error.ts';
import {indexObject, type ObjectIndex} from '../ical/object-index.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import type {Message} from '../itip/message.ts';
import type {HomeUnit, HomeView, Path, StoredObject} from '../store/store.ts';
import type {Element} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';
import {printAlone} from '../xml/print.ts';
import {calendarsIn, requireDefaultCalendar} from './default-calendar.ts';
import {printedBytes} from './printed.ts';
import {newScheduleTag, scheduleTagProperty} from './schedule-tag.ts';
import {inboxIn} from './scheduling-collection.ts';

/** The object of a UID in a home, wherever it lies: one with an ORGANIZER before one without. */
export function findObject(view: HomeView, uid: string): StoredObject | undefined {
  let found: StoredObject | undefined;
  for (const {path} of calendarsIn(view, '')) {
    const object = view.findUid(path, uid);
    if (object && (!found || object.index?.organizer !== undefined)) found = object;
    if (found?.index?.organizer !== undefined) return found;
  }
  return found;
}

/** One that is damaged is as if it were not there: what is delivered takes its place. */
export async function readObject(
  {path, etag}: StoredObject,
  unit: HomeUnit,
  parse: (etag: string, bytes: Uint8Array) => Calendar = (_, bytes) => parseCalendar(bytes),
): Promise<Calendar | undefined> {
  const bytes = await unit.read(path, etag);
  if (!bytes) throw new Error(`${path} in ${unit.home} was changed meanwhile`);
  try {
    return parse(etag, bytes);
  } catch (error) {
    if (error instanceof IcalError) return undefined;
    throw error;
  }
}

/** Stores, or removes, what has come of an object. `isMinor`: its tag stays (RFC 6638 §3.2.10). */
export function stageObject(
  object: StoredObject | undefined,
  calendar: Calendar | undefined,
  isMinor: boolean,
  unit: HomeUnit,
): void {
  if (!calendar) {
    if (object) unit.delete(object.path);
    return;
  }
  const {bytes, index} = indexed(calendar);
  const tag: ReadonlyMap<Name, string> =
    isMinor && object?.properties.has(scheduleTagProperty)
      ? new Map()
      : new Map([[scheduleTagProperty, newScheduleTag().property]]);
  const path =
    object?.path ?? freePath(requireDefaultCalendar(unit, index.component === 'VTODO' ? 'VTODO' : 'VEVENT'), index.uid, unit);
  unit.put(path, bytes, index, tag);
}

/** The same each time, so that a delivery that is done again meets itself. */
function freePath(calendar: Path, uid: string, unit: HomeUnit): Path {
  const stem = `${calendar}/${hashOf(uid)}`;
  for (let number = 1; ; number++) {
    const path = `${stem}${number === 1 ? '' : `-${number}`}.ics`;
    if (!unit.find(path)) return path;
  }
}

/** RFC 6638 §4.1: its name is that of the message and all it says, so that there is one of each. `changes`: what it has changed. */
export function stageInboxItem({method, from, calendar}: Message, changes: Element | undefined, unit: HomeUnit): void {
  const inbox = inboxIn(unit);
  if (!inbox) throw new Error(`${unit.home} has no Inbox`);
  const path = `${inbox.path}/${hashOf(method, from, printedBytes(calendar))}.ics`;
  const properties: ReadonlyMap<Name, string> = new Map(changes && [[changes.name, printAlone(changes)]]);
  if (!unit.find(path)) unit.put(path, printedBytes(calendar), undefined, properties);
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
}

const indexes = new WeakMap<Calendar, ObjectIndex>();

function indexed(calendar: Calendar): {bytes: Uint8Array; index: ObjectIndex} {
  let index = indexes.get(calendar);
  if (!index) {
    index = indexObject(calendar);
    indexes.set(calendar, index);
  }
  return {bytes: printedBytes(calendar), index};
}
