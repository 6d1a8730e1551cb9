import type {DatabaseSync, SQLInputValue, StatementSync} from 'node:sqlite';
import {isDamage} from '../../base/disk-errors.ts';
import type {TimeRange} from '../../base/time-range.ts';
import type {Change, Changes, Lock, Path, Revision, StoredResource} from '../store.ts';
import {type Head, Held, type Meta, once} from './held.ts';
import {type Row, type RowValues, rowColumns, rowFrom, storedFrom} from './rows.ts';

const columns = rowColumns.join(', ');

/** Those that answer rows of `resource`, as arrays: objects with 21 properties take twice the time. */
const rowStatements = {
  row: `SELECT ${columns} FROM resource WHERE path = ?`,
  members: `SELECT ${columns} FROM resource WHERE parent = ? ORDER BY path`,
  uid: `SELECT ${columns} FROM resource WHERE parent = ? AND uid = ? ORDER BY path LIMIT 1`,
  changed: `SELECT ${columns} FROM resource WHERE parent = :parent AND revision > :since ORDER BY revision LIMIT :limit`,
  byId: `SELECT ${columns} FROM resource WHERE id = ?`,
  changedBelow: `
    SELECT ${rowColumns.map(column => `resource.${column}`).join(', ')} FROM resource AS above CROSS JOIN resource ON resource.parent = above.id
      WHERE above.collection = 1 AND (above.path = :path OR above.path > :from AND above.path < :to) AND resource.revision > :since
      ORDER BY resource.revision LIMIT :limit`,
} as const;

const statements = {
  begin: 'BEGIN',
  end: 'COMMIT',
  head: 'SELECT id, revision, born, pruned FROM resource WHERE path = ? AND collection = 1',
  // From the indexes alone: no row of `resource` is looked at.
  idsInRange: `
    SELECT span.resource AS id FROM level CROSS JOIN span
      WHERE span.collection = :parent AND span.level = level.level AND span.start >= :start - level.width AND span.start < :end
        AND (span.end > :start OR span.end = span.start AND span.start >= :start)
    UNION SELECT id FROM resource WHERE parent = :parent AND horizon IS NOT NULL AND horizon < :end`,
  revision: 'SELECT revision FROM meta',
  meta: 'SELECT revision, used, start_id, deleted, locked FROM meta',
  locks: 'SELECT token, path, infinite, exclusive, creator, owner, expires FROM lock WHERE expires > ? ORDER BY path, token',
  gone: 'SELECT path, revision, collection FROM tombstone WHERE parent = :path AND revision > :since ORDER BY revision LIMIT :limit',
  goneBelow:
    'SELECT path, revision, collection FROM tombstone WHERE revision > :since AND path > :from AND path < :to ORDER BY revision LIMIT :limit',
  pathOfUid: 'SELECT path FROM resource WHERE parent = ? AND uid = ? ORDER BY path LIMIT 1',
  pending: 'SELECT 1 FROM pending WHERE path = ? LIMIT 1',
  pendingBelow: 'SELECT 1 FROM pending WHERE path = :path OR path > :from AND path < :to LIMIT 1',
  folders: 'SELECT path, file FROM resource WHERE collection = 1',
  bytes: `
    SELECT etag, file, CASE WHEN file IS NULL
      THEN (SELECT bytes FROM pending WHERE pending.path = resource.path AND change = 'put' ORDER BY seq DESC LIMIT 1) END AS pending
    FROM resource WHERE path = ? AND collection = 0`,
  file: 'SELECT etag, file FROM resource WHERE path = ? AND collection = 0',
  pendingBytes: "SELECT bytes FROM pending WHERE path = ? AND change = 'put' ORDER BY seq DESC LIMIT 1",
} as const;

type RowStatement = keyof typeof rowStatements;
type Statement = keyof typeof statements;
type Values = SQLInputValue[] | [Record<string, SQLInputValue>];

/** What is known already of a collection's members, as they are at this moment. */
export interface Known {
  members(): readonly StoredResource[];
  /** What is known of the row's resource; undefined where that is not this version of it. */
  same(row: Row): StoredResource | undefined;
}

/** The locks of a home, and when they changed last. */
export interface Locks {
  readonly revision: Revision;
  readonly locks: readonly Lock[];
}

/** Looks into one home's index. Each call answers from one moment. */
export class Look {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<Statement | RowStatement, StatementSync>();
  #held: Held | undefined;
  /** Whether the index answered that it is damaged. */
  isDamaged = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** From here on each call answers from the same moment, until `letGo`. */
  hold(): void {
    if (this.#database.isTransaction) return;
    this.#guarded(() => this.#statement('begin').run());
    this.#held = new Held();
  }

  letGo(): void {
    if (!this.#held) return;
    this.#held = undefined;
    if (!this.#database.isOpen || !this.#database.isTransaction) return;
    try {
      this.#statement('end').run();
    } catch {
      // Nobody waits for this; whoever looks next finds the index opened anew.
      this.isDamaged = true;
    }
  }

  meta(): Meta {
    const meta = this.#held?.meta ?? (this.#get('meta') as unknown as Meta);
    if (this.#held) this.#held.meta = meta;
    return meta;
  }

  /** Of `meta`, the revision alone: asked for with every request. */
  revision(): Revision {
    return this.#held ? this.meta().revision : (this.#get('revision') as {revision: Revision}).revision;
  }

  row(path: Path): Row | undefined {
    return once(this.#held?.rows, path, () => this.#rows('row', path)[0]);
  }

  find(path: Path): StoredResource | undefined {
    return once(this.#held?.found, path, () => {
      const row = this.row(path);
      return row && storedFrom(row);
    });
  }

  members(collection: Path): Row[] {
    return this.atOnce(() => {
      const id = this.#idOf(collection);
      return id === undefined ? [] : this.#rows('members', id);
    });
  }

  uid(collection: Path, uid: string): Row | undefined {
    return this.atOnce(() => {
      const id = this.#idOf(collection);
      return id === undefined ? undefined : this.#rows('uid', id, uid)[0];
    });
  }

  /** Where it lies, by the id of the collection's row. */
  pathOfUid(collection: number, uid: string): Path | undefined {
    return (this.#get('pathOfUid', collection, uid) as {path: Path} | undefined)?.path;
  }

  /** Undefined: there is no such collection. */
  head(collection: Path): Head | undefined {
    return once(this.#held?.heads, collection, () => this.#get('head', collection) as unknown as Head | undefined);
  }

  rowById(id: number): Row | undefined {
    return this.#rows('byId', id)[0];
  }

  /** Those of a collection's members whose instances may overlap a range. */
  idsInRange(parent: number, {start, end}: TimeRange): number[] {
    const found = this.#all('idsInRange', {parent, start, end: end === start ? end + 1 : end}) as {id: number}[];
    return found.map(({id}) => id);
  }

  /** The members of a collection that came or changed since a revision. */
  changedSince(parent: number, since: Revision): Row[] {
    return this.#rows('changed', {parent, since, limit: -1});
  }

  /** The paths of those that went. */
  goneSince(collection: Path, since: Revision): Path[] {
    return (this.#all('gone', {path: collection, since, limit: -1}) as {path: Path}[]).map(({path}) => path);
  }

  /** The newest bytes of an object that are not yet in its file. */
  pendingBytes(path: Path): Uint8Array | undefined {
    return (this.#get('pendingBytes', path) as {bytes: Uint8Array | null} | undefined)?.bytes ?? undefined;
  }

  /** Where an object's bytes are: `pending`, or in a file of the look `file`. */
  bytes(path: Path): {etag: string; file: string | null; pending: Uint8Array | null} | undefined {
    return this.#get('bytes', path) as {etag: string; file: string | null; pending: Uint8Array | null} | undefined;
  }

  /** An object's version, and the look of the file that holds it; null while its bytes are pending. */
  file(path: Path): {etag: string; file: string | null} | undefined {
    return this.#get('file', path) as {etag: string; file: string | null} | undefined;
  }

  /** Every collection, with how its folder looked. */
  folders(): {path: Path; file: string | null}[] {
    return this.#all('folders') as {path: Path; file: string | null}[];
  }

  /** Whether something is still to be done to the resource's file. */
  isPending(path: Path): boolean {
    return this.#get('pending', path) !== undefined;
  }

  /** Whether something is still to be done to a collection's folder or to anything below it. */
  isPendingBelow(collection: Path): boolean {
    return this.#get('pendingBelow', {path: collection, ...below(collection)}) !== undefined;
  }

  changes(
    collection: Path,
    since: Revision | undefined,
    depth: '1' | 'infinity',
    limit = Infinity,
    known?: Known,
  ): Changes | undefined {
    return this.atOnce(() => {
      const row = this.row(collection);
      if (!row?.collection) return undefined;
      if (since !== undefined && (since < row.born || since < row.pruned || since > row.revision)) return undefined;
      // One more than asked for tells whether there is more; the page may have to be longer where tombstones were dropped.
      const most = limit >= 2 ** 31 || (since === undefined && row.pruned > 0) ? -1 : limit + 1;
      const gone = since === undefined ? [] : this.#gone(row, since, depth, most);
      const all = [...this.#present(row, since, depth, most, known), ...gone];
      all.sort((a, b) => a.revision - b.revision);
      const changes = all.slice(0, pageLength(all, limit, row.pruned));
      const truncated = changes.length < all.length;
      return {changes, truncated, revision: truncated ? (changes.at(-1)?.revision ?? since ?? row.born) : row.revision};
    });
  }

  /** `now`: in milliseconds since 1970; what has expired by then is left out. */
  locks(now: number): Locks {
    if (this.meta().locked === 0) return {revision: 0, locks: []};
    return this.atOnce(() => {
      const locks = (this.#all('locks', now) as unknown as LockRow[]).map(row => lockFrom(row, now));
      return {revision: this.meta().locked, locks};
    });
  }

  #present(row: Row, since: Revision | undefined, depth: '1' | 'infinity', limit: number, known?: Known): Change[] {
    if (since === undefined && depth === '1' && known) return known.members().map(changeOf);
    const after = since ?? -1;
    const rows =
      depth === '1'
        ? this.#rows('changed', {parent: row.id, since: after, limit})
        : this.#rows('changedBelow', {...below(row.path), path: row.path, since: after, limit});
    return rows.map(found => changeOf(known?.same(found) ?? storedFrom(found)));
  }

  #gone(row: Row, since: Revision, depth: '1' | 'infinity', limit: number): Change[] {
    const rows =
      depth === '1'
        ? this.#all('gone', {path: row.path, since, limit})
        : this.#all('goneBelow', {...below(row.path), since, limit});
    return (rows as {path: Path; revision: Revision; collection: number}[]).map(({path, revision, collection}) => ({
      path,
      revision,
      stored: undefined,
      collection: collection === 1,
    }));
  }

  #idOf(collection: Path): number | undefined {
    const row = this.row(collection);
    return row?.collection ? row.id : undefined;
  }

  /** Several statements, one moment. Within a transaction that is so already. */
  atOnce<T>(look: () => T): T {
    if (this.#database.isTransaction) return look();
    this.#statement('begin').run();
    try {
      return look();
    } finally {
      this.#statement('end').run();
    }
  }

  #get(name: Statement, ...values: Values) {
    return this.#guarded(() => this.#statement(name).get(...(values as SQLInputValue[])));
  }

  #all(name: Statement, ...values: Values) {
    return this.#guarded(() => this.#statement(name).all(...(values as SQLInputValue[])));
  }

  #rows(name: RowStatement, ...values: Values): Row[] {
    const found = this.#guarded(() => this.#statement(name).all(...(values as SQLInputValue[])));
    return (found as unknown as RowValues[]).map(rowFrom);
  }

  #guarded<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      this.isDamaged ||= isDamage(error);
      throw error;
    }
  }

  #statement(name: Statement | RowStatement): StatementSync {
    let statement = this.#prepared.get(name);
    if (!statement) {
      const isRows = name in rowStatements;
      statement = this.#database.prepare(isRows ? rowStatements[name as RowStatement] : statements[name as Statement]);
      statement.setReturnArrays(isRows);
      this.#prepared.set(name, statement);
    }
    return statement;
  }
}

interface LockRow extends Omit<Lock, 'infinite' | 'exclusive' | 'owner' | 'seconds'> {
  readonly infinite: number;
  readonly exclusive: number;
  readonly owner: string | null;
  readonly expires: number;
}

function lockFrom({expires, ...row}: LockRow, now: number): Lock {
  return {
    ...row,
    infinite: row.infinite === 1,
    exclusive: row.exclusive === 1,
    owner: row.owner ?? undefined,
    seconds: Math.ceil((expires - now) / 1000),
  };
}

function changeOf(stored: StoredResource): Change {
  return {path: stored.path, revision: stored.revision, stored};
}

/** The paths below a collection, as a range of strings. */
export function below(collection: Path): {from: string; to: string} {
  return collection === '' ? {from: '', to: '\u{10ffff}'} : {from: `${collection}/`, to: `${collection}0`};
}

/**
 * How many changes to answer. A page never ends before the newest tombstone that was dropped: the token that would be answered would be
 * refused, and a client that starts with pages would never come through.
 */
function pageLength(changes: readonly Change[], limit: number, pruned: Revision): number {
  let length = Math.min(changes.length, limit);
  while (length < changes.length && (changes[length - 1]?.revision ?? Infinity) < pruned) length++;
  return length;
}
