import type {TimeRange} from '../../base/time-range.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {Changes, HomeId, HomeUnit, Lock, Path, Revision, StoredObject, StoredResource} from '../store.ts';
import {etagOf} from './etag.ts';
import type {Meta} from './held.ts';
import {checkPath, parentOf} from './layout.ts';
import type {Locks} from './look.ts';
import type {Operation, Work} from './operations.ts';
import {type Kind, kindOf, type Read} from './reads.ts';
import {type Row, storedFrom, storedObject} from './rows.ts';
import type {View} from './view.ts';

/** A unit of work: looks through a view and remembers what it saw, stages changes. */
export class Unit implements HomeUnit {
  readonly home: HomeId;
  readonly #view: View;
  readonly #reads = new Map<string, Read>();
  readonly #rows = new Map<Path, Row | undefined>();
  #meta: Meta | undefined;
  readonly #operations: Operation[] = [];
  /** Where something was put; undefined once what is at a path depends on more than that. */
  #puts: Set<Path> | undefined = new Set();

  constructor(view: View) {
    this.home = view.home;
    this.#view = view;
  }

  get work(): Work {
    return {reads: [...this.#reads.values()], operations: this.#operations};
  }

  find(path: Path): StoredResource | undefined {
    const row = this.#row(path);
    this.#saw(row?.collection ? {sort: 'own', path, seen: row.own} : {sort: 'revision', path, seen: row?.revision});
    return row && this.#stored(row);
  }

  members(collection: Path): readonly StoredResource[] {
    this.#sawAllOf(collection);
    return this.#view.members(collection);
  }

  findUid(collection: Path, uid: string): StoredObject | undefined {
    const parent = this.#row(collection);
    const path = parent?.collection ? this.#view.look.pathOfUid(parent.id, uid) : undefined;
    this.#saw({sort: 'uid', path: collection, uid, seen: path});
    const row = path === undefined ? undefined : this.#row(path);
    if (row) this.#saw({sort: 'revision', path: row.path, seen: row.revision});
    return row && storedObject(row);
  }

  findInRange(collection: Path, range: TimeRange, component?: string): StoredObject[] {
    this.#sawAllOf(collection);
    return this.#view.findInRange(collection, range, component);
  }

  changes(collection: Path, since: Revision | undefined, depth: '1' | 'infinity', limit?: number): Changes | undefined {
    this.#sawAllOf(collection);
    return this.#view.changes(collection, since, depth, limit);
  }

  read(path: Path, etag?: string): Promise<Uint8Array | undefined> {
    this.#saw({sort: 'revision', path, seen: this.#view.look.row(path)?.revision});
    return this.#view.read(path, etag);
  }

  stands(object: StoredObject): boolean {
    return this.#view.stands(object);
  }

  usedBytes(atMost = 0): number {
    const seen = this.#metaSeen().used;
    this.#sawLimit({sort: 'used', seen: Math.max(seen, atMost)});
    return seen;
  }

  count(collection: Path, atMost = 0): number {
    const seen = this.#row(collection)?.count ?? 0;
    this.#sawLimit({sort: 'count', path: collection, seen: Math.max(seen, atMost)});
    return seen;
  }

  /** Not to be decided on: every change of the home moves it. */
  revision(): Revision {
    return this.#view.revision();
  }

  locks(): readonly Lock[] {
    const {locks, revision} = this.#metaSeen().locked === 0 ? noLocks : this.#view.lockTable();
    this.#saw({sort: 'locks', seen: revision});
    return locks;
  }

  createCollection(
    path: Path,
    types: readonly Name[],
    properties: ReadonlyMap<Name, string> = new Map(),
    resourceId?: string,
  ): void {
    this.#requireFree(path);
    this.#puts = undefined;
    this.#operations.push({change: 'collection', path, types: [...types], properties: new Map(properties), resourceId});
  }

  put(
    path: Path,
    bytes: Uint8Array,
    index?: ObjectIndex,
    properties: ReadonlyMap<Name, string> = new Map(),
    resourceId?: string,
  ): string {
    if (this.#kindNow(path) === 'collection') throw new Error(`${path} is a collection, no object can be put there`);
    this.#requireParent(path);
    this.#puts?.add(path);
    const etag = etagOf(bytes);
    const put = {path, bytes: new Uint8Array(bytes), etag, index, properties: new Map(properties), resourceId};
    this.#operations.push({change: 'put', ...put});
    return etag;
  }

  setProperties(path: Path, values: ReadonlyMap<Name, string | undefined>): void {
    this.#requireThere(path);
    this.#operations.push({change: 'properties', path, values: new Map(values)});
  }

  delete(path: Path): void {
    if (path === '') throw new Error('a home is removed as a whole, with deleteHome');
    this.#requireThere(path);
    this.#puts = undefined;
    this.#operations.push({change: 'delete', path});
  }

  copy(from: Path, to: Path, shallow = false): void {
    this.#requireTransfer(from, to);
    this.#puts = undefined;
    this.#operations.push({change: 'copy', from, to, shallow});
  }

  move(from: Path, to: Path): void {
    this.#requireTransfer(from, to);
    if (isAtOrBelow(to, from)) throw new Error(`${from} cannot be moved into itself`);
    this.#puts = undefined;
    this.#operations.push({change: 'move', from, to});
  }

  lock(lock: Lock): void {
    this.#requireThere(lock.path);
    this.#operations.push({change: 'lock', lock, now: this.#view.now()});
  }

  unlock(token: string): void {
    this.#operations.push({change: 'unlock', token});
  }

  #requireTransfer(from: Path, to: Path): void {
    if (from === '') throw new Error('a home cannot be copied or moved');
    this.#requireThere(from);
    this.#requireFree(to);
  }

  #requireThere(path: Path): void {
    if (this.#kindNow(path) === 'nothing') throw new Error(`there is no ${path}`);
  }

  #requireFree(path: Path): void {
    if (this.#kindNow(path) !== 'nothing') throw new Error(`${path} is there already`);
    this.#requireParent(path);
  }

  #requireParent(path: Path): void {
    checkPath(path);
    if (this.#kindNow(parentOf(path)) !== 'collection') throw new Error(`there is no collection to hold ${path}`);
  }

  /** What is at the path after the changes staged so far. */
  #kindNow(path: Path, staged = this.#operations.length): Kind {
    if (this.#puts?.has(path)) return 'object';
    // A bulk change puts thousands, and each would be asked about all before it.
    for (let at = this.#puts ? -1 : staged - 1; at >= 0; at--) {
      const operation = this.#operations[at]!;
      if (operation.change === 'properties' || operation.change === 'lock' || operation.change === 'unlock') continue;
      if ('to' in operation) {
        const {from, to} = operation;
        const shallow = operation.change === 'copy' && operation.shallow;
        if (operation.change === 'move' && isAtOrBelow(path, from)) return 'nothing';
        if (path === to || (isAtOrBelow(path, to) && !shallow)) return this.#kindNow(from + path.slice(to.length), at);
        if (isAtOrBelow(path, to)) return 'nothing';
      } else if (path === operation.path) {
        return operation.change === 'delete' ? 'nothing' : operation.change === 'put' ? 'object' : 'collection';
      } else if (operation.change !== 'put' && isAtOrBelow(path, operation.path)) return 'nothing';
    }
    const kind = kindOf(this.#row(path));
    this.#saw({sort: 'kind', path, seen: kind});
    return kind;
  }

  /** What was at a path when this unit first looked there. */
  #row(path: Path): Row | undefined {
    let row = this.#rows.get(path);
    if (!row && !this.#rows.has(path)) {
      row = this.#view.look.row(path);
      this.#rows.set(path, row);
    }
    return row;
  }

  #metaSeen(): Meta {
    this.#meta ??= this.#view.look.meta();
    return this.#meta;
  }

  #stored(row: Row): StoredResource {
    const stored = storedFrom(row);
    if (!stored.collection) return stored;
    const saw = () => this.#saw({sort: 'revision', path: row.path, seen: row.revision});
    return {
      ...stored,
      get revision() {
        saw();
        return row.revision;
      },
    };
  }

  #sawAllOf(collection: Path): void {
    this.#saw({sort: 'revision', path: collection, seen: this.#view.look.row(collection)?.revision});
  }

  /** Keeps the first of what was seen: if it changed in between, the unit is to run again. */
  #saw(read: Read): void {
    const key = keyOf(read);
    if (!this.#reads.has(key)) this.#reads.set(key, read);
  }

  /** Keeps the lowest: each decision is to hold. */
  #sawLimit(read: Read & {readonly sort: 'count' | 'used'}): void {
    const before = this.#reads.get(keyOf(read)) as typeof read | undefined;
    if (!before || read.seen < before.seen) this.#reads.set(keyOf(read), read);
  }
}

const noLocks: Locks = {revision: 0, locks: []};
const keyOf = (read: Read) => `${read.sort} ${'path' in read ? read.path : ''}${'uid' in read ? `\0${read.uid}` : ''}`;
const isAtOrBelow = (path: Path, above: Path) => path === above || path.startsWith(`${above}/`);
