import {createHash, randomUUID} from 'node:crypto';
import {overlaps, type TimeRange} from '../../src/base/time-range.ts';
import type {ObjectIndex} from '../../src/ical/object-index.ts';
import type {
  Changes,
  HomeId,
  HomeUnit,
  Lock,
  Path,
  Revision,
  Store,
  StoredObject,
  StoredResource,
} from '../../src/store/store.ts';
import type {Name} from '../../src/xml/names.ts';

let lastMoment = 0;

/** Later than every other, also than those of a home that was here before. */
function nextMoment(): Revision {
  lastMoment = Math.max(Date.now() * 1024, lastMoment + 1);
  return lastMoment;
}

/** A store in memory, for tests of what stands on the store. One unit at a time in each home, so nothing is ever decided anew. */
export function memoryStore({now = Date.now}: {now?: () => number} = {}): Store {
  const homes = new Map<HomeId, MemoryHome>();
  return {
    maxNameBytes: 240,
    async view(id) {
      return homes.get(id);
    },
    async write(id, work) {
      const home = homes.get(id);
      if (!home) throw new Error(`there is no home ${id}`);
      return home.alone(work);
    },
    async createHome(id, work) {
      if (homes.has(id)) return false;
      const home = new MemoryHome(id, now);
      await home.alone(async unit => work?.(unit));
      homes.set(id, home);
      return true;
    },
    async deleteHome(id) {
      return homes.delete(id);
    },
    async *homes() {
      yield* homes.keys();
    },
    async close() {},
  };
}

interface Row {
  resource: StoredResource;
  bytes?: Uint8Array;
  /** For a collection: the revision at which it was made. */
  made: Revision;
}

const parentOf = (path: Path): Path => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const within = (path: Path, collection: Path) => collection === '' || path.startsWith(`${collection}/`);
const hour = 3_600_000;

class MemoryHome implements HomeUnit {
  readonly home: HomeId;
  #rows = new Map<Path, Row>();
  #gone = new Map<Path, {revision: Revision; collection: boolean}>();
  #locks = new Map<string, {lock: Lock; expires: number}>();
  #revision: Revision;
  #staged: (() => void)[] = [];
  #last: Promise<unknown> = Promise.resolve();

  readonly #now: () => number;

  constructor(home: HomeId, now: () => number) {
    this.home = home;
    this.#now = now;
    this.#revision = nextMoment();
    this.#rows.set('', {made: this.#revision, resource: {...this.#fresh('', new Map()), collection: true, types: []}});
  }

  alone<T>(work: (unit: HomeUnit) => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#staged = [];
      const result = await work(this);
      const before = [
        new Map([...this.#rows].map(([path, row]) => [path, {...row}])),
        new Map(this.#gone),
        new Map(this.#locks),
      ] as const;
      try {
        for (const change of this.#staged) change();
        if (this.#staged.length > 0) this.#next();
        for (const [token, {lock}] of this.#locks) if (!this.#rows.has(lock.path)) this.#locks.delete(token);
      } catch (error) {
        [this.#rows, this.#gone, this.#locks] = before;
        throw error;
      }
      return result;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  revision() {
    return this.#revision;
  }

  find(path: Path) {
    return this.#rows.get(path)?.resource;
  }

  members(collection: Path) {
    const all = [...this.#rows.values()].map(row => row.resource);
    return all.filter(({path}) => path !== '' && parentOf(path) === collection).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  findUid(collection: Path, uid: string) {
    return this.members(collection).find((row): row is StoredObject => !row.collection && row.index?.uid === uid);
  }

  findInRange(collection: Path, range: TimeRange, component?: string) {
    return this.members(collection).filter((row): row is StoredObject => {
      if (row.collection || !row.index || (component && row.index.component !== component)) return false;
      if (row.index.horizon !== undefined && row.index.horizon < range.end) return true;
      return row.index.spans.some(span => {
        const spare = span.floating ? 14 * hour : 0;
        return overlaps({start: span.start - spare, end: span.end + spare}, range);
      });
    });
  }

  changes(collection: Path, since: Revision | undefined, depth: '1' | 'infinity', limit = Infinity): Changes | undefined {
    const row = this.#rows.get(collection);
    if (!row?.resource.collection) return undefined;
    if (since !== undefined && (since < row.made || since > row.resource.revision)) return undefined;
    const direct = (path: Path) =>
      within(path, collection) && path !== collection && (depth === 'infinity' || parentOf(path) === collection);
    const present = [...this.#rows.values()]
      .filter(({resource}) => direct(resource.path) && (since === undefined || resource.revision > since))
      .map(({resource}) => ({path: resource.path, revision: resource.revision, stored: resource}));
    const gone = [...this.#gone]
      .filter(([path, {revision}]) => since !== undefined && revision > since && direct(path) && !this.#rows.has(path))
      .map(([path, {revision, collection}]) => ({path, revision, collection, stored: undefined}));
    const all = [...present, ...gone].sort((a, b) => a.revision - b.revision);
    const changes = all.slice(0, limit);
    const truncated = changes.length < all.length;
    return {changes, truncated, revision: truncated ? (changes.at(-1)?.revision ?? since ?? row.made) : row.resource.revision};
  }

  async read(path: Path, etag?: string) {
    const row = this.#rows.get(path);
    return row && !row.resource.collection && (!etag || row.resource.etag === etag) ? row.bytes : undefined;
  }

  stands({path, etag}: StoredObject) {
    const resource = this.#rows.get(path)?.resource;
    return resource?.collection === false && resource.etag === etag;
  }

  usedBytes() {
    return [...this.#rows.values()].reduce((sum, {resource}) => sum + (resource.collection ? 0 : resource.sizeBytes), 0);
  }

  count(collection: Path) {
    return this.members(collection).length;
  }

  locks() {
    const now = this.#now();
    const live = [...this.#locks.values()].filter(({expires}) => expires > now);
    return live.map(({lock, expires}) => ({...lock, seconds: Math.ceil((expires - now) / 1000)}));
  }

  lock(lock: Lock) {
    const expires = this.#now() + lock.seconds * 1000;
    this.#staged.push(() => {
      if (!this.#rows.has(lock.path)) throw new Error(`there is no ${lock.path}`);
      this.#locks.set(lock.token, {lock, expires});
    });
  }

  unlock(token: string) {
    this.#staged.push(() => this.#locks.delete(token));
  }

  createCollection(path: Path, types: readonly Name[], properties: ReadonlyMap<Name, string> = new Map()) {
    this.#staged.push(() => {
      if (this.#rows.has(path) || !this.#rows.get(parentOf(path))?.resource.collection) throw new Error(`cannot make ${path}`);
      const resource = {...this.#fresh(path, properties), collection: true as const, types};
      this.#rows.set(path, {resource, made: resource.revision});
      this.#touch(path);
    });
  }

  put(path: Path, bytes: Uint8Array, index?: ObjectIndex, properties: ReadonlyMap<Name, string> = new Map()) {
    const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.#staged.push(() => {
      const before = this.#rows.get(path);
      if (before?.resource.collection || !this.#rows.get(parentOf(path))?.resource.collection)
        throw new Error(`cannot put ${path}`);
      const now = this.#fresh(path, new Map([...(before?.resource.properties ?? []), ...properties]));
      const {resourceId, created} = before?.resource ?? now;
      this.#rows.set(path, {
        made: now.revision,
        bytes,
        resource: {...now, resourceId, created, collection: false, etag, sizeBytes: bytes.length, index},
      });
      this.#touch(path);
    });
    return etag;
  }

  setProperties(path: Path, values: ReadonlyMap<Name, string | undefined>) {
    this.#staged.push(() => {
      const row = this.#rows.get(path);
      if (!row) throw new Error(`there is no ${path}`);
      const properties = new Map(row.resource.properties);
      for (const [name, value] of values) value === undefined ? properties.delete(name) : properties.set(name, value);
      row.resource = {...row.resource, properties, revision: this.#next()};
      this.#touch(path);
    });
  }

  delete(path: Path) {
    this.#staged.push(() => {
      if (path === '' || !this.#rows.has(path)) throw new Error(`there is no ${path}`);
      for (const below of [...this.#rows.keys()]) {
        if (below !== path && !within(below, path)) continue;
        this.#gone.set(below, {revision: this.#next(), collection: this.#rows.get(below)!.resource.collection});
        this.#rows.delete(below);
      }
      this.#touch(path);
    });
  }

  copy(from: Path, to: Path, shallow = false) {
    this.#transfer(from, to, shallow, false);
  }

  move(from: Path, to: Path) {
    this.#transfer(from, to, false, true);
  }

  #transfer(from: Path, to: Path, shallow: boolean, moving: boolean) {
    this.#staged.push(() => {
      if (!this.#rows.has(from) || this.#rows.has(to) || !this.#rows.get(parentOf(to))?.resource.collection) {
        throw new Error(`cannot bring ${from} to ${to}`);
      }
      if (moving && (to === from || within(to, from))) throw new Error(`cannot move ${from} into itself`);
      for (const [path, row] of [...this.#rows]) {
        if (path !== from && (shallow || !within(path, from))) continue;
        const target = to + path.slice(from.length);
        const identity = moving ? {} : {resourceId: randomUUID(), created: Date.now()};
        const revision = this.#next();
        this.#rows.set(target, {...row, made: revision, resource: {...row.resource, ...identity, path: target, revision}});
        if (!moving) continue;
        this.#rows.delete(path);
        this.#gone.set(path, {revision: this.#next(), collection: row.resource.collection});
      }
      this.#touch(to);
      if (moving) this.#touch(from);
    });
  }

  #next(): Revision {
    this.#revision = nextMoment();
    return this.#revision;
  }

  #fresh(path: Path, properties: ReadonlyMap<Name, string>) {
    const now = Date.now();
    return {path, resourceId: randomUUID(), created: now, modified: now, revision: this.#next(), properties};
  }

  /** Raises the revision of every collection above, the deepest first; no two resources share one. */
  #touch(path: Path) {
    for (let at = path; at !== ''; ) {
      at = parentOf(at);
      const row = this.#rows.get(at);
      if (row) row.resource = {...row.resource, revision: this.#next(), modified: Date.now()};
    }
  }
}
