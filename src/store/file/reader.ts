import {lstat} from 'node:fs/promises';
import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import type {HomeId, Path} from '../store.ts';
import {inodeOf, openIndexToRead} from './index-file.ts';
import {fileOf, indexName} from './layout.ts';
import {Look} from './look.ts';
import {signatureOf} from './signature.ts';

const checkEveryMs = 1_000;
/** While objects are written out to a folder it looks changed all the time; then it is looked into this often. */
const checkBusyEveryMs = 20_000;

/** A home as the event loop has it open: to read only. */
export class Reader {
  readonly home: HomeId;
  readonly folder: string;
  readonly look: Look;
  readonly #database: DatabaseSync;
  readonly #inode: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checkedBusyAt = performance.now();

  /** The index must be there and in order: the writer has seen to it. Throws where it is not. */
  constructor(home: HomeId, folder: string) {
    this.home = home;
    this.folder = folder;
    const file = join(folder, indexName);
    this.#inode = inodeOf(file);
    this.#database = openIndexToRead(file);
    this.look = new Look(this.#database);
    try {
      this.look.meta();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** Whether the index is still the one that is at the path. */
  isCurrent(): boolean {
    return (
      this.isOpen && !this.look.isDamaged && this.#inode !== undefined && this.#inode === inodeOf(join(this.folder, indexName))
    );
  }

  /** The collections in whose folders names came, went or changed by another's hand; looked for at most once a second. */
  async changedByHand(): Promise<Path[]> {
    const now = performance.now();
    if (now - this.#checkedAt < checkEveryMs) return [];
    this.#checkedAt = now;
    const changed = await Promise.all(
      this.look.folders().map(async ({path, file}) => {
        const stats = await lstat(fileOf(this.folder, path)).catch(() => undefined);
        return stats && signatureOf(stats) === file ? [] : [path];
      }),
    );
    const busyToo = now - this.#checkedBusyAt > checkBusyEveryMs;
    if (busyToo) this.#checkedBusyAt = now;
    return changed.flat().filter(path => !this.isOpen || !(busyToo ? this.look.isPending(path) : this.look.isPendingBelow(path)));
  }

  close(): void {
    if (this.isOpen) this.#database.close();
  }
}
