import {expect} from 'vitest';
import {type Calendar, parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import type {Message, Method} from '../../src/itip/message.ts';
import {organizerIn} from '../../src/itip/parties.ts';
import {partsOf, sequenceOf, seriesOf} from '../../src/itip/series.ts';
import {vcalendar} from '../ical/text.ts';

export const a = 'mailto:a@example.com';
export const b = 'mailto:b@example.com';
export const c = 'mailto:c@example.com';
export const d = 'mailto:d@example.com';
export const e = 'mailto:e@example.com';

export const now = Date.UTC(1997, 6, 1, 12);

export const me = (address: string) => (other: string) => other.toLowerCase() === address;

/** A calendar of these components. */
export function object(...components: readonly (readonly string[])[]): Calendar {
  return parseCalendar(vcalendar(...components.flat()));
}

/** A VEVENT of these lines. */
export function vevent(...lines: readonly string[]): string[] {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];
}

export function vtodo(...lines: readonly string[]): string[] {
  return ['BEGIN:VTODO', ...lines, 'END:VTODO'];
}

/** A message as it comes from elsewhere. */
export function message(method: Method, from: string, to: string, ...components: readonly (readonly string[])[]): Message {
  const calendar = parseCalendar(vcalendar(`METHOD:${method}`, ...components.flat()));
  const parts = partsOf(seriesOf(calendar));
  const uid = String(parts[0]?.[1].find(([name]) => name === 'uid')?.[3]);
  return {method, uid, from, to, sequence: Math.max(0, ...parts.map(sequenceOf)), calendar};
}

/** The lines of a calendar, those that say nothing of the event itself left out. Throws where there is none, as no line is missing then. */
export function lines(calendar: Calendar | 'unchanged' | undefined): string[] {
  if (!calendar || calendar === 'unchanged') throw new Error(`The calendar is ${calendar}.`);
  const text = printCalendar(calendar)
    .replace(/\r\n[ \t]/g, '')
    .replace(/BEGIN:VTIMEZONE[\s\S]*?END:VTIMEZONE\r\n/g, '');
  return text
    .trim()
    .split('\r\n')
    .filter(line => !/^(?:BEGIN:VCAL|END:|VERSION|PRODID|DTSTAMP|UID)/.test(line));
}

export function isOrganizer(calendar: Calendar): (address: string) => boolean {
  return me(organizerIn(calendar)!.toLowerCase());
}

export function calendarIn(value: Calendar | 'unchanged' | undefined): Calendar {
  expect(typeof value).toBe('object');
  return value as Calendar;
}
