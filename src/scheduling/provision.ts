import type {Principal} from '../accounts/principal.ts';
import type {HomeId, HomeUnit, HomeView, Store} from '../store/store.ts';
import {element} from '../xml/element.ts';
import {caldav, dav, type Name} from '../xml/names.ts';
import {printAlone} from '../xml/print.ts';
import {componentSet} from './component-set.ts';
import {schedulingCollection} from './scheduling-collection.ts';

/** The home of a principal's calendars. */
export function calendarHomeId(principal: Principal): HomeId {
  return `calendars/${principal.guid}`;
}

/** Whose home it is: the principal's GUID. */
export function ownerOfHome(home: HomeId): string {
  return home.slice(home.indexOf('/') + 1);
}

/** What a new account starts with: one type of component in each, since Apple's clients keep events and tasks apart. */
export const firstCalendars = [
  {name: 'calendar', component: 'VEVENT', displayname: 'Calendar'},
  {name: 'tasks', component: 'VTODO', displayname: 'Tasks'},
] as const;

/** What scheduling needs of a home (RFC 6638 §2.1, §2.2). */
const schedulingCollections = [
  {name: 'inbox', type: caldav('schedule-inbox')},
  {name: 'outbox', type: caldav('schedule-outbox')},
] as const;

/**
 * Makes the principal's calendar home, with a calendar for events, one for tasks, and the collections of scheduling, if it has none. Of a
 * home that is there only the latter are made: a calendar that its owner has deleted does not come back.
 */
export async function provisionHome(store: Store, principal: Principal): Promise<void> {
  const home = calendarHomeId(principal);
  const view = await store.view(home);
  if (view) {
    if (!hasScheduling(view)) await store.write(home, makeSchedulingCollections);
    return;
  }
  await store.createHome(home, unit => {
    for (const first of firstCalendars) makeFirstCalendar(first, unit);
    makeSchedulingCollections(unit);
  });
}

/** Whether a home, which may be older than scheduling here, has what it needs. */
export function hasScheduling(view: HomeView): boolean {
  return schedulingCollections.every(({type}) => schedulingCollection(view, type));
}

/** Stages one of the calendars that a home starts with, empty. */
export function makeFirstCalendar(
  {name, component, displayname}: {name: string; component: string; displayname: string},
  unit: HomeUnit,
): void {
  const properties = new Map<Name, string>([
    [dav('displayname'), printAlone(element(dav('displayname'), displayname))],
    [caldav('supported-calendar-component-set'), printAlone(componentSet([component]))],
  ]);
  unit.createCollection(name, [caldav('calendar')], properties);
}

function makeSchedulingCollections(unit: HomeUnit): void {
  for (const {name, type} of schedulingCollections) {
    if (!schedulingCollection(unit, type)) unit.createCollection(freeName(name, unit), [type]);
  }
}

/** In a home that is older, something else may have the name. */
export function freeName(name: string, view: HomeView): string {
  let free = name;
  for (let number = 2; view.find(free); number++) free = `${name}-${number}`;
  return free;
}
