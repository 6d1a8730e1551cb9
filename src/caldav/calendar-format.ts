import {parseJcal} from '../ical/jcal-parse.ts';
import {printJcal} from '../ical/jcal-print.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import {requireCalendar} from '../scheduling/require-calendar.ts';
import {essence} from '../webdav/content-type.ts';
import type {Form} from '../webdav/negotiate.ts';
import type {Element} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';

/** A form in which calendar data goes over the wire (RFC 4791 §5.2.4). */
export interface CalendarFormat extends Form {
  print(calendar: Calendar): string;
  /** Throws DavError CALDAV:valid-calendar-data. */
  parse(text: string): Calendar;
}

/** RFC 5545: what is kept, and what is given to those who do not ask. */
export const icalendar: CalendarFormat = {
  type: 'text/calendar',
  contentType: 'text/calendar;charset=utf-8',
  from: bytes => bytes,
  print: printCalendar,
  parse: text => requireCalendar(() => parseCalendar(text)),
};

/** RFC 7265. */
export const jcal: CalendarFormat = {
  type: 'application/calendar+json',
  contentType: 'application/calendar+json;charset=utf-8',
  from: bytes => new TextEncoder().encode(convert(new TextDecoder().decode(bytes), icalendar, jcal)),
  print: printJcal,
  parse: text => requireCalendar(() => parseJcal(text)),
};

/** The forms there are, the one that is kept first. */
export const calendarFormats: readonly CalendarFormat[] = [icalendar, jcal];

/** The form a media type names, its parameters left aside; undefined: none of ours. */
export function formatOf(contentType: string | undefined): CalendarFormat | undefined {
  const type = essence(contentType ?? '');
  return calendarFormats.find(format => format.type === type);
}

/** Calendar data in another form. Throws DavError CALDAV:valid-calendar-data where it cannot be read. */
export function convert(text: string, from: CalendarFormat, to: CalendarFormat): string {
  return from === to ? text : to.print(from.parse(text));
}

/** CALDAV:calendar-data (RFC 4791 §9.6) that says its form; without data where it is only named. */
export function dataElement({type}: CalendarFormat, ...data: string[]): Element {
  return {name: caldav('calendar-data'), attributes: {'content-type': type, version: '2.0'}, children: data};
}
