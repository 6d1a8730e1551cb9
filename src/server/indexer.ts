import {indexObject, type ObjectIndex} from '../ical/object-index.ts';
import {parseCalendar} from '../ical/parse.ts';
import {caldav, type Name} from '../xml/names.ts';

/**
 * What the store is to remember of a file that it finds, by the collection it lies in: undefined where that is no calendar or Inbox, for then a
 * file is a file. Throws IcalError where it is no calendar object.
 */
export function indexFile(_name: string, bytes: Uint8Array, types: readonly Name[]): ObjectIndex | undefined {
  return types.some(type => type === caldav('calendar') || type === caldav('schedule-inbox'))
    ? indexObject(parseCalendar(bytes))
    : undefined;
}
