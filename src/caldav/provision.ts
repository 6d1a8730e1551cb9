import type {Principal} from '../accounts/principal.ts';
import type {HomeId, Store} from '../store/store.ts';
import {element} from '../xml/element.ts';
import {caldav, dav, type Name} from '../xml/names.ts';
import {printAlone} from '../xml/print.ts';
import {componentSet} from './component-set.ts';

/** The home of a principal's calendars. */
export function calendarHomeId(principal: Principal): HomeId {
  return `calendars/${principal.guid}`;
}

/** What a new account starts with: one type of component in each, since Apple's clients keep events and tasks apart. */
const firstCalendars = [
  {name: 'calendar', component: 'VEVENT', displayname: 'Calendar'},
  {name: 'tasks', component: 'VTODO', displayname: 'Tasks'},
] as const;

/**
 * Makes the principal's calendar home, with a calendar for events and one for tasks, if it has none. A home that is there is left as it
 * is: a calendar that its owner has deleted does not come back.
 */
export async function provisionHome(store: Store, principal: Principal): Promise<void> {
  await store.createHome(calendarHomeId(principal), unit => {
    for (const {name, component, displayname} of firstCalendars) {
      const properties = new Map<Name, string>([
        [dav('displayname'), printAlone(element(dav('displayname'), displayname))],
        [caldav('supported-calendar-component-set'), printAlone(componentSet([component]))],
      ]);
      unit.createCollection(name, [caldav('calendar')], properties);
    }
  });
}
