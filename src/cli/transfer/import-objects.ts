import {createHash} from 'node:crypto';
import {admit} from '../../caldav/admit/admit.ts';
import {calendar} from '../../caldav/kinds.ts';
import {parseCalendar} from '../../ical/parse.ts';
import type {SplitObject} from '../../ical/split.ts';
import type {HomeId, HomeUnit, Path, Store, StoredObject} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {printPath} from '../../webdav/href.ts';
import type {Limits} from '../../webdav/limits.ts';

/** Where objects are to go. */
export interface Destination {
  readonly store: Store;
  readonly home: HomeId;
  readonly calendar: Path;
  readonly limits: Limits;
}

/** What became of an object. */
export type Outcome = 'added' | 'updated' | 'unchanged' | {readonly refused: string};

/** So many units of work wait at once: the store keeps those that wait for one home in one commit. */
const atOnce = 32;

/** Stores objects by the rules of PUT, in any order; `done` hears of each. Rejects with what is no refusal. */
export async function importObjects(
  destination: Destination,
  objects: readonly SplitObject[],
  done: (object: SplitObject, outcome: Outcome) => void,
): Promise<void> {
  const waiting = objects.values();
  await Promise.all(
    Array.from({length: atOnce}, async () => {
      for (const object of waiting) done(object, await importObject(destination, object));
    }),
  );
}

async function importObject(destination: Destination, object: SplitObject): Promise<Outcome> {
  const bytes = new TextEncoder().encode(object.text);
  try {
    return await destination.store.write(destination.home, unit => place(unit, destination, object, bytes));
  } catch (error) {
    if (error instanceof DavError) return {refused: error.message.replace(/^Line \d+: /, '').replace(/\.$/, '')};
    throw error;
  }
}

/** Puts it in the place of the object that has its UID, or in a new one. Throws DavError. */
async function place(
  unit: HomeUnit,
  {calendar: into, limits}: Destination,
  {uid, component}: SplitObject,
  bytes: Uint8Array,
): Promise<Outcome> {
  const before = unit.findUid(into, uid);
  if (before?.index && before.index.component !== component) {
    throw new DavError(409, {message: `a ${before.index.component} in this calendar has the UID ${uid}`});
  }
  if (before && (await isSame(unit, before, bytes))) return 'unchanged';
  const path = before?.path ?? freePath(unit, into, uid);
  const parent = {
    kind: calendar,
    href: printPath(unit.home.split('/').concat(into.split('/')), true),
    view: unit,
    stored: unit.find(into)!,
  };
  const admitted = admit({parent, view: unit, path, bytes, contentType: 'text/calendar'}, {limits});
  const growth = admitted.bytes.length - (before?.sizeBytes ?? 0);
  if (limits.quotaBytes > 0 && growth > 0 && unit.usedBytes(limits.quotaBytes - growth) + growth > limits.quotaBytes) {
    throw new DavError(507, {message: `the home is full: it may hold ${limits.quotaBytes} bytes (UserQuota)`});
  }
  unit.put(path, admitted.bytes, admitted.index);
  return before ? 'updated' : 'added';
}

/** The same components, whatever the VCALENDAR around them says and however their lines are folded. */
async function isSame(unit: HomeUnit, before: StoredObject, bytes: Uint8Array): Promise<boolean> {
  const stored = await unit.read(before.path);
  if (stored === undefined) return false;
  if (Buffer.from(stored).equals(bytes)) return true;
  const [one, other] = [stored, bytes].map(componentsOf);
  return one !== undefined && one === other;
}

function componentsOf(bytes: Uint8Array): string | undefined {
  try {
    const parts = parseCalendar(bytes).component.getAllSubcomponents();
    return JSON.stringify(parts.filter(({name}) => name !== 'vtimezone'));
  } catch {
    return undefined;
  }
}

/** A name made of the UID where that will do for one, as clients make them. */
function freePath(unit: HomeUnit, into: Path, uid: string): Path {
  const hash = createHash('sha256').update(uid).digest('hex').slice(0, 32);
  const name = /^[\w@-][\w.@-]{0,99}$/.test(uid) ? uid : hash;
  const wanted = `${into}/${name}.ics`;
  return unit.find(wanted) ? `${into}/${name}-${hash}.ics` : wanted;
}
