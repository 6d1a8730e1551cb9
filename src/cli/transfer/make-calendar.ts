import {randomUUID} from 'node:crypto';
import {UserError} from '../../base/user-error.ts';
import {componentSet} from '../../scheduling/component-set.ts';
import type {HomeId, Path, Store} from '../../store/store.ts';
import {element} from '../../xml/element.ts';
import {caldav, dav, type Name} from '../../xml/names.ts';
import {printAlone} from '../../xml/print.ts';

/** Makes a calendar for these types of component, called `name`, and answers where. Throws UserError where the home has no room. */
export async function makeCalendar(
  {store, home, maxCollections}: {store: Store; home: HomeId; maxCollections: number},
  name: string,
  components: readonly string[],
): Promise<Path> {
  return store.write(home, unit => {
    const collections = [...unit.members('')].filter(({collection}) => collection).length;
    if (maxCollections > 0 && collections >= maxCollections) {
      throw new UserError(`This home may hold ${maxCollections} calendars.`, 'Raise MaxCollectionsPerHome, or remove one.');
    }
    const plain = /^[\w@-][\w.@-]{0,99}$/.test(name);
    const path = plain && !unit.find(name) ? name : randomUUID();
    const properties = new Map<Name, string>([
      [dav('displayname'), printAlone(element(dav('displayname'), name))],
      [caldav('supported-calendar-component-set'), printAlone(componentSet(components))],
    ]);
    unit.createCollection(path, [caldav('calendar')], properties);
    return path;
  });
}
