import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';

/** A text's lines ended as iCalendar's are. */
export function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** A VCALENDAR of these lines. */
export function vcalendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** A component of one UID with these lines. */
export function component(name: string, ...lines: string[]): string[] {
  return [`BEGIN:${name}`, 'UID:1', 'DTSTAMP:20260101T000000Z', ...lines, `END:${name}`];
}

/** A parsed calendar of one VEVENT. */
export function event(...lines: string[]): Calendar {
  return parseCalendar(vcalendar(...component('VEVENT', ...lines)));
}

/** Milliseconds of `20260131T100000Z`. */
export function at(time: string): number {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(
    time,
  )!;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** `2026-01-31T10:00:00Z` of milliseconds. */
export function iso(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
