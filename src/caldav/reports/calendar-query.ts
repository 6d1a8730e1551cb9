import {breathe} from '../../base/breathe.ts';
import {IcalError} from '../../ical/ical-error.ts';
import {type Calendar as IcalCalendar, parseCalendar} from '../../ical/parse.ts';
import type {Zone} from '../../ical/zone.ts';
import type {HomeView, StoredObject} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {memberOf} from '../../webdav/locate.ts';
import {multistatus, printStatus} from '../../webdav/multistatus.ts';
import {limitOf} from '../../webdav/nresults.ts';
import {numberOfMatchesWithinLimits} from '../../webdav/preconditions.ts';
import {parsePrefer} from '../../webdav/prefer.ts';
import {printResponse, type Wanted} from '../../webdav/propstat.ts';
import type {DavRequest, Report, Resource} from '../../webdav/tables.ts';
import {child} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {requireRangesWithin} from '../date-limits.ts';
import {candidatesFor, matchesIndex} from '../filter/candidates.ts';
import type {CompFilter} from '../filter/filter.ts';
import {matches} from '../filter/match.ts';
import {parseFilter} from '../filter/parse.ts';
import {calendar, calendarHome, calendarObject} from '../kinds.ts';
import {validFilter} from '../preconditions.ts';
import {calendarsOf} from './calendars.ts';
import {inOrder} from './in-order.ts';
import {requestedZone, zoneOf} from './report-zone.ts';
import {wantedData} from './wanted-data.ts';

/** More responses than this are not given in one answer, whatever the client asks. */
export const maxMatches = 50_000;

const readAtOnce = 16;

/** RFC 4791 §7.8. */
export const calendarQuery: Report = {
  name: caldav('calendar-query'),
  supports: ({kind, stored}) =>
    kind === calendar || kind === calendarHome || kind === calendarObject || stored?.collection === true,
  run(body, request) {
    const given = child(body, caldav('filter'));
    if (!given) throw new DavError(validFilter, {message: 'A calendar-query has a CALDAV:filter.'});
    const query: Query = {
      filter: parseFilter(given),
      zone: requestedZone(body),
      wanted: wantedData(body, request),
      limit: Math.min(limitOf(body) ?? maxMatches, maxMatches),
    };
    requireRangesWithin(body, request.limits);
    return multistatus(responses(query, request), {headers: parsePrefer(request.http).applied});
  },
};

interface Query {
  readonly filter: CompFilter;
  /** The zone that the request sets; undefined: each calendar's own. */
  readonly zone: Zone | undefined;
  readonly wanted: (zone: () => Zone, read?: Uint8Array) => Wanted;
  readonly limit: number;
}

async function* responses(query: Query, request: DavRequest & {target: Resource}): AsyncGenerator<string> {
  let count = 0;
  const work = ({resource, zone}: Candidate) => responseIfMatching(resource, zone, query, request);
  for await (const response of inOrder(candidates(query, request), readAtOnce, work)) {
    if (response === undefined) continue;
    if (count++ >= query.limit) {
      yield printStatus(request.target.href, new DavError(numberOfMatchesWithinLimits));
      return;
    }
    yield response;
  }
}

interface Candidate {
  readonly resource: ObjectResource;
  readonly zone: Zone;
}

type ObjectResource = Resource & {readonly stored: StoredObject; readonly view: HomeView};

/** The objects that the index cannot rule out, calendar by calendar. */
function* candidates({filter, zone}: Query, request: DavRequest & {target: Resource}): Generator<Candidate> {
  const {target} = request;
  if (target.kind === calendarObject) {
    const above = request.parent?.stored;
    yield {resource: target as ObjectResource, zone: zone ?? zoneOf(above ?? target.stored!, request)};
    return;
  }
  const {component, range} = candidatesFor(filter);
  for (const each of calendarsOf(target, request)) {
    const own = zone ?? zoneOf(each.stored, request);
    const {path} = each.stored;
    const found = range ? each.view.findInRange(path, range, component) : each.view.members(path);
    for (const stored of found) {
      if (stored.collection || (component !== undefined && stored.index && stored.index.component !== component)) continue;
      const resource = memberOf(each, stored, request) as ObjectResource;
      if (request.may(dav('read'), resource)) yield {resource, zone: own};
    }
  }
}

/** Undefined: the object does not match, or is gone or damaged: one such object never fails the report. */
function responseIfMatching(resource: ObjectResource, zone: Zone, query: Query, request: DavRequest) {
  const {index} = resource.stored;
  const decided = index && matchesIndex(index, query.filter, zone);
  if (decided === false) return undefined;
  if (decided)
    return printResponse(
      resource,
      query.wanted(() => zone),
      request,
    );
  return readAndMatch(resource, zone, query, request);
}

async function readAndMatch(
  resource: ObjectResource,
  zone: Zone,
  query: Query,
  request: DavRequest,
): Promise<string | undefined> {
  const {stored, view} = resource;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await view.read(stored.path, stored.etag);
  } catch (error) {
    // The disk fails at this file: that is no reason to say nothing of the others, nor to say that it is not there.
    request.log.error({href: resource.href, err: error}, 'an object cannot be read');
    return printStatus(resource.href, 503);
  }
  const pause = breathe();
  if (pause) await pause;
  const parsed = bytes && parseOrLog(bytes, resource, request);
  if (!parsed || !matches(parsed, query.filter, zone)) return undefined;
  return printResponse(
    resource,
    query.wanted(() => zone, bytes),
    request,
  );
}

function parseOrLog(bytes: Uint8Array, {href}: Resource, {log}: DavRequest): IcalCalendar | undefined {
  try {
    return parseCalendar(bytes);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    log.warn({href, line: error.line}, `An object is left out of a report, as it cannot be read: ${error.message}`);
    return undefined;
  }
}
