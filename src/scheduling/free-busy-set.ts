import {membersOf} from '../webdav/locate.ts';
import type {DavContext, Resource} from '../webdav/tables.ts';
import {child} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import type {CalendarCollection} from './busy-time.ts';

/**
 * The calendars that make a principal busy: those in the home and in its folders that are not transparent, and that whoever asks may know
 * the busy time of. Whether he may see that they are there does not matter: he is not told which is busy.
 */
export function* freeBusySet(
  collection: Resource,
  context: DavContext,
  mayKnow: (calendar: Resource) => boolean,
): Generator<CalendarCollection> {
  for (const member of membersOf(collection, context) as Iterable<Resource>) {
    if (!member.stored?.collection) continue;
    if (!isCalendar(member)) yield* freeBusySet(member, context, mayKnow);
    else if (!isTransparent(member) && mayKnow(member)) yield member as CalendarCollection;
  }
}

/** RFC 6638 §9.1. */
export function isTransparent({stored}: Pick<Resource, 'stored'>): boolean {
  const set = stored?.properties.get(caldav('schedule-calendar-transp'));
  return set !== undefined && child(parseXml(set), caldav('transparent')) !== undefined;
}

export function isCalendar({stored}: Resource): boolean {
  return stored?.collection === true && stored.types.includes(caldav('calendar'));
}
