import {printPath} from '../webdav/href.ts';
import type {Kind} from '../webdav/tables.ts';
import {dav} from '../xml/names.ts';

/**
 * Where clients look for an account that they have been given no path for, beside `/`, `/principals/` and `.well-known`: other
 * servers' context paths, one after the other; `*` is any name. Each is a resource like `/`, which knows the current user's principal
 * (RFC 5397), and not a redirect, since some clients follow none and others ask the person first.
 */
const tried = [
  'caldav', // DAVx5, Evolution and many a manual
  'caldav/v2', // Apple, after Google's
  'caldav/v2/*',
  'caldav/*',
  'dav', // Apple and many a manual
  'dav/*',
  'dav/principals', // Apple, after other servers'
  'dav/principals/*',
  'dav/principals/*/*',
  'calendar', // older defaults of Outlook's add-in
  'calendar/dav/*/user', // Apple, after Yahoo's
  'remote.php/dav', // Nextcloud's
  'remote.php/caldav',
  'SOGo/dav',
  'SOGo/dav/*',
  'dav.php', // Baïkal's
  'cal.php',
  'caldav.php', // DAViCal's
  'caldav.php/*',
].map(path => path.split('/'));

const longest = Math.max(...tried.map(({length}) => length));

/** The paths that clients try: collections without members, one kind for each number of names. */
export const triedPaths: readonly Kind[] = Array.from({length: longest}, (_, more) => {
  const holes = Array.from({length: more + 1}, (_, at) => `name${at}`);
  const paths = tried.filter(({length}) => length === holes.length);
  const kind: Kind = {
    name: 'tried path',
    resourcetype: [dav('collection')],
    pattern: `/${holes.map(hole => `:${hole}`).join('/')}/`,
    find: params => {
      const names = holes.map(hole => params[hole]!);
      if (!paths.some(path => path.every((part, at) => part === '*' || part === names[at]))) return undefined;
      return {kind, href: printPath(names, true)};
    },
    *members() {},
  };
  return kind;
});
