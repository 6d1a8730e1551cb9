import {breathe} from '../../base/breathe.ts';
import type {Zone} from '../../ical/zone.ts';
import {DavError} from '../../webdav/error.ts';
import type {Wanted} from '../../webdav/propstat.ts';
import type {DavRequest, Resource} from '../../webdav/tables.ts';
import {wantedIn} from '../../webdav/wanted.ts';
import {child, type Element} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import {type CalendarDataRequest, calendarData, parseCalendarDataRequest} from '../calendar-data.ts';
import {dataElement, icalendar} from '../calendar-format.ts';
import {calendarObject} from '../kinds.ts';
import {sentTimezones} from '../sent-timezones.ts';

/** What a report wants of each object, CALDAV:calendar-data among it. Objects read already are handed on, so as not to read them twice. */
export function wantedData(body: Element, asking: DavRequest): (zone: () => Zone, read?: Uint8Array) => Wanted {
  const asked = child(child(body, dav('prop')) ?? body, caldav('calendar-data'));
  const request = asked && parseCalendarDataRequest(asked);
  const adapt = sentTimezones(asking);
  const wanted = {...wantedIn(body, asking.http), ...howIn(body)};
  if (!request) return () => wanted;
  return (zone, read) => ({
    ...wanted,
    own: (name, resource) => (name === caldav('calendar-data') ? dataOf(resource, {request, zone, read, adapt}) : undefined),
  });
}

/** RFC 4791 §9.5 and §9.10: DAV:allprop and DAV:propname may stand in place of DAV:prop. */
function howIn(body: Element): Partial<Wanted> {
  if (child(body, dav('prop'))) return {};
  return child(body, dav('allprop')) ? {how: 'allprop'} : child(body, dav('propname')) ? {how: 'propname'} : {};
}

interface Asked {
  readonly request: CalendarDataRequest;
  readonly zone: () => Zone;
  readonly read: Uint8Array | undefined;
  readonly adapt: ReturnType<typeof sentTimezones>;
}

/** Undefined: the resource is no calendar object, and has no such property. */
async function dataOf(resource: Resource, {request, zone, read, adapt}: Asked) {
  const {kind, stored, view} = resource;
  if (kind !== calendarObject || stored?.collection !== false) return undefined;
  const bytes = read ?? (await view!.read(stored.path, stored.etag));
  if (!bytes) throw new DavError(404, {message: 'The object was changed or removed while the answer was made.'});
  const pause = breathe();
  if (pause) await pause;
  const data = calendarData(adapt?.(bytes) ?? bytes, request, zone);
  return request.format === icalendar ? data : {raw: printNode(dataElement(request.format, data))};
}
