import {join} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import {homeFolder, homeOfFolder, isInternal, trees} from '../../store/file/layout.ts';
import type {HomeId} from '../../store/store.ts';

/** The first entry: what the backup is of. Laid out so that, taken out by tar, the archive is a server's folder. */
export const manifestName = 'BACKUP.json';
export const proxiesName = 'data/proxies.sqlite';
export const mailName = 'data/mail.sqlite';
const documentsName = 'data/documents';

/** The archive's form; raised when a program that knows only the last one could not read it. 2: what is mailed is in it. */
export const formatVersion = 2;

export interface Manifest {
  readonly program: 'caldav';
  readonly format: number;
  readonly version: string;
  /** When it was begun, ISO 8601. */
  readonly made: string;
  /** The server's folder then. */
  readonly folder: string;
  /** Where the configuration and the files that it names are in the archive; `''` where it names none. */
  readonly config: string;
  readonly accounts: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly authorityChain: string;
  readonly homes: number;
}

/** Throws UserError where it is the manifest of something else, or of a later version. */
export function parseManifest(json: string, file: string): Manifest {
  let manifest: Manifest | undefined;
  try {
    manifest = JSON.parse(json) as Manifest;
  } catch {}
  if (manifest?.program !== 'caldav' || typeof manifest.format !== 'number') throw notOurs(file);
  if (manifest.format > formatVersion)
    throw new UserError(`${file} was made by a later version of caldav, ${manifest.version}.`, 'Restore it with that version.');
  return manifest;
}

export function notOurs(file: string): UserError {
  return new UserError(`${file} is no backup made by caldav.`, 'Name a file that `caldav backup` has written.');
}

/** What an entry of the archive is, by its name. */
export type Place =
  | {readonly of: 'manifest' | 'proxies' | 'mail'}
  /** Above the homes. */
  | {readonly of: 'nothing'}
  /** A file of the configuration: its path in the server's folder, or, where it lay elsewhere, in none. */
  | {readonly of: 'configuration'}
  /** `path`: in the home's folder, on disk; `''`: that itself. */
  | {readonly of: 'home'; readonly home: HomeId; readonly path: string};

/** Undefined where it is none that we give: a path that leads out of its place, or to what is not a backup's. */
export function placeOf(name: string): Place | undefined {
  const names = name.split('/');
  if (
    names.some(
      one =>
        Buffer.byteLength(one) > 255 || one === '' || one === '.' || one === '..' || one.includes('\0') || one.includes('\\'),
    )
  )
    return undefined;
  if (name === manifestName) return {of: 'manifest'};
  if (name === proxiesName) return {of: 'proxies'};
  if (name === mailName) return {of: 'mail'};
  if (names[0] === 'conf' || names[0] === 'elsewhere') return names.length > 1 ? {of: 'configuration'} : {of: 'nothing'};
  if (name === 'data' || name === documentsName) return {of: 'nothing'};
  const [, , tree, ...below] = names;
  if (!name.startsWith(`${documentsName}/`) || !trees.some(known => known === tree)) return undefined;
  if (below.length < 4) return below[0] === undefined || below[0] === '__uids__' ? {of: 'nothing'} : undefined;
  const home = homeOfFolder('/', tree as (typeof trees)[number], join('/', tree!, ...below.slice(0, 4)));
  const path = below.slice(4);
  if (!home || path.some(isInternal)) return undefined;
  return {of: 'home', home, path: path.join('/')};
}

/** The name of a home's folder in the archive. */
export function homeName(home: HomeId): string {
  return documentsName + homeFolder('/', home);
}
