import {breathe} from '../base/breathe.ts';
import {shares} from '../base/memory.ts';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {type BusyPeriod, busyPeriods, cut} from '../ical/free-busy.ts';
import {IcalError} from '../ical/ical-error.ts';
import {parseCalendar} from '../ical/parse.ts';
import type {Zone} from '../ical/zone.ts';
import type {HomeView, StoredCollection, StoredObject} from '../store/store.ts';
import {DavError} from '../webdav/error.ts';
import {inOrder} from '../webdav/in-order.ts';
import {memberOf} from '../webdav/locate.ts';
import {MadeOnce} from '../webdav/made-once.ts';
import {numberOfMatchesWithinLimits} from '../webdav/preconditions.ts';
import type {DavContext, Resource} from '../webdav/tables.ts';
import {numberOf, zoneOf} from './calendar-zone.ts';
import type {RoomContext} from './room-context.ts';

/** A calendar, or whatever else calendar objects lie in. */
export type CalendarCollection = Resource & {readonly stored: StoredCollection; readonly view: HomeView};

const readAtOnce = 16;

/** A busy decade has not as many. */
const maxPeriods = 100_000;

/** The busy time within a range that objects in calendars make, not merged. Throws DavError number-of-matches-within-limits. */
export async function busyIn(
  range: TimeRange,
  calendars: Iterable<CalendarCollection>,
  context: DavContext,
  counts: (object: Resource) => boolean = () => true,
): Promise<BusyPeriod[]> {
  return collect(candidates(range, calendars, context, counts), range, context.log);
}

/** The same of calendars in a home from which nothing is kept. */
export async function busyInCalendars(
  range: TimeRange,
  view: HomeView,
  calendars: Iterable<StoredCollection>,
  {limits, log}: RoomContext,
  counts: (object: StoredObject) => boolean,
): Promise<BusyPeriod[]> {
  function* found(): Generator<Candidate> {
    for (const calendar of calendars) {
      const zone = zoneOf(calendar, {limits});
      for (const stored of view.findInRange(calendar.path, range)) {
        if (makesBusy.has(stored.index?.component) && counts(stored)) yield {view, stored, zone, shape: shapeOf(zone, true)};
      }
    }
  }
  return collect(found(), range, log);
}

async function collect(found: Iterable<Candidate>, range: TimeRange, log: DavContext['log']): Promise<BusyPeriod[]> {
  const busy: BusyPeriod[] = [];
  for (const result of inOrder(found, readAtOnce, candidate => busyOf(candidate, range, log))) {
    const periods = result instanceof Promise ? await result : result;
    if (busy.length + periods.length > maxPeriods) throw tooMuch();
    for (const period of periods) busy.push(period);
  }
  return busy;
}

interface Candidate {
  readonly view: HomeView;
  readonly stored: StoredObject;
  readonly zone: Zone;
  /** All that its busy time follows from beside itself. */
  readonly shape: string;
}

const makesBusy: ReadonlySet<string | undefined> = new Set(['VEVENT', 'VFREEBUSY']);

function* candidates(
  range: TimeRange,
  calendars: Iterable<CalendarCollection>,
  context: DavContext,
  counts: (object: Resource) => boolean,
): Generator<Candidate> {
  for (const each of calendars) {
    const zone = zoneOf(each.stored, context);
    const shape = shapeOf(zone, context.isTrusted(each));
    for (const stored of each.view.findInRange(each.stored.path, range)) {
      if (!makesBusy.has(stored.index?.component)) continue;
      if (counts(memberOf(each, stored, context))) yield {view: each.view, stored, zone, shape};
    }
  }
}

function shapeOf(zone: Zone, isTrusted: boolean): string {
  return `${numberOf(zone)} ${isTrusted}`;
}

function busyOf(candidate: Candidate, range: TimeRange, log: DavContext['log']): BusyPeriod[] | Promise<BusyPeriod[]> {
  const {view, stored, shape} = candidate;
  const known = range.end <= knownUntil(stored) ? busyTimes.get(shape, stored) : undefined;
  if (!known || !view.stands(stored)) return readBusy(candidate, range, log);
  return within(known, range);
}

function within(periods: readonly BusyPeriod[], range: TimeRange): BusyPeriod[] {
  const found: BusyPeriod[] = [];
  for (const period of periods) if (overlaps(period, range)) found.push(cut(period, range));
  return found;
}

async function readBusy({view, stored, zone, shape}: Candidate, range: TimeRange, log: DavContext['log']): Promise<BusyPeriod[]> {
  const bytes = await view.read(stored.path, stored.etag);
  if (!bytes) return [];
  await breathe();
  try {
    const calendar = parseCalendar(bytes);
    const all = range.end <= knownUntil(stored) && busyPeriods(calendar, {start: -Infinity, end: knownUntil(stored)}, zone);
    if (all) {
      busyTimes.set(shape, stored, all);
      return within(all, range);
    }
    const periods = busyPeriods(calendar, range, zone);
    if (!periods) throw tooMuch();
    return periods;
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    log.warn({path: stored.path, line: error.line}, `An object is left out of busy time, as it cannot be read: ${error.message}`);
    return [];
  }
}

/** All busy time that objects make, up to where their index knows their instances. */
const busyTimes = new MadeOnce<readonly BusyPeriod[]>(shares.busyTimesBytes, periods => periods.length * bytesOfPeriod);
const bytesOfPeriod = 64;

function knownUntil({index}: StoredObject): number {
  return index?.horizon ?? Infinity;
}

function tooMuch(): DavError {
  return new DavError(numberOfMatchesWithinLimits, {message: 'There is more busy time than can be told.'});
}
