import ICAL from 'ical.js';
import type {JcalProperty} from './jcal.ts';
import type {Calendar} from './parse.ts';

// RFC 5545 §3.1 counts the space that folds a line among its 75 octets; ical.js does not.
ICAL.foldLength = 74;

/** Prints an iCalendar object (RFC 5545 §3.4): lines folded at 75 octets, each ended by CRLF. */
export function printCalendar(calendar: Calendar): string {
  return `${calendar.component.toString()}\r\n`;
}

/** The value of a property as iCalendar writes it, unfolded. */
export function printValue([name, , type, ...values]: JcalProperty): string {
  const printed = ICAL.stringify.property([name, {}, type, ...values], ICAL.design.icalendar, true);
  return printed.slice(printed.indexOf(':') + 1);
}
