import {type Dirent, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {failpoint} from '../../base/failpoint.ts';
import type {Log} from '../../base/log.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {Path} from '../store.ts';
import {type Kept, keptFrom, readAttributes, textsOf} from './attributes.ts';
import {etagOf} from './etag.ts';
import {diskPathOf, fileOf, memberPath, nameOf, nameOfFile} from './layout.ts';
import {keptOf, type Ledger} from './ledger.ts';
import type {OpenHome} from './open-home.ts';
import {createdOf, newResourceId} from './resource-id.ts';
import {type Row, unpackTypes} from './rows.ts';
import {readSideFile} from './side-file.ts';
import {signatureAt, signatureOf} from './signature.ts';

const batchFiles = 64;
const batchBytes = 4 << 20;

/** A file for the parser. */
export interface Unparsed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly types: readonly Name[];
}

/** What the parser made of it. */
export type Parsed = {readonly index: ObjectIndex | undefined} | {readonly damage: string};

export interface Rescanning {
  parse(files: readonly Unparsed[]): Promise<readonly Parsed[]>;
  readonly log: Log;
}

/**
 * Takes in what was done by hand to the files of a collection, `deep`: and of those below it. What the journal is still to write is left
 * alone. Files are read and parsed without the lock; with it each is taken in only if it still looks the same.
 */
export async function rescan(open: OpenHome, collection: Path, deep: boolean, by: Rescanning): Promise<void> {
  const folder = fileOf(open.folder, collection);
  const before = lstatSync(folder, {throwIfNoEntry: false});
  const self = open.ledger.look.row(collection);
  if (!before?.isDirectory() || !self?.collection) return;
  const listing = readdirSync(folder, {withFileTypes: true});
  await open.exclusively(ledger => {
    takeOut(ledger, open.folder, collection, listing);
    if (deep || self.file === null) takeInCollection(ledger, open.folder, collection);
    for (const entry of listing) {
      const name = nameOfFile(entry.name);
      if (entry.isDirectory() && name !== undefined) takeInCollection(ledger, open.folder, memberPath(collection, name));
    }
  });
  failpoint('collections taken in');
  const known = new Map(open.ledger.look.members(collection).map(row => [row.path, row]));
  const changed = differing(open.ledger, folder, collection, listing, known);
  const ids = changed.length > 0 ? idsOf(open.ledger) : new Set<string>();
  for (let at = 0; at < changed.length; )
    at += await takeInFiles(open, unpackTypes(self.types), changed.slice(at, at + batchFiles), ids, by);
  failpoint('files taken in');
  await open.exclusively(ledger => {
    ledger.run(
      'UPDATE resource SET file = ?1 WHERE path = ?2 AND collection = 1 AND file IS NOT ?1',
      signatureOf(before),
      collection,
    );
  });
  if (!deep) return;
  for (const row of open.ledger.look.members(collection)) if (row.collection) await rescan(open, row.path, true, by);
}

interface Candidate {
  /** Undefined: the file name is none that a resource name is kept under. */
  readonly path: Path | undefined;
  readonly diskPath: string;
  readonly file: string;
}

function differing(
  ledger: Ledger,
  folder: string,
  collection: Path,
  listing: readonly Dirent[],
  known: ReadonlyMap<Path, Row>,
): Candidate[] {
  const damaged = new Map(
    (ledger.all('SELECT path, file FROM damaged') as {path: Path; file: string}[]).map(row => [row.path, row.file]),
  );
  return listing.flatMap(entry => {
    if (!entry.isFile() || entry.name.startsWith('.')) return [];
    const name = nameOfFile(entry.name);
    const path = name === undefined ? undefined : memberPath(collection, name);
    const file = join(folder, entry.name);
    const diskPath = memberPath(diskPathOf(collection), entry.name);
    const look = signatureAt(file);
    if (look === undefined || look === damaged.get(diskPath)) return [];
    if (path !== undefined && (look === known.get(path)?.file || ledger.look.isPending(path))) return [];
    return [{path, diskPath, file}];
  });
}

/** Objects and collections whose files are gone. */
function takeOut(ledger: Ledger, home: string, collection: Path, listing: readonly Dirent[]): void {
  const present = new Map(listing.map(entry => [entry.name, entry.isDirectory()]));
  for (const row of ledger.look.members(collection)) {
    const file = fileOf(home, row.path);
    const fileName = file.slice(file.lastIndexOf('/') + 1);
    if (present.get(fileName) === (row.collection === 1) || ledger.look.isPending(row.path)) continue;
    const stats = lstatSync(file, {throwIfNoEntry: false});
    if (stats && stats.isDirectory() === (row.collection === 1)) continue;
    ledger.remove(row.path);
  }
  for (const {path} of ledger.all('SELECT path FROM damaged') as {path: Path}[]) {
    if (!lstatSync(join(home, path), {throwIfNoEntry: false})) ledger.run('DELETE FROM damaged WHERE path = ?', path);
  }
}

function takeInCollection(ledger: Ledger, home: string, path: Path): void {
  if (ledger.look.isPending(path)) return;
  const file = fileOf(home, path);
  const kept = keptAt(home, path);
  const row = ledger.look.row(path);
  if (!row) {
    const own = kept.resourceId && !idsOf(ledger).has(kept.resourceId) ? kept.resourceId : undefined;
    const created = createdOf(own) ?? (lstatSync(file).birthtimeMs || Date.now());
    const identity = {resourceId: own ?? newResourceId(created), created, properties: kept.properties};
    ledger.putCollection(path, identity, kept.types);
    if (!own) ledger.journal('attributes', path, {...identity, types: kept.types});
  } else if (!kept.resourceId) ledger.journal('attributes', path, keptOf(row));
  else if (!sameTexts(keptOf(row), {...kept, resourceId: row.resource_id})) {
    ledger.setProperties(row, kept.properties);
    ledger.run('UPDATE resource SET types = ? WHERE id = ?', kept.types.length > 0 ? JSON.stringify(kept.types) : null, row.id);
  }
}

const misnamed = {damage: 'its file name is none that a resource name is kept under'};

/** Takes in as many of the files as make a batch. Answers how many. */
async function takeInFiles(
  open: OpenHome,
  types: readonly Name[],
  candidates: readonly Candidate[],
  ids: Set<string>,
  by: Rescanning,
): Promise<number> {
  const read: (Candidate & {bytes: Uint8Array; look: string; etag: string})[] = [];
  let size = 0;
  let taken = 0;
  for (const candidate of candidates) {
    if (taken > 0 && size > batchBytes) break;
    taken++;
    const look = signatureAt(candidate.file);
    if (look === undefined) continue;
    try {
      const bytes = new Uint8Array(readFileSync(candidate.file));
      size += bytes.length;
      read.push({...candidate, bytes, look, etag: etagOf(bytes)});
    } catch (error) {
      // Perhaps only for now: what the index says of it stays, so that no client takes it for removed.
      by.log.error({home: open.home, file: candidate.file, err: error}, 'a file cannot be read');
    }
  }
  const unparsed = read.filter(
    ({path, etag}) => path !== undefined && types.length > 0 && open.ledger.look.row(path)?.etag !== etag,
  );
  const answers = await by.parse(unparsed.map(({path, bytes}) => ({name: nameOf(path!), bytes, types})));
  const parsed = new Map(unparsed.map((file, at) => [file.path, answers[at]!]));
  await open.exclusively(ledger => {
    for (const {path, diskPath, file, bytes, look, etag} of read) {
      if (signatureAt(file) !== look || (path !== undefined && ledger.look.isPending(path))) continue;
      const row = path === undefined ? undefined : ledger.look.row(path);
      const answer = parsed.get(path) ?? (path === undefined ? misnamed : {index: undefined});
      if ('damage' in answer || path === undefined) {
        const reason = 'damage' in answer ? answer.damage : misnamed.damage;
        if (row) ledger.remove(row.path);
        ledger.run('INSERT OR REPLACE INTO damaged (path, file, reason) VALUES (?, ?, ?)', diskPath, look, reason);
        by.log.warn({home: open.home, file, reason}, 'a damaged file is left where it is and not served');
      } else if (row?.etag === etag || types.length === 0 || parsed.has(path)) {
        takeInFile(ledger, open.folder, row, path, {etag, size: bytes.length, look, index: answer.index}, ids);
      }
    }
  });
  return taken;
}

function takeInFile(
  ledger: Ledger,
  home: string,
  row: Row | undefined,
  path: Path,
  {etag, size, look, index}: {etag: string; size: number; look: string; index: ObjectIndex | undefined},
  ids: Set<string>,
): void {
  const stats = lstatSync(fileOf(home, path));
  const kept = keptAt(home, path);
  if (row && row.etag === etag) {
    if (kept.resourceId && !sameTexts(keptOf(row), {...kept, resourceId: row.resource_id}))
      ledger.setProperties(row, kept.properties);
    ledger.run('UPDATE resource SET file = ? WHERE id = ?', look, row.id);
    if (!kept.resourceId) ledger.journal('attributes', path, keptOf(row));
    return;
  }
  const own =
    kept.resourceId && (row?.resource_id === kept.resourceId || !ids.has(kept.resourceId)) ? kept.resourceId : undefined;
  const created = row?.created ?? createdOf(own) ?? Math.min(stats.birthtimeMs || stats.mtimeMs, stats.mtimeMs);
  const resourceId = row?.resource_id ?? own ?? newResourceId(created);
  ids.add(resourceId);
  const properties = row && !kept.resourceId ? keptOf(row).properties : kept.properties;
  ledger.putObject(path, {resourceId, created, properties}, {etag, size, index, file: look, modified: stats.mtimeMs});
  if (kept.resourceId !== resourceId) ledger.journal('attributes', path, {resourceId, types: [], properties});
}

/** The resource ids of the home: a file copied with its attributes must not have the id of the other. */
function idsOf(ledger: Ledger): Set<string> {
  return new Set((ledger.all('SELECT resource_id AS id FROM resource') as {id: string}[]).map(({id}) => id));
}

/** What a file or folder keeps, in its attributes and its side file. */
export function keptAt(home: string, path: Path): Kept {
  return keptFrom(new Map([...readAttributes(fileOf(home, path)), ...readSideFile(home, path)]));
}

function sameTexts(a: Kept, b: Kept): boolean {
  const [left, right] = [textsOf(a), textsOf(b)];
  return left.size === right.size && [...left].every(([name, text]) => right.get(name) === text);
}
