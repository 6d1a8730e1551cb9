import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import {failpoint} from '../../base/failpoint.ts';
import type {HomeId, Revision} from '../store.ts';
import {inodeOf, openIndexToRead, withWriteLock} from './index-file.ts';
import {indexName} from './layout.ts';
import {Ledger} from './ledger.ts';

/** The index at the path is not the one that was opened: it was removed, replaced, or its home was. */
export class IndexGone extends Error {}

/** A home as the writer has it open. */
export class OpenHome {
  readonly home: HomeId;
  readonly folder: string;
  readonly database: DatabaseSync;
  readonly ledger: Ledger;
  /** Work going on that must not find the index closed. */
  users = 0;
  /** When something was stored in it last, by `performance.now`. */
  keptAt = Number.NEGATIVE_INFINITY;
  /** How many bytes of objects were stored since all there was began to be written out, and when that was, by `performance.now`. */
  gathered = 0;
  gatheringSince = performance.now();
  /** Whether its files cannot be written now. */
  failing = false;
  readonly #inode: string | undefined;
  /**
   * The last connection to a database removes its write-ahead log, by name. Where another index has come to that name it would remove
   * that one's; this second connection, closed after the first, keeps the first from being the last, and cannot write itself.
   */
  readonly #guard: DatabaseSync;

  constructor(home: HomeId, folder: string, database: DatabaseSync, folds: boolean) {
    this.home = home;
    this.folder = folder;
    this.database = database;
    this.ledger = new Ledger(database, folds);
    this.#inode = inodeOf(join(folder, indexName));
    this.#guard = openIndexToRead(join(folder, indexName));
    this.#guard.prepare('SELECT revision FROM meta').get();
  }

  /** Whether this is still the index that others find at the path. */
  isCurrent(): boolean {
    return this.database.isOpen && this.#inode !== undefined && this.#inode === inodeOf(join(this.folder, indexName));
  }

  /**
   * One transaction with the write lock, all of it kept or, where `work` throws, nothing. Nobody sees it before it is durable: what is
   * built on it cannot outlive it. Throws IndexGone where the index was removed, replaced or marked for removal in the meantime.
   */
  async exclusively<T>(work: (ledger: Ledger) => T): Promise<T> {
    if (!this.database.isOpen) throw new IndexGone();
    return withWriteLock(this.database, () => {
      try {
        if (!this.isCurrent()) throw new IndexGone();
        this.ledger.begin();
        if (this.ledger.meta().deleted) throw new IndexGone();
        const result = work(this.ledger);
        this.ledger.raise();
        failpoint('before commit');
        this.ledger.run('COMMIT');
        return result;
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** The moment of the oldest entry of the journal that is still to be written out. */
  oldestPending(): Revision | undefined {
    const [oldest] = this.ledger.all('SELECT seq FROM pending ORDER BY seq LIMIT 1') as {seq: Revision}[];
    return oldest?.seq;
  }

  gatherAnew(): void {
    [this.gathered, this.gatheringSince] = [0, performance.now()];
  }

  /** Gives back the space that a long journal took, some at a time. */
  shrink(): void {
    const free = Number(this.database.prepare('PRAGMA freelist_count').get()?.freelist_count);
    if (free > 1_000) this.database.exec('PRAGMA incremental_vacuum(1000)');
  }

  close(): void {
    if (!this.database.isOpen) return;
    const [first, last] = this.isCurrent() ? [this.#guard, this.database] : [this.database, this.#guard];
    first.close();
    last.close();
  }
}
