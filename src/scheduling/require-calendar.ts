import {IcalError} from '../ical/ical-error.ts';
import {JcalError} from '../ical/jcal-error.ts';
import type {Calendar} from '../ical/parse.ts';
import {DavError} from '../webdav/error.ts';
import {validCalendarData} from './preconditions.ts';

/** What somebody has sent, read as iCalendar or jCal. Throws DavError CALDAV:valid-calendar-data where it cannot be. */
export function requireCalendar(parse: () => Calendar): Calendar {
  try {
    return parse();
  } catch (error) {
    if (error instanceof IcalError) throw new DavError(validCalendarData, {message: `Line ${error.line}: ${error.message}.`});
    if (error instanceof JcalError) throw new DavError(validCalendarData, {message: `It is not jCal: ${error.message}.`});
    throw error;
  }
}
