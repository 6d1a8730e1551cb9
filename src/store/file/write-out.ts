import {randomUUID} from 'node:crypto';
import {closeSync, fsync, futimesSync, lstatSync, renameSync, rmSync} from 'node:fs';
import {open as openFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setImmediate as otherWork} from 'node:timers/promises';
import {promisify} from 'node:util';
import {failpoint} from '../../base/failpoint.ts';
import {Semaphore} from '../../base/semaphore.ts';
import type {Name} from '../../xml/names.ts';
import type {Path, Revision} from '../store.ts';
import {type Texts, writeAttributes} from './attributes.ts';
import {fileOf, nameOf, parentOf} from './layout.ts';
import type {Ledger} from './ledger.ts';
import type {OpenHome} from './open-home.ts';
import {Pen, PenLost} from './pen.ts';
import {draft, makeFolder, makeFolders} from './safe-file.ts';
import {sideFileOf, writeSideFile} from './side-file.ts';
import {signatureAt} from './signature.ts';

const batchEntries = 256;
const batchBytes = 8 << 20;
/** So many files are made, and moved to their places, at one go: others who want to store something wait no longer. */
const sliceEntries = 32;
/** Of the threads that Node has for such work, whatever the number of homes; the rest is for those who read, and who store. */
const syncs = new Semaphore(Math.max(3, Math.floor(Number(process.env.UV_THREADPOOL_SIZE ?? 4) / 2)));

interface Entry {
  readonly seq: Revision;
  readonly path: Path;
  readonly change: 'put' | 'attributes' | 'mkdir' | 'remove';
  readonly kept: string | null;
  readonly size: number;
}

interface Draft {
  readonly file: string;
  readonly left: Texts;
}

/** `busy`: another process is at it. */
export type WriteOutState = 'done' | 'more' | 'busy';

/**
 * Does to the files what the oldest entries of the journal say, then strikes them out, unless another process is doing that. `scribe`:
 * who does it (`Pen`).
 *
 * New bytes are written and synced beside their places first, without the lock; then, with it, they are moved there if the journal
 * still says so; then folders are synced, without it; at last, with it, what the journal still says is struck out. So it does not
 * matter where it is cut off, and those who want to store something hardly wait. `until`: later entries are left for another time.
 */
export async function writeOut(
  open: OpenHome,
  scribe: string,
  until: Revision = Number.MAX_SAFE_INTEGER,
): Promise<WriteOutState> {
  if (!hasPending(open.ledger, until)) return 'done';
  const begun = await open.exclusively(ledger => {
    const pen = Pen.take(ledger, scribe);
    return pen && {pen, entries: nextEntries(ledger, until)};
  });
  if (!begun) return 'busy';
  failpoint('pen taken');
  const {pen, entries} = begun;
  const drafts = new Map<Revision, Draft>();
  const withPen = <T>(work: (ledger: Ledger) => T): Promise<T> =>
    open.exclusively(ledger => {
      pen.show(ledger);
      return work(ledger);
    });
  try {
    await makeDrafts(open, entries, drafts);
    failpoint('drafts synced');
    const hand = new Hand(open.folder, drafts);
    for (const slice of slices(entries)) await withPen(ledger => hand.carryOut(ledger, slice));
    failpoint('files in place');
    for (const path of hand.unsynced) await syncs.run(() => syncSoon(path));
    failpoint('folders synced');
    const all = [...slices(entries)];
    for (const slice of all.slice(0, -1)) await withPen(ledger => hand.strikeOut(ledger, slice));
    return await withPen(ledger => {
      hand.strikeOut(ledger, all.at(-1) ?? []);
      hand.knowFolders(ledger);
      pen.layDown(ledger);
      failpoint('struck out');
      return hasPending(ledger, until) ? 'more' : 'done';
    });
  } catch (error) {
    if (error instanceof PenLost) return 'busy';
    await open.exclusively(ledger => pen.layDown(ledger)).catch(() => {});
    throw error;
  } finally {
    for (const {file} of drafts.values()) rmSync(file, {force: true});
  }
}

function hasPending(ledger: Ledger, until: Revision): boolean {
  return ledger.all('SELECT 1 FROM pending WHERE seq <= ? LIMIT 1', until).length > 0;
}

function nextEntries(ledger: Ledger, until: Revision): Entry[] {
  const sql =
    'SELECT seq, path, change, kept, coalesce(length(bytes), 0) AS size FROM pending WHERE seq <= ? ORDER BY seq LIMIT ?';
  let bytes = 0;
  return (ledger.all(sql, until, batchEntries) as unknown as Entry[]).filter(({size}, at) => {
    bytes += size;
    return bytes <= batchBytes || at === 0;
  });
}

function* slices(entries: readonly Entry[]): Iterable<readonly Entry[]> {
  for (let at = 0; at < entries.length; at += sliceEntries) yield entries.slice(at, at + sliceEntries);
}

/** What it has made stands in `drafts` also where it throws. */
async function makeDrafts(open: OpenHome, entries: readonly Entry[], drafts: Map<Revision, Draft>): Promise<void> {
  let syncing: Promise<unknown> = Promise.resolve();
  for (const slice of slices(entries)) {
    const made = draftSlice(open, slice, drafts);
    // No more than two slices are open at a time.
    await Promise.allSettled([made, syncing]);
    const descriptors = await made;
    await syncing;
    syncing = Promise.all(descriptors.map(descriptor => syncs.run(() => sync(descriptor)).finally(() => closeSync(descriptor))));
  }
  await syncing;
}

/** Answers the descriptors of what it made, to be synced and closed. */
async function draftSlice({folder, ledger}: OpenHome, slice: readonly Entry[], drafts: Map<Revision, Draft>): Promise<number[]> {
  const descriptors: number[] = [];
  try {
    for (const {seq, path, change, kept} of slice) {
      if (change !== 'put') continue;
      const [row] = ledger.all('SELECT bytes FROM pending WHERE seq = ?', seq) as {bytes: Uint8Array}[];
      if (!row) continue;
      const {file, descriptor} = draft(folder, row.bytes);
      descriptors.push(descriptor);
      drafts.set(seq, {file, left: new Map()});
      drafts.set(seq, {file, left: writeAttributes(file, textsFrom(kept), {fresh: true})});
      const modified = (ledger.look.row(path)?.modified ?? Date.now()) / 1000;
      futimesSync(descriptor, modified, modified);
      failpoint('draft written');
      await otherWork();
    }
    return descriptors;
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    throw error;
  }
}

/** What is done to the files of a home in one go, over several transactions. */
class Hand {
  /** Whose names must be made durable before anything is struck out. */
  readonly unsynced = new Set<string>();
  readonly #home: string;
  readonly #drafts: Map<Revision, Draft>;
  /** Objects whose files are now as the journal said, with their look. */
  readonly #written = new Map<Path, string | undefined>();
  /** How folders looked when we left them; `ours`: they look like that because of us alone. */
  readonly #folders = new Map<Path, {readonly ours: boolean; readonly look: string | undefined}>();

  /** `drafts`: those that come to their places are taken out. */
  constructor(home: string, drafts: Map<Revision, Draft>) {
    this.#home = home;
    this.#drafts = drafts;
  }

  /** Does what the journal still says. */
  carryOut(ledger: Ledger, slice: readonly Entry[]): void {
    const pending = stillPending(ledger, slice);
    const folders = new Map<Path, boolean>();
    const willChange = (path: Path) => {
      if (!folders.has(path)) folders.set(path, this.#isOurs(ledger, path));
    };
    for (const {seq, path, change, kept} of slice) {
      if (!pending.has(seq)) continue;
      const file = fileOf(this.#home, path);
      willChange(parentOf(path));
      if (change === 'put') this.#put(seq, path, file);
      else if (change === 'mkdir') {
        if (this.#makeFolder(file)) folders.set(path, true);
        setAttributes(this.#home, path, textsFrom(kept));
        this.unsynced.add(file);
      } else if (change === 'remove') {
        rmSync(file, {recursive: true, force: true});
        failpoint('file removed');
        rmSync(sideFileOf(this.#home, path), {force: true});
        this.#written.delete(path);
      } else if (lstatSync(file, {throwIfNoEntry: false})) {
        setAttributes(this.#home, path, textsFrom(kept));
        this.unsynced.add(file);
        this.#written.set(path, signatureAt(file));
      }
    }
    for (const [path, ours] of folders) {
      const folder = fileOf(this.#home, path);
      this.unsynced.add(folder);
      this.#folders.set(path, {ours, look: signatureAt(folder)});
    }
  }

  /**
   * Another may have stored something newer in between: that is not taken for written. Nor is what was changed by hand in between; with
   * no look of its file it is noticed.
   */
  strikeOut(ledger: Ledger, slice: readonly Entry[]): void {
    for (const {seq} of slice) ledger.run('DELETE FROM pending WHERE seq = ?', seq);
    for (const {path} of slice) {
      const look = this.#written.get(path);
      if (look === undefined || look !== signatureAt(fileOf(this.#home, path))) continue;
      const unless = 'NOT EXISTS (SELECT 1 FROM pending WHERE pending.path = resource.path)';
      ledger.run(`UPDATE resource SET file = ? WHERE path = ? AND collection = 0 AND ${unless}`, look, path);
    }
  }

  knowFolders(ledger: Ledger): void {
    for (const [path, {ours, look}] of this.#folders) {
      if (ours) ledger.run('UPDATE resource SET file = ? WHERE path = ? AND collection = 1', look ?? null, path);
    }
  }

  #isOurs(ledger: Ledger, path: Path): boolean {
    const before = this.#folders.get(path);
    const look = signatureAt(fileOf(this.#home, path));
    if (before) return before.ours && before.look === look;
    const known = ledger.look.row(path)?.file;
    return known !== undefined && known === look;
  }

  #put(seq: Revision, path: Path, file: string): void {
    const made = this.#drafts.get(seq);
    if (!made) throw new Error(`nothing was prepared for ${path}`);
    inItsFolder(file, () => moveTo(made.file, file));
    this.#drafts.delete(seq);
    failpoint('file in place');
    writeSideFile(this.#home, path, made.left);
    this.#written.set(path, signatureAt(file));
  }

  #makeFolder(file: string): boolean {
    let made = false;
    inItsFolder(file, () => {
      if (lstatSync(file, {throwIfNoEntry: false})?.isDirectory() === false) moveAside(file);
      made = makeFolder(file);
    });
    failpoint('folder made');
    return made;
  }
}

function stillPending(ledger: Ledger, slice: readonly Entry[]): Set<Revision> {
  const rows = ledger.all('SELECT seq FROM pending WHERE seq BETWEEN ? AND ?', slice[0]!.seq, slice.at(-1)!.seq);
  return new Set((rows as {seq: Revision}[]).map(({seq}) => seq));
}

function setAttributes(home: string, path: Path, texts: Texts): void {
  const left = writeAttributes(fileOf(home, path), texts);
  failpoint('attributes set');
  writeSideFile(home, path, left);
}

/** Not on this thread, which has others' changes to keep meanwhile. */
const sync = promisify(fsync);

async function syncSoon(path: string): Promise<void> {
  const handle = await openFile(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** Makes the folders above where somebody removed them. */
function inItsFolder(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolders(dirname(file));
    work();
  }
}

function moveTo(draftFile: string, file: string): void {
  try {
    renameSync(draftFile, file);
  } catch (error) {
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    moveAside(file);
    renameSync(draftFile, file);
  }
}

/** What was put by hand where something else belongs is not lost, only out of the way. */
function moveAside(file: string): void {
  renameSync(file, join(dirname(file), `.aside-${randomUUID()}-${nameOf(file).slice(0, 100)}`));
}

function textsFrom(kept: string | null): Texts {
  return new Map(kept === null ? [] : (JSON.parse(kept) as [Name, string][]));
}
