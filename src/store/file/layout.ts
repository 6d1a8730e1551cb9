import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import type {HomeId, Path} from '../store.ts';

/** Whatever the umask says. */
export const folderMode = 0o750;
export const fileMode = 0o640;

/** The journal and index of a home, in the home's folder. */
export const indexName = '.home.sqlite';
/** The index that a repair has made, until it comes to its place. */
export const nextIndexName = `${indexName}-next`;
/** The folder in a home where files are made before they are moved to their places. */
export const workshopName = '.writing';

/** Whether a name in a home's folder is of an index or the workshop: what can be made anew, or is not yet anything. */
export function isInternal(name: string): boolean {
  return name.startsWith(indexName) || name === workshopName;
}

export const trees = ['calendars', 'addressbooks'] as const;

/** The longest name a member can have: any name of this many bytes has a file name of at most 255 bytes, however much is escaped. */
export const maxNameBytes = 186;

/**
 * The file a resource name is kept under. Names that start with a dot are ours, so a leading dot is escaped, and so is what a path
 * or a terminal would trip over: `/`, control characters, and the escape character `%`. A name that grows too long by that is
 * written in base64url after `%=`.
 */
export function fileNameOf(name: string): string {
  const escaped = name.replace(/^\.|[\u0000-\u001f\u007f/%]/g, escapeByte);
  return Buffer.byteLength(escaped) <= 255 ? escaped : `%=${Buffer.from(name).toString('base64url')}`;
}

/** The resource name kept under that file name; undefined where the file is ours or the name is none that `fileNameOf` gives. */
export function nameOfFile(fileName: string): string | undefined {
  if (fileName === '' || fileName.startsWith('.')) return undefined;
  const name = fileName.startsWith('%=')
    ? Buffer.from(fileName.slice(2), 'base64url').toString()
    : fileName.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return name !== '' && fileNameOf(name) === fileName ? name : undefined;
}

const escapeByte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Where a resource lies on disk. */
export function fileOf(homeFolder: string, path: Path): string {
  return path === '' ? homeFolder : join(homeFolder, diskPathOf(path));
}

/** Where it lies in the home's folder. */
export function diskPathOf(path: Path): string {
  return path === '' ? '' : path.split('/').map(fileNameOf).join('/');
}

/** The collection a path lies in; `''` for what lies in the home itself. */
export function parentOf(path: Path): Path {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last name of a path. */
export function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A member's path. */
export function memberPath(collection: Path, name: string): Path {
  return collection === '' ? name : `${collection}/${name}`;
}

/** Throws where a path could not be kept: an empty or too long name, `.` or `..`, NUL, or text that is no Unicode. */
export function checkPath(path: Path): void {
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..' || name.includes('\0') || !name.isWellFormed()) {
      throw new Error(`${JSON.stringify(path)} is not a path that can be stored`);
    }
    if (Buffer.byteLength(name) > maxNameBytes)
      throw new Error(`a name in ${JSON.stringify(path)} is longer than ${maxNameBytes} bytes`);
  }
}

/** The folder of a home: `calendars/__uids__/<g0>/<g1>/<GUID>`, spread by the GUID, or by a hash of one that is no UUID. */
export function homeFolder(root: string, home: HomeId): string {
  const [tree, guid] = partsOf(home);
  const spread = /^[0-9A-Za-z]{4}/.test(guid) ? guid : createHash('sha256').update(guid).digest('hex');
  return join(root, tree, '__uids__', spread.slice(0, 2), spread.slice(2, 4), fileNameOf(guid));
}

/** The home a folder is for; undefined where it is in the wrong place or has no home's name. */
export function homeOfFolder(root: string, tree: (typeof trees)[number], folder: string): HomeId | undefined {
  const guid = nameOfFile(folder.slice(folder.lastIndexOf('/') + 1));
  if (guid === undefined) return undefined;
  try {
    const home: HomeId = `${tree}/${guid}`;
    return homeFolder(root, home) === folder ? home : undefined;
  } catch {
    return undefined;
  }
}

function partsOf(home: HomeId): [tree: string, guid: string] {
  const slash = home.indexOf('/');
  const [tree, guid] = [home.slice(0, slash), home.slice(slash + 1)];
  if (!trees.some(known => known === tree)) throw new Error(`${home} is in no tree that homes can be in`);
  if (guid === '' || guid.includes('\0') || !guid.isWellFormed() || Buffer.byteLength(guid) > maxNameBytes) {
    throw new UserError(
      `${JSON.stringify(guid)} cannot be the name of a folder`,
      `Give the account a guid of 1 to ${maxNameBytes} bytes.`,
    );
  }
  return [tree, guid];
}
