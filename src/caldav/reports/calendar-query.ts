import {breathe} from '../../base/breathe.ts';
import {shares} from '../../base/memory.ts';
import {IcalError} from '../../ical/ical-error.ts';
import {type Calendar as IcalCalendar, parseCalendar} from '../../ical/parse.ts';
import type {Zone} from '../../ical/zone.ts';
import {numberOf, zoneOf} from '../../scheduling/calendar-zone.ts';
import type {HomeView, StoredObject, StoredResource} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {inOrder} from '../../webdav/in-order.ts';
import {memberOf} from '../../webdav/locate.ts';
import {MadeOnce} from '../../webdav/made-once.ts';
import {multistatus, printStatus} from '../../webdav/multistatus.ts';
import {limitOf} from '../../webdav/nresults.ts';
import {numberOfMatchesWithinLimits} from '../../webdav/preconditions.ts';
import {parsePrefer} from '../../webdav/prefer.ts';
import {printResponse} from '../../webdav/propstat.ts';
import type {DavRequest, Report, Resource} from '../../webdav/tables.ts';
import {child} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import {requireRangesWithin} from '../date-limits.ts';
import {candidatesFor, matchesIndex} from '../filter/candidates.ts';
import type {CompFilter} from '../filter/filter.ts';
import {matches} from '../filter/match.ts';
import {parseFilter} from '../filter/parse.ts';
import {calendar, calendarHome, calendarObject} from '../kinds.ts';
import {validFilter} from '../preconditions.ts';
import {calendarsOf} from './calendars.ts';
import {requestedZone, zoneAbove} from './report-zone.ts';
import {type WantedData, wantedData} from './wanted-data.ts';

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
    const filter = parseFilter(given);
    const zone = requestedZone(body);
    const zoneFor = (found: Resource) => zone ?? zoneAbove(found, request);
    const query: Query = {
      filter,
      zone,
      wanted: wantedData(body, request, zoneFor),
      shape: JSON.stringify([printNode(given), request.isTrusted(request.target)]),
    };
    requireRangesWithin(body, request.limits);
    return multistatus(
      inOrder(candidates(query, request), readAtOnce, each => responseIfMatching(each, query, request)),
      {
        headers: parsePrefer(request.http).applied,
        most: Math.min(limitOf(body) ?? maxMatches, maxMatches),
        beyond: printStatus(request.target.href, new DavError(numberOfMatchesWithinLimits)),
      },
    );
  },
};

interface Query {
  readonly filter: CompFilter;
  /** The zone that the request sets; undefined: each calendar's own. */
  readonly zone: Zone | undefined;
  readonly wanted: WantedData;
  /** All that decides whether an object matches, beside itself and its zone. */
  readonly shape: string;
}

interface Candidate {
  readonly resource: ObjectResource;
  readonly zone: Zone;
  /** All that decides whether it matches, beside itself. */
  readonly shape: string;
}

type ObjectResource = Resource & {readonly stored: StoredObject; readonly view: HomeView};

/** The objects that the index cannot rule out, calendar by calendar. */
function* candidates({filter, zone, shape}: Query, request: DavRequest & {target: Resource}): Generator<Candidate> {
  const {target} = request;
  const ground = (stored: StoredResource) => {
    const own = zone ?? zoneOf(stored, request);
    return {zone: own, shape: `${numberOf(own)} ${shape}`};
  };
  if (target.kind === calendarObject) {
    yield {resource: target as ObjectResource, ...ground(request.parent?.stored ?? target.stored!)};
    return;
  }
  const {component, range} = candidatesFor(filter);
  for (const each of calendarsOf(target, request)) {
    const own = ground(each.stored);
    const {path} = each.stored;
    const found = range ? each.view.findInRange(path, range, component) : each.view.members(path);
    for (const stored of found) {
      if (stored.collection || (component !== undefined && stored.index && stored.index.component !== component)) continue;
      const resource = memberOf(each, stored, request) as ObjectResource;
      if (request.may(dav('read'), resource)) yield {resource, zone: own.zone, shape: own.shape};
    }
  }
}

const none = '';

/** None where the object does not match, or is gone or damaged: one such object never fails the report. */
function responseIfMatching(candidate: Candidate, query: Query, request: DavRequest): string | Promise<string> {
  const {resource, zone, shape} = candidate;
  const {stored, view} = resource;
  let isMatch = stored.index && matchesIndex(stored.index, query.filter, zone);
  if (isMatch === undefined) {
    isMatch = matching.get(shape, stored);
    if (isMatch === undefined || !view.stands(stored)) return readAndMatch(candidate, query, request);
  }
  return isMatch ? printResponse(resource, query.wanted, request) : none;
}

async function readAndMatch({resource, zone, shape}: Candidate, {filter, wanted}: Query, request: DavRequest): Promise<string> {
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
  if (!bytes || !parsed) return none;
  const isMatch = matches(parsed, filter, zone);
  matching.set(shape, stored, isMatch);
  return isMatch ? printResponse(resource, wanted.having(bytes), request) : none;
}

/** Whether objects match filters that their index cannot decide. */
const matching = new MadeOnce<boolean>(shares.matchesBytes, () => 0);

function parseOrLog(bytes: Uint8Array, {href}: Resource, {log}: DavRequest): IcalCalendar | undefined {
  try {
    return parseCalendar(bytes);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    log.warn({href, line: error.line}, `An object is left out of a report, as it cannot be read: ${error.message}`);
    return undefined;
  }
}
