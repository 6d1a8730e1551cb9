import {breathe} from '../../base/breathe.ts';
import {overlaps, type TimeRange} from '../../base/time-range.ts';
import {type BusyPeriod, busyPeriods, cut, freeBusyCalendar, mergeBusy} from '../../ical/free-busy.ts';
import {IcalError} from '../../ical/ical-error.ts';
import {parseCalendar} from '../../ical/parse.ts';
import type {Zone} from '../../ical/zone.ts';
import {inbox} from '../../scheduling/kinds.ts';
import type {StoredObject} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {memberOf} from '../../webdav/locate.ts';
import {MadeOnce} from '../../webdav/made-once.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import {numberOfMatchesWithinLimits} from '../../webdav/preconditions.ts';
import type {DavContext, Report, Resource} from '../../webdav/tables.ts';
import {elements} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {calendarFormats, icalendar} from '../calendar-format.ts';
import {requireRangesWithin} from '../date-limits.ts';
import {parseTimeRange} from '../filter/parse.ts';
import {readFreeBusy} from '../privileges.ts';
import {type Calendar, calendarsOf} from './calendars.ts';
import {inOrder} from './in-order.ts';
import {numberOf, zoneOf} from './report-zone.ts';

const readAtOnce = 16;

/** A busy decade has not as many. */
const maxPeriods = 100_000;

/**
 * RFC 4791 §7.10: answered with a VFREEBUSY, not with a multistatus. What the client may know busy time of, it need not be able
 * to read.
 */
export const freeBusyQuery: Report = {
  name: caldav('free-busy-query'),
  needs: readFreeBusy,
  conceals: true,
  supports: ({stored, kind}) => stored?.collection === true && kind !== inbox,
  async run(body, request) {
    const [given, ...more] = elements(body, caldav('time-range'));
    const range = given && parseTimeRange(given, 400);
    if (!range || more.length > 0 || !Number.isFinite(range.start) || !Number.isFinite(range.end)) {
      throw new DavError(400, {message: 'A free-busy-query has one CALDAV:time-range, with start and end.'});
    }
    requireRangesWithin(body, request.limits);
    const mayKnow = (resource: Resource) => request.may(readFreeBusy, resource);
    const calendars = calendarsOf(request.target, request, readFreeBusy);
    const periods = mergeBusy(await busyIn(range, calendars, request, mayKnow));
    const answer = freeBusyCalendar({range, stamp: Date.now(), periods});
    const format = chooseForm(request.http, calendarFormats) ?? icalendar;
    return {status: 200, headers: {'content-type': format.contentType}, body: format.print(answer)};
  },
};

/** The busy time within a range that objects in calendars make, not merged. Throws DavError number-of-matches-within-limits. */
export async function busyIn(
  range: TimeRange,
  calendars: Iterable<Calendar>,
  context: DavContext,
  counts: (object: Resource) => boolean = () => true,
): Promise<BusyPeriod[]> {
  const busy: BusyPeriod[] = [];
  const found = candidates(range, calendars, context, counts);
  for (const result of inOrder(found, readAtOnce, candidate => busyOf(candidate, range, context))) {
    const periods = result instanceof Promise ? await result : result;
    if (busy.length + periods.length > maxPeriods) throw tooMuch();
    for (const period of periods) busy.push(period);
  }
  return busy;
}

interface Candidate {
  readonly calendar: Calendar;
  readonly stored: StoredObject;
  readonly zone: Zone;
  /** All that its busy time follows from beside itself. */
  readonly shape: string;
}

const makesBusy: ReadonlySet<string | undefined> = new Set(['VEVENT', 'VFREEBUSY']);

function* candidates(
  range: TimeRange,
  calendars: Iterable<Calendar>,
  context: DavContext,
  counts: (object: Resource) => boolean,
): Generator<Candidate> {
  for (const each of calendars) {
    const zone = zoneOf(each.stored, context);
    const shape = `${numberOf(zone)} ${context.isTrusted(each)}`;
    for (const stored of each.view.findInRange(each.stored.path, range)) {
      if (!makesBusy.has(stored.index?.component)) continue;
      if (counts(memberOf(each, stored, context))) yield {calendar: each, stored, zone, shape};
    }
  }
}

function busyOf(candidate: Candidate, range: TimeRange, context: DavContext): BusyPeriod[] | Promise<BusyPeriod[]> {
  const {calendar, stored, shape} = candidate;
  const known = range.end <= knownUntil(stored) ? busyTimes.get(shape, stored) : undefined;
  if (!known || !calendar.view.stands(stored)) return readBusy(candidate, range, context);
  return within(known, range);
}

function within(periods: readonly BusyPeriod[], range: TimeRange): BusyPeriod[] {
  const found: BusyPeriod[] = [];
  for (const period of periods) if (overlaps(period, range)) found.push(cut(period, range));
  return found;
}

async function readBusy(
  {calendar: {view}, stored, zone, shape}: Candidate,
  range: TimeRange,
  {log}: DavContext,
): Promise<BusyPeriod[]> {
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
const busyTimes = new MadeOnce<readonly BusyPeriod[]>(8 << 20, periods => periods.length * bytesOfPeriod);
const bytesOfPeriod = 64;

function knownUntil({index}: StoredObject): number {
  return index?.horizon ?? Infinity;
}

function tooMuch(): DavError {
  return new DavError(numberOfMatchesWithinLimits, {message: 'There is more busy time than can be told.'});
}
