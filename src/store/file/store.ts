import {randomUUID} from 'node:crypto';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {isDamage, troubleOf} from '../../base/disk-errors.ts';
import type {Log} from '../../base/log.ts';
import {shares} from '../../base/memory.ts';
import {NoRoom} from '../../base/no-room.ts';
import type {HomeId, HomeUnit, Path, Store} from '../store.ts';
import {asThrown} from './as-thrown.ts';
import {BytesCache} from './bytes-cache.ts';
import {homesIn} from './homes-in.ts';
import {homeFolder, indexName, maxNameBytes} from './layout.ts';
import {Ledger} from './ledger.ts';
import {requireNativeAttributes} from './native-attributes.ts';
import type {Outcome, Work} from './operations.ts';
import {Queue} from './queue.ts';
import {Reader} from './reader.ts';
import {holds} from './reads.ts';
import {newResourceId} from './resource-id.ts';
import {makeFolders} from './safe-file.ts';
import {layOut} from './schema.ts';
import {Snapshots} from './snapshot.ts';
import {Turns} from './turns.ts';
import {Unit} from './unit.ts';
import {View} from './view.ts';
import {type Indexer, Writer} from './writer.ts';

export interface FileStoreOptions {
  /** DocumentRoot. */
  readonly root: string;
  readonly log: Log;
  readonly index: Indexer;
  /** The same for all processes of one start of the server: the first of them that opens a home compares its files with its index. */
  readonly startId?: string;
  /** Memory for the bytes of objects that are read often. */
  readonly cacheBytes?: number;
  /** The clock that locks expire by, in milliseconds since 1970. */
  readonly now?: () => number;
}

export interface FileStore extends Store {
  /** Writes out what is pending in every home, also what a process that has died still owed. */
  settle(): Promise<void>;
}

let prepared: Promise<Writer> | undefined;

/**
 * Starts the writer thread and loads all that it and this process will need, without touching any data: to be called before the
 * process gives up rights that its modules may need to be read with. Throws UserError where fs-xattr cannot be loaded.
 */
export async function prepareFileStore(): Promise<void> {
  requireNativeAttributes();
  prepared ??= new Writer().ready();
  await prepared;
}

/** A store in files, with a journal and index of SQLite in each home. Throws UserError where fs-xattr cannot be loaded. */
export async function openFileStore(options: FileStoreOptions): Promise<FileStore> {
  const writer = await takeWriter();
  makeFolders(options.root);
  const files = new Files(options, writer);
  // What the thread that died still owed is written out by its successor.
  const settle = () =>
    void files.settle().catch(error => options.log.error({err: error}, 'what was owed could not be written out'));
  const settings = {root: options.root, startId: options.startId ?? randomUUID(), scribe: `${process.pid}-${randomUUID()}`};
  writer.start(settings, options.log, options.index, settle);
  return files;
}

/** The thread that `prepareFileStore` started, or a new one; each store has its own. */
async function takeWriter(): Promise<Writer> {
  requireNativeAttributes();
  const taken = prepared ?? new Writer().ready();
  prepared = undefined;
  return taken;
}

const mostAttempts = 10_000;

class Files implements FileStore {
  readonly maxNameBytes = maxNameBytes;
  readonly cache: BytesCache;
  readonly snapshots = new Snapshots(shares.members);
  readonly now: () => number;
  readonly #root: string;
  readonly #log: Log;
  readonly #writer: Writer;
  readonly #readers = new Map<HomeId, Reader>();
  readonly #queues = new Map<HomeId, Queue>();
  readonly #turns = new Turns(home => this.#look(home));
  #closing: Promise<void> | undefined;

  constructor({root, log, cacheBytes = shares.objectsBytes, now = Date.now}: FileStoreOptions, writer: Writer) {
    this.#root = root;
    this.#log = log;
    this.#writer = writer;
    this.cache = new BytesCache(cacheBytes);
    this.now = now;
  }

  async view(home: HomeId): Promise<View | undefined> {
    const reader = await this.#turns.reader(home);
    return reader && new View(home, this);
  }

  async #look(home: HomeId): Promise<Reader | undefined> {
    const reader = await this.#open(home);
    if (!reader) return undefined;
    const changed = await reader.changedByHand();
    if (changed.length > 0) await this.#takeIn(home, changed);
    return reader;
  }

  async write<T>(home: HomeId, work: (unit: HomeUnit) => T | Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const view = await this.view(home);
      if (!view) throw new Error(`there is no home ${home}`);
      const unit = new Unit(view);
      let result: T;
      try {
        result = await work(unit);
      } catch (error) {
        if (this.#stillHolds(view, unit.work)) throw error;
        continue;
      }
      if (unit.work.operations.length === 0) return result;
      const outcome = await this.#queueOf(home).keep(unit.work);
      if (outcome === 'kept') return result;
      if (typeof outcome === 'object') throw asThrown(new Error(outcome.error), outcome.codes);
    }
    throw new Error(`too many others change ${home} at the same time`);
  }

  async createHome(home: HomeId, work?: (unit: HomeUnit) => void): Promise<boolean> {
    const operations = work ? stagedOnEmpty(home, this, work) : [];
    return this.#writer.ask('create', {home, operations});
  }

  async deleteHome(home: HomeId): Promise<boolean> {
    const deleted = await this.#writer.ask('delete', {home});
    this.#release(home);
    return deleted;
  }

  async *homes(): AsyncIterable<HomeId> {
    for await (const {home} of homesIn(this.#root)) yield home;
  }

  async settle(): Promise<void> {
    for await (const {home, folder} of homesIn(this.#root)) {
      // One that was closed in good order has no log, and owes nothing.
      if (existsSync(join(folder, `${indexName}-wal`))) await this.#writer.ask('settle', {home});
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  reader(home: HomeId): Reader {
    const reader = this.#readers.get(home);
    if (reader?.isOpen) return reader;
    return this.#keepReader(new Reader(home, homeFolder(this.#root, home)));
  }

  /** Where the disk is full or fails, what is known is served all the same. */
  async #takeIn(home: HomeId, collections: Path[]): Promise<void> {
    try {
      await this.#writer.ask('rescan', {home, collections});
    } catch (error) {
      if (!(error instanceof NoRoom) && troubleOf(error) === undefined) throw error;
      this.#log.error({home, err: error}, 'what was changed by hand cannot be taken in now');
    }
  }

  async rescan(home: HomeId, collection: Path): Promise<void> {
    await this.#writer.ask('rescan', {home, collections: [collection]});
  }

  /** The home's reader, once its index is known to be there and up to date. */
  async #open(home: HomeId): Promise<Reader | undefined> {
    const reader = this.#readers.get(home);
    if (reader?.isCurrent()) {
      this.#readers.delete(home);
      this.#readers.set(home, reader);
      return reader;
    }
    let suspect = reader?.look.isDamaged ?? false;
    for (let attempt = 0; ; attempt++) {
      this.#release(home);
      if (!(await this.#writer.ask('open', {home, suspect}))) return undefined;
      suspect = true;
      try {
        return this.reader(home);
      } catch (error) {
        if (attempt > 2) throw error;
      }
    }
  }

  #keepReader(reader: Reader): Reader {
    this.#readers.set(reader.home, reader);
    for (const [home] of this.#readers) {
      if (this.#readers.size <= shares.homesToRead) break;
      this.#release(home);
    }
    return reader;
  }

  #release(home: HomeId): void {
    this.#readers.get(home)?.close();
    this.#readers.delete(home);
  }

  #queueOf(home: HomeId): Queue {
    let queue = this.#queues.get(home);
    if (!queue) {
      const send = (works: readonly Work[]): Promise<readonly Outcome[]> => this.#writer.ask('keep', {home, works});
      queue = new Queue(send, () => this.#queues.delete(home));
      this.#queues.set(home, queue);
    }
    return queue;
  }

  #stillHolds(view: View, work: Work): boolean {
    try {
      return holds(view.look, work.reads);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    }
  }

  async #close(): Promise<void> {
    for (const home of this.#readers.keys()) this.#release(home);
    await this.#writer.ask('close', undefined);
    await this.#writer.end();
  }
}

/** What `work` stages for a home that is empty. */
function stagedOnEmpty(home: HomeId, files: Files, work: (unit: HomeUnit) => void): Work['operations'] {
  const database = new DatabaseSync(':memory:');
  try {
    layOut(database);
    const ledger = new Ledger(database, false);
    ledger.begin();
    ledger.putCollection('', {resourceId: newResourceId(Date.now()), created: Date.now(), properties: new Map()}, []);
    const reader = {home, folder: '', look: ledger.look, isOpen: true} as unknown as Reader;
    const view = new View(home, {
      reader: () => reader,
      rescan: async () => {},
      cache: files.cache,
      snapshots: files.snapshots,
      now: files.now,
    });
    const unit = new Unit(view);
    work(unit);
    return unit.work.operations;
  } finally {
    database.close();
  }
}
