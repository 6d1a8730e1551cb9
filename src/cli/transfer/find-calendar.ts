import {nearest} from '../../base/nearest.ts';
import {UserError} from '../../base/user-error.ts';
import type {HomeView, StoredCollection} from '../../store/store.ts';
import {text} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {parseXml} from '../../xml/parse.ts';

/** The calendars directly in a home, in order of name. */
export function calendarsOf(view: HomeView): StoredCollection[] {
  return [...view.members('')].filter(
    (member): member is StoredCollection => member.collection && member.types.includes(caldav('calendar')),
  );
}

/** What people call a calendar; its name in the URL where nobody has given it another. */
export function displayNameOf({path, properties}: StoredCollection): string {
  const printed = properties.get(dav('displayname'));
  return (printed === undefined ? '' : text(parseXml(printed)).trim()) || path;
}

/** By its name in the URL, or the one that people see. Undefined: none; throws UserError where two are called so. */
export function findCalendar(view: HomeView, name: string): StoredCollection | undefined {
  const calendars = calendarsOf(view);
  const byPath = calendars.find(({path}) => path === name);
  if (byPath) return byPath;
  const named = calendars.filter(calendar => displayNameOf(calendar).normalize() === name.normalize());
  if (named.length < 2) return named[0];
  throw new UserError(`Two calendars are called “${name}”.`, `Name one by its URL: ${named.map(({path}) => path).join(' or ')}`);
}

/** As `findCalendar`; throws UserError with the names there are. */
export function requireCalendar(view: HomeView, name: string, hint = ''): StoredCollection {
  const found = findCalendar(view, name);
  if (found) return found;
  const names = calendarsOf(view).map(({path}) => path);
  const near = nearest(name, names);
  const fix = near ? `Is ${near} meant?` : `There are: ${names.join(', ') || 'none'}.`;
  throw new UserError(`There is no calendar “${name}”.`, hint ? `${fix} ${hint}` : fix);
}
