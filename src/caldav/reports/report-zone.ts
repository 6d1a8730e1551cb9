import type {Zone} from '../../ical/zone.ts';
import {zoneIn, zoneOf} from '../../scheduling/calendar-zone.ts';
import {DavError} from '../../webdav/error.ts';
import type {DavContext, Resource} from '../../webdav/tables.ts';
import {child, type Element, text} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {validCalendarData} from '../preconditions.ts';
import {parseTimezone, requireZone} from '../timezone.ts';

/**
 * The zone that a report's own CALDAV:timezone (RFC 4791 §9.8) or CALDAV:timezone-id (RFC 7809 §6.2) sets for floating times and DATEs;
 * undefined: the calendars' own. Throws DavError CALDAV:valid-calendar-data or CALDAV:valid-timezone.
 */
export function requestedZone(body: Element): Zone | undefined {
  const given = child(body, caldav('timezone'));
  if (given) {
    const zone = zoneIn(text(parseTimezone(given)));
    if (!zone) throw new DavError(validCalendarData, {message: 'CALDAV:timezone holds no time zone that can be read.'});
    return zone;
  }
  const id = child(body, caldav('timezone-id'));
  return id && requireZone(text(id).trim());
}

/** The zone for floating times in an object: that of the calendar it lies in. */
export function zoneAbove({stored, within}: Resource, context: Pick<DavContext, 'limits'>): Zone {
  return zoneOf(within?.stored ?? stored!, context);
}
