import {existsSync, lstatSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {isBusy, isDamage} from '../../base/disk-errors.ts';
import {failpoint} from '../../base/failpoint.ts';
import {shares} from '../../base/memory.ts';
import type {HomeId, Revision} from '../store.ts';
import {removeFolder} from './home-folder.ts';
import {openIndex, withWriteLock} from './index-file.ts';
import {homeFolder, indexName, trees} from './layout.ts';
import type {Settings} from './messages.ts';
import {IndexGone, OpenHome} from './open-home.ts';
import {clearWorkshop, isSound, repairIndex} from './repair.ts';
import {type Rescanning, rescan} from './rescan.ts';
import {makeFolders} from './safe-file.ts';
import {type WriteOutState, writeOut} from './write-out.ts';

const historyKeptMs = 400 * 86_400_000;
const retryMostMs = 5_000;
const openPatienceMs = 20_000;
/** A home's journal is written out once nothing was stored in it for so long. */
const quietMs = 40;
/** Or, while more comes, what waits for so long: what is stored again meanwhile is written once, and a short burst is not held up by it. */
const gatherMs = 3_000;
/** Or all there is once so much was stored, or after so long: what is stored again and again looks young, and all does for a clock set back. */
const gatherBytes = 16 << 20;
const gatherMostMs = 10_000;
/** Where another process writes out a home, this one looks again after so long. */
const othersMs = 250;
/** Files that lag behind the journal by more than this make those wait who store more, a tenth of what is beyond, but never longer than … */
const lagMs = 10_000;
const mostWaitMs = 1_000;
/** A home whose journal is being written out stays open. Beyond so many, those who store more wait until there are fewer. */
const mostOpen = 4 * shares.homesToWrite;

/** The homes a writer has open, and what is to be done to their files in the background. */
export class OpenHomes {
  readonly #root: string;
  readonly #startId: string;
  readonly #scribe: string;
  readonly #by: Rescanning;
  readonly #homes = new Map<HomeId, OpenHome>();
  readonly #opening = new Map<HomeId, Promise<OpenHome | undefined>>();
  readonly #writingOut = new Map<HomeId, Promise<void>>();
  readonly #hurried = new Set<HomeId>();
  #folds: boolean | undefined;
  #hurry = false;

  constructor({root, startId, scribe}: Settings, by: Rescanning) {
    this.#root = root;
    this.#startId = startId;
    this.#scribe = scribe;
    this.#by = by;
  }

  /** Whether the disk takes names for one that differ only in case or Unicode form. */
  get folds(): boolean {
    this.#folds ??= foldsNames(this.#root);
    return this.#folds;
  }

  /** The home, its index sound and up to date; undefined where there is none. */
  async open(home: HomeId, suspect = false): Promise<OpenHome | undefined> {
    const open = this.#homes.get(home);
    if (open?.isCurrent() && !suspect) {
      this.#homes.delete(home);
      this.#homes.set(home, open);
      return open;
    }
    let opening = this.#opening.get(home);
    if (!opening) {
      opening = this.#open(home, suspect).finally(() => this.#opening.delete(home));
      this.#opening.set(home, opening);
    }
    return opening;
  }

  /** Does work on a home that must not be closed meanwhile; once more where the index was replaced beneath it. Undefined: no home. */
  async use<T>(home: HomeId, work: (open: OpenHome) => Promise<T>): Promise<T | undefined> {
    let suspect = false;
    for (let attempt = 0; ; attempt++) {
      const open = await this.open(home, suspect);
      if (!open) return undefined;
      open.users++;
      try {
        return await work(open);
      } catch (error) {
        if (attempt > 3 || (open.database.isOpen && !(error instanceof IndexGone || isDamage(error)))) throw error;
        suspect = isDamage(error);
      } finally {
        open.users--;
      }
    }
  }

  /** The index may be replaced, or locked by who repairs it, also while it is being opened. */
  async #open(home: HomeId, suspect: boolean): Promise<OpenHome | undefined> {
    for (const start = Date.now(); ; await delay(5 + Math.random() * 20)) {
      try {
        return await this.#openOnce(home, suspect);
      } catch (error) {
        const passes = isBusy(error) || error instanceof IndexGone;
        if (!passes || Date.now() - start > openPatienceMs) throw error;
      }
    }
  }

  async #openOnce(home: HomeId, suspect: boolean): Promise<OpenHome | undefined> {
    const folder = homeFolder(this.#root, home);
    const before = this.#homes.get(home);
    this.#homes.delete(home);
    if (!lstatSync(folder, {throwIfNoEntry: false})?.isDirectory()) {
      before?.close();
      return undefined;
    }
    let open: OpenHome | undefined;
    try {
      open = await this.#openIndex(home, folder, suspect, before);
      if (!open) {
        await this.#alone(() => repairIndex(folder, this.#by.log, before));
        open = await this.#openIndex(home, folder, true);
      }
      if (!open) throw new Error(`the index of ${folder} cannot be opened`);
    } catch (error) {
      // What it has promised may be nowhere else.
      if (before?.database.isOpen) this.#homes.set(home, before);
      throw error;
    }
    const {deleted, start_id} = open.ledger.look.meta();
    if (deleted) {
      await this.#removeFolder(open);
      return undefined;
    }
    open.users++;
    try {
      if (start_id !== this.#startId) await this.#lookOver(open);
    } catch (error) {
      if (!open.isCurrent() || error instanceof IndexGone || isDamage(error)) {
        this.#homes.set(home, open);
        throw error;
      }
      // The disk is full, or a folder cannot be read: what is known is served all the same, and the next opening tries again.
      this.#by.log.error({home, err: error}, 'the files could not be compared with the index');
    } finally {
      open.users--;
    }
    this.#homes.set(home, open);
    this.#closeSome(open);
    if (open.ledger.all('SELECT 1 FROM pending LIMIT 1').length > 0) this.writeOutSoon(home);
    return open;
  }

  async #openIndex(home: HomeId, folder: string, check: boolean, before?: OpenHome): Promise<OpenHome | undefined> {
    const file = join(folder, indexName);
    if (!((lstatSync(file, {throwIfNoEntry: false})?.size ?? 0) > 0)) return undefined;
    try {
      const database = openIndex(file);
      if (!database) return undefined;
      const starts = database.prepare('SELECT start_id FROM meta').get()?.start_id !== this.#startId;
      if ((check || starts) && !isSound(database)) {
        database.close();
        return undefined;
      }
      before?.close();
      return new OpenHome(home, folder, database, this.folds);
    } catch (error) {
      // It may be sound, and only out of reach now: too many files are open, the disk fails.
      if (isDamage(error) || !existsSync(file)) return undefined;
      throw error;
    }
  }

  /** Once a start of the server: what a crash left is written out, then the files are compared with the index. */
  async #lookOver(open: OpenHome): Promise<void> {
    clearWorkshop(open.folder);
    failpoint('workshop cleared');
    while ((await writeOut(open, this.#scribe)) === 'more');
    await rescan(open, '', true, this.#by);
    failpoint('home looked over');
    await open.exclusively(ledger => {
      ledger.prune((Date.now() - historyKeptMs) * 1024);
      ledger.run('UPDATE meta SET start_id = ?', this.#startId);
    });
  }

  /** Something was stored: writes it out in the background. Waits where that cannot keep up. */
  async kept(home: HomeId, bytes: number): Promise<void> {
    const open = this.#homes.get(home);
    if (open) {
      open.keptAt = performance.now();
      if (!this.#writingOut.has(home)) open.gatheringSince = open.keptAt;
      open.gathered += bytes;
    }
    this.writeOutSoon(home);
    if (!open?.database.isOpen) return;
    const beyond = open.failing ? 0 : ageMs(open.oldestPending()) - lagMs;
    if (beyond > 0 && !this.#hurry) await delay(Math.min(mostWaitMs, beyond / 10));
    await this.#awaitFewer(open);
  }

  /** Each that is open takes memory: a thousand that one message goes to are not open at once. */
  async #awaitFewer(open: OpenHome): Promise<void> {
    for (const until = performance.now() + lagMs; this.#homes.size > mostOpen && !this.#hurry; await delay(quietMs / 2)) {
      this.#closeSome(open);
      const isFailing = [...this.#homes.values()].some(({failing}) => failing);
      if (isFailing || performance.now() > until) return;
    }
  }

  /** Writes out in the background what the home's journal holds. */
  writeOutSoon(home: HomeId): void {
    if (!this.#writingOut.has(home))
      this.#writingOut.set(
        home,
        this.#writeOut(home).finally(() => this.#writingOut.delete(home)),
      );
  }

  async #writeOut(home: HomeId): Promise<void> {
    let state: WriteOutState | 'later' | undefined;
    let until: Revision | undefined;
    for (let failures = 0; ; ) {
      try {
        if (state !== 'more' && failures === 0) until = await this.#gather(home);
        state = await this.use(home, async open => {
          const written = await writeOut(open, this.#scribe, until);
          open.failing = false;
          return written === 'done' && open.oldestPending() !== undefined ? 'later' : written;
        });
        if (state === 'busy') await delay(this.#isHurried(home) ? quietMs : othersMs);
        else if (state === 'done' || state === undefined) return await this.#shrink(home);
        failures = 0;
      } catch (error) {
        if (!existsSync(homeFolder(this.#root, home))) return;
        this.#by.log.error(
          {home, err: error},
          'what was stored is safe in the journal but cannot be written to its file; it is tried again',
        );
        const open = this.#homes.get(home);
        if (open) open.failing = true;
        if (this.#hurry && failures > 2) return;
        await delay(Math.min(retryMostMs, 500 * 2 ** failures++));
      }
    }
  }

  /** Waits for the time to write. Resolves with the last entry that is to be written then; undefined: with all there are. */
  async #gather(home: HomeId): Promise<Revision | undefined> {
    for (; ; await delay(quietMs)) {
      const open = this.#homes.get(home);
      const isBusy = open?.database.isOpen && performance.now() - open.keptAt < quietMs;
      const isAtOnce = !isBusy || this.#isHurried(home);
      if (!isAtOnce && open.gathered <= gatherBytes && performance.now() - open.gatheringSince < gatherMostMs) {
        if (ageMs(open.oldestPending()) >= gatherMs) return (Date.now() - gatherMs) * 1024;
        continue;
      }
      open?.gatherAnew();
      return isAtOnce ? undefined : open.ledger.look.revision();
    }
  }

  #isHurried(home: HomeId): boolean {
    return this.#hurry || this.#homes.size > mostOpen || this.#hurried.has(home);
  }

  async #shrink(home: HomeId): Promise<void> {
    try {
      this.#homes.get(home)?.shrink();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }

  /** Waits until what is being written out is. */
  async settle(home: HomeId): Promise<void> {
    this.#hurried.add(home);
    await this.#writingOut.get(home);
    this.#hurried.delete(home);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    this.#hurry = true;
    while (this.#writingOut.size > 0) await Promise.all(this.#writingOut.values());
    for (const open of this.#homes.values()) open.close();
    this.#homes.clear();
  }

  /** Removes a home with everything in it; false where there is none. Marked first, so that who comes after a crash goes on with it. */
  async remove(home: HomeId): Promise<boolean> {
    const removed = await this.use(home, async open => {
      await open.exclusively(ledger => ledger.run('UPDATE meta SET deleted = 1'));
      failpoint('home marked');
      this.#homes.delete(home);
      await this.#removeFolder(open);
      return true;
    });
    return removed ?? false;
  }

  /** Not where another has removed it already: a new home may have come to its place. */
  async #removeFolder(open: OpenHome): Promise<void> {
    await this.#alone(async () => {
      const isThere = open.isCurrent();
      open.close();
      if (isThere) removeFolder(open.folder);
    });
  }

  /** Those that were used longest ago; not the one that was opened just now, though all others be at work. */
  #closeSome(newest: OpenHome): void {
    for (const [home, open] of this.#homes) {
      if (this.#homes.size <= shares.homesToWrite) return;
      if (open === newest || open.users > 0 || this.#writingOut.has(home)) continue;
      this.#homes.delete(home);
      open.close();
    }
  }

  /** One process at a time; the lock is the operating system's, so that it does not outlive its holder. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const lock = new DatabaseSync(join(this.#root, '.repair.sqlite'), {timeout: 5});
    try {
      return await withWriteLock(lock, work);
    } finally {
      lock.close();
    }
  }
}

/** How long ago that moment of a home's history was; none: it is now. */
function ageMs(revision: Revision | undefined): number {
  return revision === undefined ? 0 : Date.now() - revision / 1024;
}

/** Whether the disk takes `a` and `A` for one name: told without writing, for it may be full. */
function foldsNames(root: string): boolean {
  const [tree] = trees;
  makeFolders(join(root, tree));
  const other = lstatSync(join(root, tree.toUpperCase()), {throwIfNoEntry: false});
  return other !== undefined && other.ino === lstatSync(join(root, tree)).ino;
}
