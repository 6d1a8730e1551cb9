import {cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {pathToFileURL} from 'node:url';
import type {Path} from '../store.ts';
import {etagOf} from './etag.ts';
import {fileOf, indexName, memberPath, nameOf, nameOfFile} from './layout.ts';
import {Look} from './look.ts';
import {isSound} from './repair.ts';
import {keptAt} from './rescan.ts';
import type {Row} from './rows.ts';
import {isCurrent} from './schema.ts';
import {signatureAt} from './signature.ts';
import type {Indexer} from './writer.ts';

export interface HomeReport {
  readonly folder: string;
  /** `absent`: not made yet, or removed; `foreign`: of another version. Either way it is made from the files at the next start. */
  readonly index: 'sound' | 'absent' | 'damaged' | 'foreign';
  readonly objects: number;
  readonly collections: number;
  readonly bytes: number;
  /** Changes that are safe in the journal and not yet in the files. */
  readonly pending: number;
  /** Files that are left in place and not served. */
  readonly damaged: readonly {readonly file: string; readonly reason: string}[];
  /** Where files and a sound index do not say the same; the server takes these in when it next looks. */
  readonly differences: readonly {readonly file: string; readonly difference: 'new' | 'changed' | 'missing'}[];
}

/** Compares a home's files with its index and parses every object. Leaves no trace, also beside a server that runs. */
export async function inspectHome(folder: string, {index}: {index: Indexer}): Promise<HomeReport> {
  const opened = openWithoutTrace(join(folder, indexName));
  try {
    const look = opened.database && new Look(opened.database);
    const found = new Inspection(folder, index, look);
    found.collection('');
    return {folder, index: opened.state, pending: opened.pending, ...found.report()};
  } finally {
    opened.close();
  }
}

interface Difference {
  readonly path: Path;
  readonly file: string;
  readonly difference: 'new' | 'changed' | 'missing';
}

class Inspection {
  readonly #home: string;
  readonly #index: Indexer;
  readonly #look: Look | undefined;
  readonly #damaged: {file: string; reason: string}[] = [];
  readonly #differences: Difference[] = [];
  #objects = 0;
  #collections = 0;
  #bytes = 0;

  constructor(home: string, index: Indexer, look: Look | undefined) {
    this.#home = home;
    this.#index = index;
    this.#look = look;
  }

  report() {
    const [objects, collections, bytes] = [this.#objects, this.#collections, this.#bytes];
    const differences = this.#differences
      .filter(found => this.#stillDiffers(found))
      .map(({file, difference}) => ({file, difference}));
    return {objects, collections, bytes, damaged: this.#damaged, differences};
  }

  /** A server may have been at work while we looked. */
  #stillDiffers({path, file}: Difference): boolean {
    if (this.#look?.isPending(path)) return false;
    const row = this.#look?.row(path);
    const now = signatureAt(file);
    if ((row === undefined) !== (now === undefined)) return true;
    return row !== undefined && (row.collection ? !lstatSync(file).isDirectory() : row.file !== now);
  }

  collection(path: Path): void {
    const folder = fileOf(this.#home, path);
    const known = new Map((this.#look?.members(path) ?? []).map(row => [row.path, row]));
    const {types} = keptAt(this.#home, path);
    for (const entry of readdirSync(folder, {withFileTypes: true})) {
      const file = join(folder, entry.name);
      const name = nameOfFile(entry.name);
      if (entry.name.startsWith('.') || !(entry.isFile() || entry.isDirectory())) continue;
      if (name === undefined) {
        this.#damaged.push({file, reason: 'its file name is none that a resource name is kept under'});
        continue;
      }
      const member = memberPath(path, name);
      const row = known.get(member);
      known.delete(member);
      if (entry.isDirectory()) {
        this.#collections++;
        if (this.#look && !row?.collection && !this.#look.isPending(member))
          this.#differences.push({path: member, file, difference: 'new'});
        this.collection(member);
      } else this.#object(member, file, row, types);
    }
    for (const row of known.values()) {
      if (!this.#look?.isPending(row.path)) {
        this.#differences.push({path: row.path, file: fileOf(this.#home, row.path), difference: 'missing'});
      }
    }
  }

  #object(path: Path, file: string, row: Row | undefined, types: Parameters<Indexer>[2]): void {
    this.#objects++;
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(file);
      this.#bytes += bytes.length;
      if (types.length > 0) this.#index(nameOf(path), bytes, types);
    } catch (error) {
      this.#damaged.push({file, reason: error instanceof Error ? error.message : String(error)});
      return;
    }
    if (!this.#look || this.#look.isPending(path)) return;
    if (!row || row.collection) this.#differences.push({path, file, difference: 'new'});
    else if (row.etag !== etagOf(bytes) || row.file !== signatureAt(file))
      this.#differences.push({path, file, difference: 'changed'});
  }
}

/** An index that was opened to be looked at. */
export interface Opened {
  readonly state: HomeReport['index'];
  readonly database?: DatabaseSync;
  readonly pending: number;
  close(): void;
}

/**
 * A database with a write-ahead log cannot be opened without one; so where a server has it open its log is used, and where there is
 * none the file is taken as it stands. A log that a crash left is looked at in a copy.
 */
export function openWithoutTrace(file: string): Opened {
  if (!existsSync(file)) return {state: 'absent', pending: 0, close() {}};
  const closing: (() => void)[] = [];
  const close = () => {
    for (const step of closing.reverse()) step();
  };
  try {
    const url = pathToFileURL(copiedIfNeeded(file, closing));
    if (!existsSync(`${file}-wal`)) url.search = '?immutable=1';
    const database = new DatabaseSync(url, {readOnly: true, timeout: 2_000});
    closing.push(() => database.close());
    if (!isCurrent(database)) return {state: 'foreign', pending: 0, close};
    if (!isSound(database)) return {state: 'damaged', pending: 0, close};
    const pending = Number(database.prepare('SELECT count(*) AS n FROM pending').get()?.n);
    return {state: 'sound', database, pending, close};
  } catch {
    return {state: 'damaged', pending: 0, close};
  }
}

function copiedIfNeeded(file: string, closing: (() => void)[]): string {
  if (!existsSync(`${file}-wal`) || existsSync(`${file}-shm`)) return file;
  const folder = mkdtempSync(join(tmpdir(), 'caldav-inspect-'));
  closing.push(() => rmSync(folder, {recursive: true, force: true}));
  for (const suffix of ['', '-wal']) {
    if (lstatSync(file + suffix, {throwIfNoEntry: false})) cpSync(file + suffix, join(folder, `index${suffix}`));
  }
  return join(folder, 'index');
}
