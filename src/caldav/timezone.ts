import {ianaZone} from '../ical/iana-zone.ts';
import {IcalError} from '../ical/ical-error.ts';
import {type JcalComponent, jcalOf, textOf} from '../ical/jcal.ts';
import {parseCalendar} from '../ical/parse.ts';
import {printComponent} from '../ical/print.ts';
import {standardCalendar} from '../ical/standard-timezone.ts';
import {spellingOf} from '../ical/tzdata.ts';
import type {Zone} from '../ical/zone.ts';
import {maxTimezoneLength} from '../scheduling/calendar-zone.ts';
import {DavError} from '../webdav/error.ts';
import {type Element, element, type Raw, text} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {printAlone} from '../xml/print.ts';
import {convert, formatOf, icalendar} from './calendar-format.ts';
import {supportedCalendarData, validCalendarData, validTimezone} from './preconditions.ts';

/**
 * RFC 4791 §5.2.2: a time zone is given as an iCalendar object of one VTIMEZONE, and no more. Throws DavError
 * CALDAV:valid-calendar-data.
 */
function requireVtimezone(source: string): void {
  if (source.length > maxTimezoneLength) {
    throw new DavError(validCalendarData, {message: `A time zone has at most ${maxTimezoneLength} characters.`});
  }
  let calendar: JcalComponent;
  try {
    calendar = jcalOf(parseCalendar(source.trim()));
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
  }
  if (textOf(calendar, 'version') !== '2.0')
    throw new DavError(validCalendarData, {message: 'A time zone is given as iCalendar, and here is no VERSION:2.0.'});
  const names = calendar[2].map(([name]) => name);
  const other = names.find(name => name !== 'vtimezone');
  if (other)
    throw new DavError(validCalendarData, {message: `A time zone is one VTIMEZONE, and here is a ${other.toUpperCase()}.`});
  if (names.length !== 1)
    throw new DavError(validCalendarData, {message: `A time zone is one VTIMEZONE, and here are ${names.length}.`});
}

/**
 * CALDAV:calendar-timezone as it is kept: as it came, or in iCalendar where its `content-type` says jCal, as calendar data may be too
 * (RFC 7265). Throws DavError.
 */
export function parseTimezone(property: Element): Element {
  const type = property.attributes['content-type'];
  const format = type === undefined ? icalendar : formatOf(type);
  if (!format) throw new DavError(supportedCalendarData, {message: `A time zone is not given as ${type}.`});
  const source = text(property);
  const converted = format === icalendar ? source : convert(source, format, icalendar);
  requireVtimezone(converted);
  return format === icalendar ? property : element(property.name, converted);
}

/** The property as it is kept, in the form that is asked for. Throws DavError. */
export function printTimezone(property: Raw | undefined, asked: Element | undefined): Raw | undefined {
  const type = asked?.attributes['content-type'];
  if (!property || type === undefined) return property;
  const format = formatOf(type);
  if (!format) throw new DavError(supportedCalendarData, {message: `A time zone is not given as ${type}.`});
  if (format === icalendar) return property;
  const kept = parseXml(property.raw);
  const converted = convert(text(kept).trim(), icalendar, format);
  return {raw: printAlone({name: kept.name, attributes: {'content-type': format.type}, children: [converted]})};
}

/** RFC 7809 §3.1.6: the zone of an identifier of IANA's database. Throws DavError CALDAV:valid-timezone. */
export function requireZone(id: string): Zone {
  const zone = spellingOf(id) === undefined ? undefined : ianaZone(id);
  if (!zone) throw new DavError(validTimezone, {message: `No time zone is called ${JSON.stringify(id)}.`});
  return zone;
}

/** The CALDAV:calendar-timezone that a CALDAV:calendar-timezone-id stands for (RFC 7809 §3.1.5). Throws DavError CALDAV:valid-timezone. */
export function calendarTimezoneFor(id: string): Element {
  requireZone(id);
  return element(caldav('calendar-timezone'), printComponent(standardCalendar(id, from1970)!));
}

/** Nobody asks for calendar data of earlier years by the calendar's own zone, and a property is to be short. */
const from1970 = {start: 0};
