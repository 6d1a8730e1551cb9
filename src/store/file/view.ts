import {readFile} from 'node:fs';
import {promisify} from 'node:util';
import type {TimeRange} from '../../base/time-range.ts';
import type {Changes, HomeId, HomeView, Lock, Path, Revision, StoredObject, StoredResource} from '../store.ts';
import type {BytesCache} from './bytes-cache.ts';
import {etagOf} from './etag.ts';
import {fileOf, parentOf} from './layout.ts';
import type {Locks, Look} from './look.ts';
import type {Reader} from './reader.ts';
import {storedObject} from './rows.ts';
import {signatureAt} from './signature.ts';
import type {Snapshot, Snapshots} from './snapshot.ts';

/** What a view needs of the store. */
export interface Behind {
  /** The home as it is open now. Throws where it is gone. */
  reader(home: HomeId): Reader;
  /** Has the writer take in what was changed by hand in a collection. */
  rescan(home: HomeId, collection: Path): Promise<void>;
  readonly cache: BytesCache;
  readonly snapshots: Snapshots;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A home to look at. */
export class View implements HomeView {
  readonly home: HomeId;
  readonly #behind: Behind;
  #locks: Locks | undefined;
  /** When `stands` was first asked: to look at the clock for each object of many takes longer than all else. */
  #now: number | undefined;

  constructor(home: HomeId, behind: Behind) {
    this.home = home;
    this.#behind = behind;
  }

  get look(): Look {
    return this.#behind.reader(this.home).look;
  }

  find(path: Path): StoredResource | undefined {
    return this.look.find(path);
  }

  members(collection: Path): readonly StoredResource[] {
    return this.#snapshot(collection).members();
  }

  findUid(collection: Path, uid: string): StoredObject | undefined {
    const row = this.look.uid(collection, uid);
    return row && storedObject(row);
  }

  findInRange(collection: Path, range: TimeRange, component?: string): StoredObject[] {
    return this.#snapshot(collection).inRange(range, component);
  }

  changes(collection: Path, since: Revision | undefined, depth: '1' | 'infinity', limit?: number): Changes | undefined {
    return this.look.changes(collection, since, depth, limit, this.#snapshot(collection));
  }

  stands(object: StoredObject): boolean {
    this.#now ??= performance.now();
    if (this.#now - (seenAt.get(object) ?? Number.NEGATIVE_INFINITY) < lookEveryMs) return true;
    const {look, folder} = this.#behind.reader(this.home);
    const found = look.file(object.path);
    if (found?.etag !== object.etag) return false;
    if (found.file !== null && signatureAt(fileOf(folder, object.path)) !== found.file) return false;
    seenAt.set(object, this.#now);
    return true;
  }

  usedBytes(): number {
    return this.look.meta().used;
  }

  count(collection: Path): number {
    return this.look.row(collection)?.count ?? 0;
  }

  revision(): Revision {
    return this.look.revision();
  }

  locks(): readonly Lock[] {
    return this.lockTable().locks;
  }

  /** What `locks` answers, and when it changed last. */
  lockTable(): Locks {
    this.#locks ??= this.look.locks(this.now());
    return this.#locks;
  }

  #snapshot(collection: Path): Snapshot {
    return this.#behind.snapshots.of(this.home, this.look, collection);
  }

  now(): number {
    return this.#behind.now();
  }

  /**
   * From the journal, from memory or from the file; never bytes that do not hash to the ETag. A file that holds others was changed by
   * hand: it is taken in, and then its new version is the answer, or none if another was asked for.
   */
  async read(path: Path, etag?: string): Promise<Uint8Array | undefined> {
    for (let attempt = 0; attempt < 5; attempt++) {
      const reader = this.#behind.reader(this.home);
      const found = reader.look.bytes(path);
      if (!found || (etag !== undefined && found.etag !== etag)) return undefined;
      if (found.pending) return found.pending;
      const file = fileOf(reader.folder, path);
      const remembered = this.#behind.cache.get(found.etag);
      if (remembered && signatureAt(file) === found.file) return remembered;
      const bytes = await readIfThere(file);
      if (bytes && etagOf(bytes) === found.etag) {
        if (signatureAt(file) === found.file) this.#behind.cache.set(found.etag, bytes);
        return bytes;
      }
      if (reader.isOpen && reader.look.row(path)?.etag === found.etag && !reader.look.isPending(path)) {
        await this.#behind.rescan(this.home, parentOf(path));
      }
    }
    return undefined;
  }
}

/** When a file was last seen to be as it should, by the clock that only goes forward. */
const seenAt = new WeakMap<StoredObject, number>();
const lookEveryMs = 1_000;

/** Four times cheaper than that of node:fs/promises, which makes a handle of its own for each file. */
const readBytes = promisify(readFile);

/** Undefined where there is no such file; a disk that fails is another matter, and thrown. */
async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
