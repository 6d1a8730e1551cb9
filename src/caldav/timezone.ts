import {ianaZone} from '../ical/iana-zone.ts';
import {IcalError} from '../ical/ical-error.ts';
import {parseCalendar} from '../ical/parse.ts';
import {DavError} from '../webdav/error.ts';
import {validCalendarData, validTimezone} from './preconditions.ts';

/** Those that say every change since 1900 have a tenth of it. */
export const maxTimezoneLength = 100_000;

/** RFC 4791 §5.2.2: a time zone is given as an iCalendar object of one VTIMEZONE, and no more. Throws DavError CALDAV:valid-calendar-data. */
export function requireVtimezone(source: string): void {
  if (source.length > maxTimezoneLength) {
    throw new DavError(validCalendarData, {message: `A time zone has at most ${maxTimezoneLength} characters.`});
  }
  let names: string[];
  try {
    names = parseCalendar(source.trim())
      .component.getAllSubcomponents()
      .map(({name}) => name);
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
  }
  const other = names.find(name => name !== 'vtimezone');
  if (other)
    throw new DavError(validCalendarData, {message: `A time zone is one VTIMEZONE, and here is a ${other.toUpperCase()}.`});
  if (names.length !== 1)
    throw new DavError(validCalendarData, {message: `A time zone is one VTIMEZONE, and here are ${names.length}.`});
}

/** RFC 7809 §5.2: an identifier of IANA's time zone database. Throws DavError CALDAV:valid-timezone. */
export function requireTimezoneId(id: string): void {
  if (!ianaZone(id)) throw new DavError(validTimezone, {message: `No time zone is called ${JSON.stringify(id)}.`});
}
