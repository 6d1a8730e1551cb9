import type {DatabaseSync, SQLInputValue} from 'node:sqlite';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {Lock, Path, Revision} from '../store.ts';
import {type Kept, textsOf} from './attributes.ts';
import type {Meta} from './held.ts';
import {diskPathOf, nameOf, parentOf} from './layout.ts';
import {below, Look} from './look.ts';
import {Prepared} from './prepared.ts';
import {indexColumns, packProperties, packTypes, type Row, unpackProperties, unpackTypes} from './rows.ts';
import {spanRows, unpackSpans} from './spans.ts';

/** An object's version, as it comes into the index. */
export interface Version {
  readonly etag: string;
  readonly size: number;
  /** From parsing, or the row to take it over from. */
  readonly index: ObjectIndex | undefined | Row;
  /** The look of the file that holds the bytes; null while they are pending. */
  readonly file: string | null;
  readonly modified: number;
}

/** What every resource has, for a row. */
export interface Identity {
  readonly resourceId: string;
  readonly created: number;
  readonly properties: ReadonlyMap<Name, string>;
}

/** A clock far ahead must not use up the numbers that can be told apart, which end in 2248: from here on revisions only count. */
const lastMoment = Date.UTC(2200, 0);

/**
 * Changes the index within a transaction of the caller's. Each change gets a revision of its own; `raise` then gives new ones to the
 * collections above, the deepest first, so that no two resources ever share a revision and a list of changes can be cut anywhere.
 */
export class Ledger extends Prepared {
  readonly look: Look;
  /** Rows as this transaction has made them so far: many units of one batch ask for the same collection. */
  readonly #rows = new Map<Path, Row | undefined>();
  #meta: Meta | undefined;
  #damaged: boolean | undefined;
  #revision: Revision = 0;
  #kept: Revision = 0;
  /** The collections above what changed since the last `raise`, each with how many members it has more. */
  #touched = new Map<Path, number>();
  /** How many bytes of objects there are more since then. */
  #used = 0;
  /** Whether something went since the last `raise`, maybe with a lock on it. */
  #removed = false;
  /** Whether the disk takes names for one that differ in case only. */
  readonly #folds: boolean;

  constructor(database: DatabaseSync, folds: boolean) {
    super(database);
    this.#folds = folds;
    this.look = new Look(database);
  }

  /** To be called in each new transaction before anything else. */
  begin(): void {
    this.#meta = this.look.meta();
    this.#revision = this.#kept = this.#meta.revision;
    this.#damaged = undefined;
    this.forget();
  }

  /** The row of a resource; its `count` is right also before `raise`. */
  row(path: Path): Row | undefined {
    if (!this.#rows.has(path)) this.#rows.set(path, this.look.row(path));
    return this.#rows.get(path);
  }

  /** An object of a collection by its UID. */
  uid(collection: Path, uid: string): {readonly path: Path} | undefined {
    const parent = this.row(collection);
    const [found] = parent?.collection ? this.all(pathByUid, parent.id, uid) : [];
    return found as {path: Path} | undefined;
  }

  /** `used` is right also before `raise`. */
  meta(): Meta {
    this.#meta ??= this.look.meta();
    return this.#used === 0 ? this.#meta : {...this.#meta, used: this.#meta.used + this.#used};
  }

  /** Whether something in the collection changed whose revision is not yet raised for it. */
  isTouched(collection: Path): boolean {
    return this.#touched.has(collection);
  }

  /** The next moment of the home's history. */
  next(): Revision {
    this.#revision = Math.max(Math.min(Date.now(), lastMoment) * 1024, this.#revision + 1);
    return this.#revision;
  }

  /** Forgets what was touched since the last `raise`: a unit that is rolled back raises nothing. */
  forget(): void {
    this.#rows.clear();
    this.#touched.clear();
    this.#used = 0;
    this.#removed = false;
  }

  /** Raises the revisions of the collections above all that changed, drops the locks on what is gone, and keeps the clock. */
  raise(): void {
    const now = Date.now();
    for (const [path, members] of [...this.#touched].sort(([a], [b]) => depthOf(b) - depthOf(a))) {
      const sql = 'UPDATE resource SET revision = ?, modified = ?, count = count + ? WHERE path = ?';
      this.run(sql, this.next(), now, members, path);
    }
    if (this.#removed && this.meta().locked > 0) {
      this.#changeLocks('DELETE FROM lock WHERE NOT EXISTS (SELECT 1 FROM resource WHERE resource.path = lock.path)');
    }
    if (this.#revision !== this.#kept) {
      this.run('UPDATE meta SET revision = ?, used = used + ?', this.#revision, this.#used);
      this.#meta = undefined;
    }
    this.#kept = this.#revision;
    this.forget();
  }

  putObject(path: Path, identity: Identity, version: Version): void {
    const {index} = version;
    const columns = index && 'id' in index ? index : indexColumns(index);
    const before = this.row(path);
    const revision = this.next();
    const values = [
      revision,
      identity.resourceId,
      Math.floor(identity.created),
      Math.floor(version.modified),
      version.file,
      version.etag,
      version.size,
      columns.component,
      columns.access,
      columns.organizer,
      packProperties(identity.properties),
      columns.spans,
    ];
    if (before) {
      this.run(updateObject, ...values, before.id);
      // Columns that stand in a table's index are left alone where they stay as they are.
      if (before.uid !== columns.uid || before.horizon !== columns.horizon)
        this.run('UPDATE resource SET uid = ?, horizon = ? WHERE id = ?', columns.uid, columns.horizon, before.id);
      this.#used += version.size - before.size;
      if (!sameBytes(before.spans, columns.spans)) {
        this.#forgetSpans(before);
        this.#putSpans(before.parent!, before.id, columns.spans);
      }
    } else {
      const {id: parent} = this.#requireParent(path);
      const folded = this.#folded(path, parent);
      this.run('DELETE FROM tombstone WHERE path = ?', path);
      const {lastInsertRowid} = this.run(insertObject, ...values, columns.uid, columns.horizon, parent, path, folded);
      this.#used += version.size;
      this.#putSpans(parent, Number(lastInsertRowid), columns.spans);
    }
    this.#damaged ??= this.all('SELECT 1 FROM damaged LIMIT 1').length > 0;
    if (this.#damaged) this.run('DELETE FROM damaged WHERE path = ?', diskPathOf(path));
    this.#changed(path, before ? 0 : 1);
  }

  putCollection(path: Path, identity: Identity, types: readonly Name[], file: string | null = null): void {
    const parent = path === '' ? null : this.#requireParent(path).id;
    this.run('DELETE FROM tombstone WHERE path = ?', path);
    this.run(
      insertCollection,
      this.next(),
      identity.resourceId,
      Math.floor(identity.created),
      Date.now(),
      file,
      packTypes(types),
      packProperties(identity.properties),
      parent,
      path,
      parent === null ? null : this.#folded(path, parent),
    );
    this.#changed(path, 1);
  }

  setProperties(row: Row, properties: ReadonlyMap<Name, string>): void {
    const sql =
      'UPDATE resource SET properties = ?, revision = ?2, own = ?2, modified = CASE collection WHEN 1 THEN ? ELSE modified END WHERE id = ?';
    this.run(sql, packProperties(properties), this.next(), Date.now(), row.id);
    this.#changed(row.path, 0);
  }

  /** Removes a resource with everything below it, a tombstone for each. */
  remove(path: Path): void {
    const rows = this.tree(path);
    for (const row of rows.reverse()) {
      this.#forgetSpans(row);
      this.run('DELETE FROM resource WHERE id = ?', row.id);
      this.#used -= row.size;
      this.run(
        'INSERT OR REPLACE INTO tombstone (path, parent, revision, collection) VALUES (?, ?, ?, ?)',
        row.path,
        parentOf(row.path),
        this.next(),
        row.collection,
      );
    }
    this.#removed = true;
    const {from, to} = below(path);
    const disk = below(diskPathOf(path));
    this.run('DELETE FROM damaged WHERE path = ? OR path > ? AND path < ?', diskPathOf(path), disk.from, disk.to);
    for (const touched of this.#touched.keys())
      if (touched === path || (touched > from && touched < to)) this.#touched.delete(touched);
    this.#rows.clear();
    this.#changed(path, rows.length > 0 ? -1 : 0);
  }

  /** Makes a lock, or puts another in place of the one with its token; drops those whose time is over. */
  putLock({token, path, infinite, exclusive, creator, owner, seconds}: Lock, now: number): void {
    this.run('DELETE FROM lock WHERE expires <= ?', now);
    const sql =
      'INSERT OR REPLACE INTO lock (token, path, infinite, exclusive, creator, owner, expires) VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#changeLocks(sql, token, path, Number(infinite), Number(exclusive), creator, owner ?? null, now + seconds * 1000);
  }

  removeLock(token: string): void {
    this.#changeLocks('DELETE FROM lock WHERE token = ?', token);
  }

  #changeLocks(sql: string, ...values: SQLInputValue[]): void {
    if (!this.run(sql, ...values).changes) return;
    this.run('UPDATE meta SET locked = ?', this.next());
    this.#meta = undefined;
  }

  /** A resource and all below it, a collection before its members. */
  tree(path: Path): Row[] {
    const {from, to} = below(path);
    return this.all(
      'SELECT * FROM resource WHERE path = ? OR path > ? AND path < ? ORDER BY path',
      path,
      from,
      to,
    ) as unknown as Row[];
  }

  /** Drops tombstones older than a revision; tokens from before them are then refused. */
  prune(before: Revision): void {
    const old = this.all('SELECT path, revision FROM tombstone WHERE revision < ? ORDER BY revision', before) as {
      path: Path;
      revision: number;
    }[];
    for (const {path, revision} of old) {
      for (let at = path; at !== ''; ) {
        at = parentOf(at);
        this.run('UPDATE resource SET pruned = ? WHERE path = ?', revision, at);
      }
    }
    this.run('DELETE FROM tombstone WHERE revision < ?', before);
  }

  /** Puts down what is to be done to the files. What it makes needless is struck out. */
  journal(change: 'put' | 'attributes' | 'mkdir' | 'remove', path: Path, kept?: Kept, bytes?: Uint8Array): void {
    if (change === 'remove') {
      const {from, to} = below(path);
      this.run('DELETE FROM pending WHERE path = ? OR path > ? AND path < ?', path, from, to);
    } else if (change === 'put') {
      this.run("DELETE FROM pending WHERE path = ? AND change IN ('put', 'attributes')", path);
    }
    const texts = kept ? JSON.stringify([...textsOf(kept)]) : null;
    this.run(
      'INSERT INTO pending (seq, path, change, kept, bytes) VALUES (?, ?, ?, ?, ?)',
      this.next(),
      path,
      change,
      texts,
      bytes ?? null,
    );
  }

  #requireParent(path: Path): Row {
    const parent = this.row(parentOf(path));
    if (!parent?.collection) throw new Error(`there is no collection to hold ${path}`);
    return parent;
  }

  #forgetSpans(row: Row): void {
    if (!row.spans) return;
    const sql = 'DELETE FROM span WHERE collection = ? AND level = ? AND start = ? AND resource = ? AND end = ?';
    for (const {level, start, end} of spanRows(unpackSpans(row.spans))) this.run(sql, row.parent, level, start, row.id, end);
  }

  /** On a disk that folds names, the name as it compares; throws where another member has it already. NULL on others. */
  #folded(path: Path, parent: number): string | null {
    if (!this.#folds) return null;
    const folded = nameOf(path).normalize('NFC').toLowerCase();
    const [other] = this.all('SELECT path FROM resource WHERE parent = ? AND folded = ?', parent, folded) as {path: Path}[];
    if (other) throw new Error(`this disk cannot keep ${path} and ${other.path} apart: they differ only in case or Unicode form`);
    return folded;
  }

  #putSpans(collection: number, resource: number, packed: Uint8Array | null): void {
    if (!packed) return;
    const sql = 'INSERT INTO span (collection, level, start, resource, end) VALUES (?, ?, ?, ?, ?)';
    for (const {level, start, end} of spanRows(unpackSpans(packed))) this.run(sql, collection, level, start, resource, end);
  }

  /** The resource, and with it all collections above; the nearest has so many members more. */
  #changed(path: Path, members: number): void {
    this.#rows.delete(path);
    if (path === '') return;
    let at = parentOf(path);
    const parent = this.#rows.get(at);
    if (parent && members !== 0) this.#rows.set(at, {...parent, count: parent.count + members});
    for (let more = members; ; more = 0) {
      this.#touched.set(at, (this.#touched.get(at) ?? 0) + more);
      if (at === '') return;
      at = parentOf(at);
    }
  }
}

/** What a row's resource keeps beside its bytes. */
export function keptOf(row: Row): Kept {
  return {resourceId: row.resource_id, types: unpackTypes(row.types), properties: unpackProperties(row.properties)};
}

const depthOf = (path: Path) => (path === '' ? 0 : path.split('/').length);

const pathByUid = 'SELECT path FROM resource WHERE parent = ? AND uid = ? ORDER BY path LIMIT 1';

/** Bytes are the same, or there are none. */
function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === b || (a !== null && b !== null && Buffer.compare(a, b) === 0);
}

const insertObject = `
  INSERT INTO resource (collection, revision, own, born, resource_id, created, modified, file, etag, size, component, access, organizer, properties,
    spans, uid, horizon, parent, path, folded)
  VALUES (0, ?1, ?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)`;

const updateObject = `
  UPDATE resource SET revision = ?1, own = ?1, resource_id = ?2, created = ?3, modified = ?4, file = ?5, etag = ?6, size = ?7, component = ?8,
    access = ?9, organizer = ?10, properties = ?11, spans = ?12
  WHERE id = ?13`;

const insertCollection = `
  INSERT INTO resource (collection, revision, own, born, resource_id, created, modified, file, types, properties, parent, path, folded)
  VALUES (1, ?1, ?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`;
