import type {HomeUnit, HomeView, Path, StoredCollection} from '../store/store.ts';
import {caldav, calendarserver, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {componentsOf} from './component-set.ts';
import {firstCalendars, freeName, makeFirstCalendar} from './provision.ts';
import {inboxIn} from './scheduling-collection.ts';

/** What invitations come into: events into one calendar, tasks into another (RFC 6638 §4.3), as the Inbox's properties say. */
export const defaultCalendarProperties = {
  VEVENT: caldav('schedule-default-calendar-URL'), // §9.2
  VTODO: calendarserver('schedule-default-tasks-URL'), // CalendarServer's
} as const satisfies Readonly<Record<string, Name>>;

export type Invited = keyof typeof defaultCalendarProperties;

/**
 * The calendar that invitations come into: the one that is set, as long as it is there, else the one that a home starts with, else the
 * first that takes the component. Undefined: none does.
 */
export function defaultCalendar(view: HomeView, component: Invited): StoredCollection | undefined {
  const fitting = [...calendarsIn(view, '')].filter(each => componentsOf(each).includes(component));
  const set = inboxIn(view)?.properties.get(defaultCalendarProperties[component]);
  const id = set === undefined ? undefined : parseXml(set).attributes['resource-id'];
  const first = firstCalendars.find(each => each.component === component)!.name;
  return fitting.find(each => each.resourceId === id) ?? fitting.find(({path}) => path === first) ?? fitting[0];
}

/** The same for who delivers: where a home has none, one is staged. */
export function requireDefaultCalendar(unit: HomeUnit, component: Invited): Path {
  const found = defaultCalendar(unit, component);
  if (found) return found.path;
  const first = firstCalendars.find(each => each.component === component)!;
  const name = freeName(first.name, unit);
  makeFirstCalendar({...first, name}, unit);
  return name;
}

/** The calendars of a home, in its folders too, in order of name. */
export function* calendarsIn(view: HomeView, folder: Path): Generator<StoredCollection> {
  for (const member of view.members(folder)) {
    if (!member.collection) continue;
    if (member.types.includes(caldav('calendar'))) yield member;
    else if (member.types.length === 0) yield* calendarsIn(view, member.path);
  }
}
