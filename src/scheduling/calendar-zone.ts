import {ianaZone} from '../ical/iana-zone.ts';
import {IcalError} from '../ical/ical-error.ts';
import {parseCalendar} from '../ical/parse.ts';
import {calendarTimezone} from '../ical/time-zones.ts';
import {utc, type Zone} from '../ical/zone.ts';
import type {StoredResource} from '../store/store.ts';
import type {Limits} from '../webdav/limits.ts';
import {text} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';

/** Those that say every change since 1900 have a tenth of it. */
export const maxTimezoneLength = 100_000;

const ofProperties = new Map<string, Zone | undefined>();

/** Remembered by its text: a report asks for the zone of every object's calendar. */
function zoneOfProperty(printed: string): Zone | undefined {
  if (ofProperties.has(printed)) return ofProperties.get(printed);
  const zone = zoneIn(text(parseXml(printed)));
  if (ofProperties.size >= 200) ofProperties.clear();
  if (printed.length <= 20_000) ofProperties.set(printed, zone);
  return zone;
}

/** The zone of a calendar: its calendar-timezone (RFC 4791 §5.2.2), its calendar-timezone-id (RFC 7809 §5.2), else the server's. */
export function zoneOf(
  {properties}: Pick<StoredResource, 'properties'>,
  {limits}: {readonly limits: Pick<Limits, 'defaultTimezone'>},
): Zone {
  const timezone = properties.get(caldav('calendar-timezone'));
  const id = properties.get(caldav('calendar-timezone-id'));
  const zone = timezone === undefined ? undefined : zoneOfProperty(timezone);
  return (
    zone ??
    (id === undefined ? undefined : ianaZone(text(parseXml(id)).trim())) ??
    ianaZone(limits.defaultTimezone ?? 'UTC') ??
    utc
  );
}

const numbers = new WeakMap<Zone, number>();
let lastNumber = 0;

/** A number that no other zone has. */
export function numberOf(zone: Zone): number {
  let number = numbers.get(zone);
  if (number === undefined) {
    number = ++lastNumber;
    numbers.set(zone, number);
  }
  return number;
}

/** The zone that iCalendar text holds; undefined: none that can be read. */
export function zoneIn(source: string): Zone | undefined {
  if (source.length > maxTimezoneLength) return undefined;
  try {
    return calendarTimezone(parseCalendar(source.trim()));
  } catch (error) {
    if (error instanceof IcalError) return undefined;
    throw error;
  }
}
