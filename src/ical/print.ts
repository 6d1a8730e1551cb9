import ICAL from 'ical.js';
import type {Calendar} from './parse.ts';

// RFC 5545 §3.1 counts the space that folds a line among its 75 octets; ical.js does not.
ICAL.foldLength = 74;

/** Prints an iCalendar object (RFC 5545 §3.4): lines folded at 75 octets, each ended by CRLF. */
export function printCalendar(calendar: Calendar): string {
  return printComponent(calendar.component);
}

/** Prints one component with what is in it. */
export function printComponent(component: ICAL.Component): string {
  return `${component.toString()}\r\n`;
}
