import {breathe} from '../base/breathe.ts';
import {shares} from '../base/memory.ts';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {type Availability, unavailablePeriods} from '../ical/availability.ts';
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

/** Each is looked at as a whole. */
const maxAvailabilities = 100;

/** What busy time is of. */
export interface Busy<Object, Collection> {
  readonly calendars: Iterable<Collection>;
  /** Beside what the calendars hold: what has been said on an Inbox. */
  readonly availability?: readonly Availability[];
  /** Which objects count; all, where nothing is said. */
  counts?(object: Object): boolean;
}

/**
 * The busy time within a range that objects in calendars make, not merged: events and VFREEBUSYs, and all that VAVAILABILITY components
 * leave no choice of (RFC 7953 §5). Throws DavError number-of-matches-within-limits.
 */
export async function busyIn(
  range: TimeRange,
  busy: Busy<Resource, CalendarCollection>,
  context: DavContext,
): Promise<BusyPeriod[]> {
  return collect(candidates(range, busy, context), busy.availability, range, context.log);
}

/** The same of calendars in a home from which nothing is kept. */
export async function busyInCalendars(
  range: TimeRange,
  view: HomeView,
  {calendars, availability, counts = () => true}: Busy<StoredObject, StoredCollection>,
  {limits, log}: RoomContext,
): Promise<BusyPeriod[]> {
  function* found(): Generator<Candidate> {
    for (const calendar of calendars) {
      const zone = zoneOf(calendar, {limits});
      for (const stored of view.findInRange(calendar.path, range)) {
        if (makesBusy.has(stored.index?.component) && counts(stored)) yield {view, stored, zone, shape: shapeOf(zone, true)};
      }
    }
  }
  return collect(found(), availability, range, log);
}

async function collect(
  found: Iterable<Candidate>,
  given: readonly Availability[] | undefined,
  range: TimeRange,
  log: DavContext['log'],
): Promise<BusyPeriod[]> {
  const busy: BusyPeriod[] = [];
  const availability = [...(given ?? [])];
  const take = (periods: readonly BusyPeriod[]) => {
    if (busy.length + periods.length > maxPeriods) throw tooMuch();
    for (const period of periods) busy.push(period);
  };
  for (const result of inOrder(found, readAtOnce, candidate => busyOf(candidate, range, log))) {
    const made = result instanceof Promise ? await result : result;
    if (Array.isArray(made)) take(made);
    else availability.push(made);
    if (availability.length > maxAvailabilities) throw tooMuch();
  }
  if (availability.length > 0) take(unavailablePeriods(availability, range) ?? []);
  return busy;
}

interface Candidate {
  readonly view: HomeView;
  readonly stored: StoredObject;
  readonly zone: Zone;
  /** All that its busy time follows from beside itself. */
  readonly shape: string;
}

const makesBusy: ReadonlySet<string | undefined> = new Set(['VEVENT', 'VFREEBUSY', 'VAVAILABILITY']);

function* candidates(
  range: TimeRange,
  {calendars, counts = () => true}: Busy<Resource, CalendarCollection>,
  context: DavContext,
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

type Made = BusyPeriod[] | Availability;

function busyOf(candidate: Candidate, range: TimeRange, log: DavContext['log']): Made | Promise<Made> {
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

async function readBusy({view, stored, zone, shape}: Candidate, range: TimeRange, log: DavContext['log']): Promise<Made> {
  const bytes = await view.read(stored.path, stored.etag);
  if (!bytes) return [];
  await breathe();
  try {
    const calendar = parseCalendar(bytes);
    if (stored.index?.component === 'VAVAILABILITY') return {calendar, zone};
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
