import {readFileSync} from 'node:fs';
import {fileOf, homeFolder} from '../../src/store/file/layout.ts';
import {text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import {Client, type MultistatusResponse} from '../support/client.ts';
import {type Account, accounts} from './crew.ts';

/** A property that no server knows, and one that is always too long for the attributes of a file on ext4. */
export const note = '{urn:crash}note';

/** What a home holds, as a server that runs gives it. */
export interface Observed {
  /** By path: an object's bytes, a NUL, its note; of a collection only the note. */
  readonly entries: ReadonlyMap<string, string>;
  /** ETags of objects by path. */
  readonly etags: ReadonlyMap<string, string>;
  readonly ctags: ReadonlyMap<string, string>;
}

export const homeOf = (account: Account) => `/calendars/users/${account}/`;

/** Reads all of a home. Throws where anything is not answered as it has to be. */
export async function observe(base: string, account: Account): Promise<Observed> {
  const client = new Client(base, account, account);
  const entries = new Map<string, string>();
  const etags = new Map<string, string>();
  const ctags = new Map<string, string>();
  const home = homeOf(account);
  for (const [collection, response] of await list(client, home)) {
    if (collection === home || !collection.endsWith('/')) continue;
    const ctag = textOf(response, calendarserver('getctag'));
    if (!ctag) continue; // no calendar: the inbox and the like
    ctags.set(collection, ctag);
    entries.set(collection, textOf(response, note));
    const members = [...(await list(client, collection))].filter(([path]) => path !== collection);
    for (let at = 0; at < members.length; at += 16) {
      await Promise.all(
        members.slice(at, at + 16).map(async ([path, member]) => {
          const got = await client.get(path);
          const etag = textOf(member, dav('getetag'));
          if (got.status !== 200 || got.headers.get('etag') !== etag) {
            throw new Error(`${path} is listed with ${etag}, but GET gives ${got.status} and ${got.headers.get('etag')}`);
          }
          entries.set(path, `${Buffer.from(got.bytes).toString()}\0${textOf(member, note)}`);
          etags.set(path, etag);
        }),
      );
    }
  }
  return {entries, etags, ctags};
}

async function list(client: Client, path: string): Promise<ReadonlyMap<string, MultistatusResponse>> {
  const answer = await client.propfind(path, 1, dav('getetag'), calendarserver('getctag'), note);
  if (answer.status !== 207) throw new Error(`PROPFIND ${path} is answered ${answer.status}`);
  return answer.responses;
}

const textOf = ({properties}: MultistatusResponse, name: Parameters<typeof properties.get>[0]) => {
  const found = properties.get(name);
  return found ? text(found) : '';
};

/** Throws unless the files of a server that has stopped hold what it served, byte by byte. */
export function compareFiles(root: string, account: Account, {entries}: Observed): void {
  const folder = homeFolder(root, `calendars/${accounts[account]}`);
  for (const [path, value] of entries) {
    if (path.endsWith('/')) continue;
    const bytes = readFileSync(fileOf(folder, decodeURIComponent(path.slice(homeOf(account).length))), 'utf8');
    if (bytes !== value.slice(0, value.indexOf('\0'))) throw new Error(`the file of ${path} is not what was served`);
  }
}
