import {breathe} from '../../base/breathe.ts';
import type {Zone} from '../../ical/zone.ts';
import {DavError} from '../../webdav/error.ts';
import type {Wanted} from '../../webdav/propstat.ts';
import type {DavRequest, Resource} from '../../webdav/tables.ts';
import {wantedIn} from '../../webdav/wanted.ts';
import {child, type Element} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import {type CalendarDataRequest, calendarData, isWhole, parseCalendarDataRequest} from '../calendar-data.ts';
import {dataElement, icalendar} from '../calendar-format.ts';
import {calendarObject} from '../kinds.ts';
import {sentTimezones, timezonesWanted} from '../sent-timezones.ts';

/** What a report wants of each object, CALDAV:calendar-data among it. */
export interface WantedData extends Wanted {
  /** The same of an object that has been read already, so as not to read it twice. */
  having(bytes: Uint8Array): Wanted;
}

/** `zoneOf`: the zone for floating times in an object. */
export function wantedData(
  body: Element,
  asking: DavRequest & {target: Resource},
  zoneOf: (resource: Resource) => Zone,
): WantedData {
  const asked = child(child(body, dav('prop')) ?? body, caldav('calendar-data'));
  const plain = {...wantedIn(body, asking.http), ...howIn(body)};
  if (!asked) return {...plain, having: () => plain};
  const request = parseCalendarDataRequest(asked);
  const given = (read?: Uint8Array): Wanted['own'] => {
    const data = {request, zoneOf, adapt: sentTimezones(asking), read};
    return (name, resource) => (name === caldav('calendar-data') ? dataOf(resource, data) : undefined);
  };
  // What is asked is in the elements that ask. What is made of a part of an object follows from time zones, too.
  const shape = isWhole(request) ? JSON.stringify([timezonesWanted(asking), asking.isTrusted(asking.target)]) : undefined;
  const stands: Wanted['stands'] = ({view, stored}) => stored?.collection === false && view?.stands(stored) === true;
  const wanted: Wanted = {...plain, own: given(), shape, stands};
  return {...wanted, having: bytes => ({...wanted, own: given(bytes)})};
}

/** RFC 4791 §9.5 and §9.10: DAV:allprop and DAV:propname may stand in place of DAV:prop. */
function howIn(body: Element): Partial<Wanted> {
  if (child(body, dav('prop'))) return {};
  return child(body, dav('allprop')) ? {how: 'allprop'} : child(body, dav('propname')) ? {how: 'propname'} : {};
}

interface Asked {
  readonly request: CalendarDataRequest;
  readonly zoneOf: (resource: Resource) => Zone;
  readonly read: Uint8Array | undefined;
  readonly adapt: ReturnType<typeof sentTimezones>;
}

/** Undefined: the resource is no calendar object, and has no such property. */
async function dataOf(resource: Resource, {request, zoneOf, read, adapt}: Asked) {
  const {kind, stored, view} = resource;
  if (kind !== calendarObject || stored?.collection !== false) return undefined;
  const bytes = read ?? (await view!.read(stored.path, stored.etag));
  if (!bytes) throw new DavError(404, {message: 'The object was changed or removed while the answer was made.'});
  const pause = breathe();
  if (pause) await pause;
  const data = calendarData(adapt?.(bytes) ?? bytes, request, () => zoneOf(resource));
  return request.format === icalendar ? data : {raw: printNode(dataElement(request.format, data))};
}
