import type ICAL from 'ical.js';
import type {Calendar} from './parse.ts';

/** Prints an iCalendar object (RFC 5545 §3.4): lines folded at 75 octets, each ended by CRLF. */
export function printCalendar(calendar: Calendar): string {
  return printComponent(calendar.component);
}

/** Prints one component with what is in it. */
export function printComponent(component: ICAL.Component): string {
  return `${component.toString()}\r\n`;
}
