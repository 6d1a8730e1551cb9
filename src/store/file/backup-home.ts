import {existsSync, lstatSync, opendirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import type {HomeId, Path} from '../store.ts';
import {isOurs} from './attribute-names.ts';
import {type Kept, packAttributes, type Texts, textsOf} from './attributes.ts';
import {etagOf} from './etag.ts';
import {
  diskPathOf,
  fileMode,
  fileNameOf,
  fileOf,
  folderMode,
  isInternal,
  memberPath,
  nameOfFile,
  nextIndexName,
} from './layout.ts';
import {keptOf} from './ledger.ts';
import {Look} from './look.ts';
import {type Moment, openMoment} from './moment.ts';
import {requireNativeAttributes} from './native-attributes.ts';
import {keptAt} from './rescan.ts';
import type {Row} from './rows.ts';
import {printSideFile, sideFileNames, sideFileOf} from './side-file.ts';
import {signatureOf} from './signature.ts';

/** A file or folder as it goes into a backup of a home. */
export interface BackupItem {
  /** Where it lies in the home's folder; `''` is that itself. */
  readonly diskPath: string;
  readonly folder: boolean;
  /** `object`: a resource that is served, `collection`: a folder; `other`: what else lies there, a damaged file or a side file. */
  readonly sort: 'object' | 'collection' | 'other';
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly attributes: ReadonlyMap<string, Uint8Array>;
  /** Its bytes; those of what is not ours and may be large are to be read from `file`, `sizeBytes` of them. */
  readonly bytes?: Uint8Array;
  readonly file?: string;
  readonly sizeBytes: number;
}

/** How a backup takes a home. */
export interface Taking {
  take(item: BackupItem): Promise<void>;
  /** Forgets what was taken: it begins anew. */
  again(): Promise<void>;
  /** The index is of another version, damaged or half replaced: has it put right, which gives what its journal promised. */
  repair(): Promise<void>;
  /** The index tells nothing: what was promised and is not in the files yet is missing. */
  withoutJournal(): void;
}

/** The attributes of a file fit into what ext4 has for them; more go to the side file. */
const mostAttributeBytes = 3800;
const mostWithoutLock = 2;

/**
 * Takes everything in a home as it is at one moment, what is still in the journal as if it were in the files; a collection comes before
 * what lies in it. Servers go on meanwhile. Where something was written out while we read, it begins anew; in the end others wait
 * until it is done. False: the home is gone.
 */
export async function backupHome(home: HomeId, folder: string, taking: Taking): Promise<boolean> {
  let repaired = false;
  for (let attempt = 0; ; attempt++) {
    const moment = await openMoment(home, folder, attempt >= mostWithoutLock);
    if (!moment) return false;
    const repairs = isToRepair(folder, moment);
    try {
      if (repaired || !repairs) {
        if (repairs) taking.withoutJournal();
        for (const item of itemsOf(folder, moment.database, moment.still)) await taking.take(item);
        if (moment.isWhole()) return true;
      }
    } catch (error) {
      if (moment.still || !(error instanceof Moved || (error as NodeJS.ErrnoException).code === 'ENOENT')) throw error;
    } finally {
      moment.close();
    }
    if (repairs && !repaired) await taking.repair();
    repaired ||= repairs;
    await taking.again();
  }
}

/** Where a repair was cut off, the journal is in the index that was to come. */
function isToRepair(folder: string, {state}: Moment): boolean {
  return state === 'absent' ? existsSync(join(folder, nextIndexName)) : state !== 'sound';
}

/** The files are not those of the moment that is looked at. */
class Moved extends Error {}

const pageRows = 256;

/**
 * `still`: nobody writes to the files, so that where they say something else than the index, that was done by hand, and they are
 * right.
 */
function* itemsOf(folder: string, database: DatabaseSync | undefined, still: boolean): Iterable<BackupItem> {
  if (!database) {
    const stats = lstatSync(folder);
    const about = {sort: 'collection', folder: true, mode: folderMode, sizeBytes: 0} as const;
    yield {...about, diskPath: '', modified: stats.mtimeMs, attributes: allAttributes(folder)};
    yield* strange(folder, '', () => false);
    return;
  }
  const look = new Look(database);
  const page = database.prepare('SELECT * FROM resource WHERE path >= ? AND path <> ? ORDER BY path LIMIT ?');
  const home = look.row('');
  if (!home) return;
  yield* collectionItems(folder, look, home, still);
  for (let last: Path = ''; ; ) {
    const rows = page.all(last, last, pageRows) as unknown as Row[];
    for (const row of rows) {
      if (row.collection) yield* collectionItems(folder, look, row, still);
      else yield* objectItems(folder, look, row, still);
    }
    if (rows.length < pageRows) return;
    last = rows.at(-1)!.path;
  }
}

function* collectionItems(home: string, look: Look, row: Row, still: boolean): Iterable<BackupItem> {
  const {path} = row;
  const pending = look.isPending(path);
  const stats = lstatSync(fileOf(home, path), {throwIfNoEntry: false});
  const isThere = stats?.isDirectory() ?? false;
  if (!isThere && !pending) {
    if (still) return;
    throw new Moved();
  }
  const kept = pending ? keptOf(row) : ownOrKept(row, keptAt(home, path), still);
  yield* withSideFile(home, path, textsOf(kept), {
    sort: 'collection',
    folder: true,
    mode: folderMode,
    modified: row.modified,
    sizeBytes: 0,
  });
  if (!isThere) return;
  const isKnown = (name: string) => {
    if (name === '') return path === '';
    const member = nameOfFile(name);
    if (member === undefined) return false;
    const known = look.row(memberPath(path, member));
    if (known || look.isPending(memberPath(path, member))) return true;
    if (still) return false;
    throw new Moved();
  };
  yield* strange(home, diskPathOf(path), isKnown);
}

/** What a collection keeps; what was set by hand, and not yet taken in, is believed where nobody writes. */
function ownOrKept(row: Row, there: Kept, still: boolean): Kept {
  const own = keptOf(row);
  if (there.resourceId === undefined || sameTexts(textsOf(own), textsOf(there))) return own;
  if (still) return there;
  throw new Moved();
}

function* objectItems(home: string, look: Look, row: Row, still: boolean): Iterable<BackupItem> {
  const {path} = row;
  const about = {sort: 'object', folder: false, mode: fileMode} as const;
  const pending = row.file === null ? look.pendingBytes(path) : undefined;
  if (pending) {
    yield* withSideFile(home, path, textsOf(keptOf(row)), {
      ...about,
      modified: row.modified,
      bytes: pending,
      sizeBytes: pending.length,
    });
    return;
  }
  const file = fileOf(home, path);
  const stats = lstatSync(file, {throwIfNoEntry: false});
  if (!stats?.isFile()) {
    if (still) return;
    throw new Moved();
  }
  const bytes = readFileSync(file);
  const isSame = etagOf(bytes) === row.etag && (signatureOf(stats) === row.file || look.isPending(path));
  if (!isSame && !still) throw new Moved();
  const kept = isSame ? keptOf(row) : keptOrOwn(row, keptAt(home, path));
  const modified = etagOf(bytes) === row.etag ? row.modified : stats.mtimeMs;
  yield* withSideFile(home, path, textsOf(kept), {...about, modified, bytes, sizeBytes: bytes.length});
}

/** A file that was put in another's place by hand has no attributes: then it keeps those it had. */
function keptOrOwn(row: Row, there: Kept): Kept {
  return there.resourceId === undefined ? keptOf(row) : there;
}

function* withSideFile(
  home: string,
  path: Path,
  texts: Texts,
  item: Omit<BackupItem, 'diskPath' | 'attributes'>,
): Iterable<BackupItem> {
  const {attributes, left} = packAttributes(texts, mostAttributeBytes);
  yield {...item, diskPath: diskPathOf(path), attributes};
  if (left.size === 0) return;
  const bytes = printSideFile(path, left);
  const diskPath = sideFileOf(home, path).slice(home.length + 1);
  yield {
    diskPath,
    folder: false,
    sort: 'other',
    mode: fileMode,
    modified: item.modified,
    attributes: new Map(),
    bytes,
    sizeBytes: bytes.length,
  };
}

/** What lies in a folder beside what is known, as it is: files that are damaged, were put aside, or came by hand. */
function* strange(home: string, folder: string, isKnown: (name: string) => boolean): Iterable<BackupItem> {
  const at = join(home, folder);
  using entries = opendirSync(at);
  for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
    const {name} = entry;
    if (isInternal(name) || isKnown(name) || isSideFileOfKnown(at, name, isKnown)) continue;
    const file = join(at, name);
    const diskPath = folder === '' ? name : `${folder}/${name}`;
    const stats = lstatSync(file);
    const item = {diskPath, mode: stats.mode & 0o777, modified: stats.mtimeMs, attributes: allAttributes(file)};
    if (entry.isDirectory()) {
      yield {...item, sort: 'collection', folder: true, sizeBytes: 0};
      yield* strange(home, diskPath, () => false);
    } else if (entry.isFile()) {
      const sort = name.startsWith('.') || nameOfFile(name) === undefined ? 'other' : 'object';
      yield {...item, sort, folder: false, file, sizeBytes: stats.size};
    }
  }
}

/** The side files of what is known come with it; `''` is the home itself. */
function isSideFileOfKnown(folder: string, name: string, isKnown: (name: string) => boolean): boolean {
  const of = /^\.(?:(.+)\.)?properties$/.exec(name);
  if (!of) return false;
  if (of[1] === undefined) return isKnown('');
  if (!/^[0-9a-f]{64}$/.test(of[1])) return nameOfFile(of[1]) !== undefined && isKnown(of[1]);
  const named = sideFileNames(readFileSync(join(folder, name), 'utf8'));
  return named !== undefined && isKnown(fileNameOf(named));
}

function allAttributes(file: string): Map<string, Uint8Array> {
  const {getAttributeSync, listAttributesSync} = requireNativeAttributes();
  const names = listAttributesSync(file).filter(name => isOurs(name) || name.startsWith('user.'));
  return new Map(names.map(name => [name, getAttributeSync(file, name)]));
}

function sameTexts(a: Texts, b: Texts): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}
