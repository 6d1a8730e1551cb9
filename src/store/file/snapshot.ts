import type {TimeRange} from '../../base/time-range.ts';
import type {HomeId, Path, Revision, StoredObject, StoredResource} from '../store.ts';
import type {Head} from './held.ts';
import type {Known, Look} from './look.ts';
import {type Row, storedFrom} from './rows.ts';

/**
 * Members of one collection, as they were at its revision. Before each use that is compared with the index, and what has changed since
 * is read, and only that: what has not stays the same object, so that others can tell by it what they made of it.
 */
export class Snapshot implements Known {
  readonly look: Look;
  readonly #collection: Path;
  /** Whose members these are; undefined: nothing is known. */
  #head: Head | undefined;
  readonly #byId = new Map<number, Member>();
  /** All members in order of path; undefined while only some are known. Never changed, for others hold on to it. */
  #all: readonly StoredResource[] | undefined;
  readonly #weigh: (difference: number) => void;

  /** `weigh` is told what comes to be known here, and what no longer is: as much as so many ordinary objects take up. */
  constructor(look: Look, collection: Path, weigh: (difference: number) => void) {
    this.look = look;
    this.#collection = collection;
    this.#weigh = weigh;
  }

  members(): readonly StoredResource[] {
    return this.look.atOnce(() => {
      if (!this.#refresh()) return [];
      this.#all ??= this.#readAll();
      return this.#all;
    });
  }

  inRange(range: TimeRange, component?: string): StoredObject[] {
    return this.look.atOnce(() => {
      const head = this.#refresh();
      if (!head) return [];
      const found: StoredObject[] = [];
      for (const id of this.look.idsInRange(head.id, range)) {
        const stored = this.#byId.get(id)?.stored ?? this.#keep(this.look.rowById(id)!);
        if (!stored.collection && (component === undefined || stored.index?.component === component)) found.push(stored);
      }
      return found.sort(byPath);
    });
  }

  /** A revision is given out once in a home, and a row keeps its id and path. */
  same({id, revision}: Row): StoredResource | undefined {
    const stored = this.#byId.get(id)?.stored;
    return stored?.revision === revision ? stored : undefined;
  }

  /** Brings all that is known to the present moment. Undefined: there is no such collection. */
  #refresh(): Head | undefined {
    const before = this.#head;
    const head = this.look.head(this.#collection);
    if (head && before?.id === head.id && before.revision === head.revision) return head;
    this.#head = head;
    const isKnown = head && before?.id === head.id && isWithin(before.revision, head);
    if (isKnown) this.#patch(head, before.revision);
    else this.forget();
    return head;
  }

  #patch({id}: Head, since: Revision): void {
    const all = this.#all && [...this.#all];
    for (const row of this.look.changedSince(id, since)) {
      this.#drop(row.id);
      // Where not all are known, it is read when it is asked for.
      if (all) replace(all, row.path, this.#keep(row));
    }
    if (!all) return;
    for (const path of this.look.goneSince(this.#collection, since)) replace(all, path);
    this.#all = all;
    if (this.#byId.size > 1.1 * all.length + 100) this.#dropGone(all);
  }

  #readAll(): readonly StoredResource[] {
    const rows = this.look.members(this.#collection);
    return rows.map(row => this.same(row) ?? this.#keep(row)).sort(byPath);
  }

  #keep(row: Row): StoredResource {
    const member = {stored: storedFrom(row), weight: 1 + Math.floor((row.spans?.length ?? 0) / bytesOfOne)};
    this.#byId.set(row.id, member);
    this.#weigh(member.weight);
    return member.stored;
  }

  #drop(id: number): void {
    this.#weigh(-(this.#byId.get(id)?.weight ?? 0));
    this.#byId.delete(id);
  }

  /** A tombstone has a path and no id: what has gone is looked for when it has become much. */
  #dropGone(all: readonly StoredResource[]): void {
    const there = new Set(all);
    for (const [id, {stored}] of this.#byId) if (!there.has(stored)) this.#drop(id);
  }

  forget(): void {
    for (const id of this.#byId.keys()) this.#drop(id);
    this.#all = undefined;
  }
}

interface Member {
  readonly stored: StoredResource;
  readonly weight: number;
}

/** Spans of a recurrence, packed and unpacked, that take up as much as an object without them. */
const bytesOfOne = 256;

/** Whether the history of a collection tells all that has changed in it since a revision it had. */
function isWithin(since: Revision, {revision, born, pruned}: Head): boolean {
  return since >= born && since >= pruned && since <= revision;
}

const byPath = (a: StoredResource, b: StoredResource) => (a.path < b.path ? -1 : 1);

/** Puts the member at a path in its place in the order, or takes it out. */
function replace(all: StoredResource[], path: Path, member?: StoredResource): void {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]!.path < path) low = middle + 1;
    else high = middle;
  }
  const isThere = all[low]?.path === path;
  if (member && isThere) all[low] = member;
  else all.splice(low, isThere ? 1 : 0, ...(member ? [member] : []));
}

/** The snapshots a process has; those that were used longest ago make room for others. */
export class Snapshots {
  readonly #most: number;
  readonly #kept = new Map<string, Snapshot>();
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What is known of a collection; nothing, where its home's index is another one than it was. */
  of(home: HomeId, look: Look, collection: Path): Snapshot {
    const key = `${home}/${collection}`;
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    if (known && known.look !== look) this.#forget(known);
    const snapshot = known?.look === look ? known : this.#begin(look, collection);
    this.#kept.set(key, snapshot);
    for (const [oldest, each] of this.#kept) {
      if (this.#weight <= this.#most) break;
      this.#kept.delete(oldest);
      this.#forget(each);
    }
    return snapshot;
  }

  #begin(look: Look, collection: Path): Snapshot {
    this.#weight++;
    return new Snapshot(look, collection, difference => {
      this.#weight += difference;
    });
  }

  #forget(snapshot: Snapshot): void {
    this.#weight--;
    snapshot.forget();
  }
}
