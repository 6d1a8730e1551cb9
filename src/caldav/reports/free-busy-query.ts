import {breathe} from '../../base/breathe.ts';
import type {TimeRange} from '../../base/time-range.ts';
import {type BusyPeriod, busyPeriods, freeBusyCalendar, mergeBusy} from '../../ical/free-busy.ts';
import {IcalError} from '../../ical/ical-error.ts';
import {parseCalendar} from '../../ical/parse.ts';
import type {Zone} from '../../ical/zone.ts';
import type {StoredObject} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {memberOf} from '../../webdav/locate.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import {numberOfMatchesWithinLimits} from '../../webdav/preconditions.ts';
import type {DavRequest, Report, Resource} from '../../webdav/tables.ts';
import {child} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {calendarFormats, icalendar} from '../calendar-format.ts';
import {parseTimeRange} from '../filter/parse.ts';
import {readFreeBusy} from '../privileges.ts';
import {type Calendar, calendarsOf} from './calendars.ts';
import {inOrder} from './in-order.ts';
import {zoneOf} from './report-zone.ts';

const readAtOnce = 16;

/** A busy decade has not as many. */
const maxPeriods = 100_000;

/** RFC 4791 §7.10: answered with a VFREEBUSY, not with a multistatus. What the client may know busy time of, it need not be able to read. */
export const freeBusyQuery: Report = {
  name: caldav('free-busy-query'),
  needs: readFreeBusy,
  supports: ({stored}) => stored?.collection === true,
  async run(body, request) {
    const given = child(body, caldav('time-range'));
    const range = given && parseTimeRange(given, 400);
    if (!range || !Number.isFinite(range.start) || !Number.isFinite(range.end)) {
      throw new DavError(400, {message: 'A free-busy-query has a CALDAV:time-range with start and end.'});
    }
    const periods = mergeBusy(await busyIn(range, request));
    const answer = freeBusyCalendar({range, stamp: Date.now(), periods});
    const format = chooseForm(request.http, calendarFormats) ?? icalendar;
    return {status: 200, headers: {'content-type': format.contentType}, body: format.print(answer)};
  },
};

async function busyIn(range: TimeRange, request: DavRequest & {target: Resource}): Promise<BusyPeriod[]> {
  const busy: BusyPeriod[] = [];
  for await (const periods of inOrder(candidates(range, request), readAtOnce, candidate => busyOf(candidate, range, request))) {
    if (busy.length + periods.length > maxPeriods) throw tooMuch();
    for (const period of periods) busy.push(period);
  }
  return busy;
}

interface Candidate {
  readonly calendar: Calendar;
  readonly stored: StoredObject;
  readonly zone: Zone;
}

function* candidates(range: TimeRange, request: DavRequest & {target: Resource}): Generator<Candidate> {
  for (const each of calendarsOf(request.target, request, readFreeBusy)) {
    const zone = zoneOf(each.stored, request);
    for (const component of ['VEVENT', 'VFREEBUSY']) {
      for (const stored of each.view.findInRange(each.stored.path, range, component)) {
        if (request.may(readFreeBusy, memberOf(each, stored, request))) yield {calendar: each, stored, zone};
      }
    }
  }
}

async function busyOf({calendar: {view}, stored, zone}: Candidate, range: TimeRange, {log}: DavRequest): Promise<BusyPeriod[]> {
  const bytes = await view.read(stored.path, stored.etag);
  if (!bytes) return [];
  await breathe();
  try {
    const periods = busyPeriods(parseCalendar(bytes), range, zone);
    if (!periods) throw tooMuch();
    return periods;
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    log.warn({path: stored.path, line: error.line}, `An object is left out of busy time, as it cannot be read: ${error.message}`);
    return [];
  }
}

function tooMuch(): DavError {
  return new DavError(numberOfMatchesWithinLimits, {message: 'There is more busy time than can be told.'});
}
