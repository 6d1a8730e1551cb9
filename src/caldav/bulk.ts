import {IcalError} from '../ical/ical-error.ts';
import {type Split, splitCalendarInTurns} from '../ical/split.ts';
import type {BulkFormat, BulkItem} from '../webdav/bulk/format.ts';
import {DavError} from '../webdav/error.ts';
import {caldav} from '../xml/names.ts';
import {calendarText} from './admit/calendar-text.ts';
import {convert, dataElement, formatOf, icalendar} from './calendar-format.ts';
import {validCalendarData} from './preconditions.ts';

/** How a calendar takes bulk changes: a calendar's components go by UID, each with the time zones it names. */
export const calendarBulk: BulkFormat = {
  data: caldav('calendar-data'),
  ending: '.ics',
  async split(sent, contentType) {
    const bytes = calendarText(sent, contentType);
    const converted = bytes !== sent;
    const {objects, refused} = await requireSplit(bytes);
    return [
      ...objects.map(({uid, text}): BulkItem => ({uid, content: new TextEncoder().encode(text), converted})),
      ...refused.map(({uid, line, message}): BulkItem => ({uid, content: invalid(line, message)})),
    ];
  },
  show(bytes, contentType) {
    const format = formatOf(contentType) ?? icalendar;
    return dataElement(format, convert(new TextDecoder().decode(bytes), icalendar, format));
  },
};

async function requireSplit(bytes: Uint8Array): Promise<Split> {
  try {
    return await splitCalendarInTurns(bytes);
  } catch (error) {
    if (error instanceof IcalError) throw invalid(error.line, error.message);
    throw error;
  }
}

function invalid(line: number, message: string): DavError {
  return new DavError(validCalendarData, {message: `Line ${line}: ${message}.`});
}
