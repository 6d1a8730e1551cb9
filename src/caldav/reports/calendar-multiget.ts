import {DavError} from '../../webdav/error.ts';
import {parsePath, pathOfHref} from '../../webdav/href.ts';
import {inOrder} from '../../webdav/in-order.ts';
import {locate, memberOf} from '../../webdav/locate.ts';
import {multistatus, printStatus} from '../../webdav/multistatus.ts';
import {numberOfMatchesWithinLimits} from '../../webdav/preconditions.ts';
import {parsePrefer} from '../../webdav/prefer.ts';
import {printResponse, type Wanted} from '../../webdav/propstat.ts';
import type {DavRequest, Report, Resource} from '../../webdav/tables.ts';
import {elements, text} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {requireRangesWithin} from '../date-limits.ts';
import {calendar, calendarHome, calendarObject} from '../kinds.ts';
import {maxMatches} from './calendar-query.ts';
import {requestedZone, zoneAbove} from './report-zone.ts';
import {wantedData} from './wanted-data.ts';

const readAtOnce = 16;

/**
 * RFC 4791 §7.9. Each href is answered as it was sent (Evolution compares texts); one that names nothing, or nothing below the
 * target, with 404 in its own response.
 */
export const calendarMultiget: Report = {
  name: caldav('calendar-multiget'),
  supports: ({kind, stored}) =>
    kind === calendar || kind === calendarHome || kind === calendarObject || stored?.collection === true,
  run(body, request) {
    const hrefs = elements(body, dav('href')).map(href => text(href));
    if (hrefs.length === 0) throw new DavError(400, {message: 'A calendar-multiget names the objects it wants.'});
    if (hrefs.length > maxMatches) throw new DavError(numberOfMatchesWithinLimits);
    const zone = requestedZone(body);
    const wanted = wantedData(body, request, found => zone ?? zoneAbove(found, request));
    requireRangesWithin(body, request.limits);
    const find = quickFinder(request);
    const work = (href: string) => respond(href, find(href), wanted, request);
    return multistatus(inOrder(hrefs, readAtOnce, work), {headers: parsePrefer(request.http).applied});
  },
};

function respond(
  href: string,
  member: Resource | undefined,
  wanted: Wanted,
  request: DavRequest & {target: Resource},
): string | Promise<string> {
  if (!member) return respondElsewhere(href, wanted, request);
  return request.may(dav('read'), member) ? printResponse(member, wanted, request, href) : printStatus(href, 403);
}

async function respondElsewhere(href: string, wanted: Wanted, request: DavRequest & {target: Resource}): Promise<string> {
  const names = namesOf(href, request.hosts);
  const location = names && (await locate(names, request));
  const nearest = location?.target ?? location?.nearest;
  if (!nearest || !isBelow(nearest, request.target)) return printStatus(href, 404);
  if (!request.may(dav('read'), nearest)) return printStatus(href, 403);
  if (!location?.target?.stored) return printStatus(href, 404);
  return printResponse(location.target, wanted, request, href);
}

/** The quick way to what nearly all hrefs name: a member of the collection that is asked. */
function quickFinder({target, hosts, protocol}: DavRequest & {target: Resource}): (href: string) => Resource | undefined {
  const {stored, view} = target;
  if (!stored?.collection || !view || target.kind.concealsMembers) return () => undefined;
  const above = parsePath(target.href);
  return href => {
    const names = namesOf(href, hosts);
    if (names?.length !== above.length + 1 || !above.every((name, at) => name === names[at])) return undefined;
    const found = view.find(stored.path ? `${stored.path}/${names.at(-1)}` : names.at(-1)!);
    return found && memberOf(target, found, {protocol});
  };
}

function namesOf(href: string, hosts: ReadonlySet<string>): readonly string[] | undefined {
  try {
    const path = pathOfHref(href.trim(), hosts);
    return path === undefined ? undefined : parsePath(path);
  } catch (error) {
    if (error instanceof DavError) return undefined;
    throw error;
  }
}

function isBelow({stored, view}: Resource, target: Resource): boolean {
  if (!stored || !view || view.home !== target.view?.home) return false;
  const above = target.stored?.path;
  return above === undefined || above === '' || stored.path === above || stored.path.startsWith(`${above}/`);
}
