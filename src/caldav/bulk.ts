import {IcalError} from '../ical/ical-error.ts';
import {type Split, splitCalendarInTurns, TooManyObjects} from '../ical/split.ts';
import type {BulkFormat, BulkItem} from '../webdav/bulk/format.ts';
import {DavError} from '../webdav/error.ts';
import type {Limits} from '../webdav/limits.ts';
import {caldav} from '../xml/names.ts';
import {calendarText} from './admit/calendar-text.ts';
import {convert, dataElement, formatOf, icalendar} from './calendar-format.ts';
import {maxResourceSize, validCalendarData} from './preconditions.ts';

/** How a calendar takes bulk changes: a calendar's components go by UID, each with the time zones it names. */
export const calendarBulk: BulkFormat = {
  data: caldav('calendar-data'),
  ending: '.ics',
  async split(sent, contentType, limits) {
    const bytes = calendarText(sent, contentType);
    const converted = bytes !== sent;
    const {objects, refused} = await requireSplit(bytes, limits);
    return [
      ...objects.map(({uid, text}): BulkItem => ({uid, content: new TextEncoder().encode(text), converted})),
      ...refused.map(
        ({uid, line, message, isTooLong}): BulkItem => ({
          uid,
          content: isTooLong ? new DavError(maxResourceSize) : invalid(line, message),
        }),
      ),
    ];
  },
  show(bytes, contentType) {
    const format = formatOf(contentType) ?? icalendar;
    return dataElement(format, convert(new TextDecoder().decode(bytes), icalendar, format));
  },
};

/** A body of a few megabytes can come to gigabytes, by a large time zone that all of many events name. */
const longestTogether = 256 * 1024 * 1024;

async function requireSplit(bytes: Uint8Array, {bulk, maxResourceSizeBytes}: Limits): Promise<Split> {
  const [most, longest] = [bulk?.maxResources || Infinity, maxResourceSizeBytes || Infinity];
  try {
    return await splitCalendarInTurns(bytes, {mostObjects: most, longestObject: longest, longestTogether});
  } catch (error) {
    if (error instanceof TooManyObjects) throw new DavError(413, {message: 'A bulk change has more resources than it may have.'});
    if (error instanceof IcalError) throw invalid(error.line, error.message);
    throw error;
  }
}

function invalid(line: number, message: string): DavError {
  return new DavError(validCalendarData, {message: `Line ${line}: ${message}.`});
}
