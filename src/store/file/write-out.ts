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
import {draft, makeFolder, makeFolders} from './safe-file.ts';
import {sideFileOf, writeSideFile} from './side-file.ts';
import {signatureAt} from './signature.ts';

const batchEntries = 128;
const batchBytes = 8 << 20;
/** Of the four threads that Node has for such work, whatever the number of homes; one is left for those who read. */
const syncs = new Semaphore(3);

interface Entry {
  readonly seq: Revision;
  readonly path: Path;
  readonly change: 'put' | 'attributes' | 'mkdir' | 'remove';
  readonly kept: string | null;
}

interface Draft {
  readonly file: string;
  readonly left: Texts;
}

/**
 * Does to the files what the oldest entries of the journal say, then strikes them out. Answers whether more is to be done.
 *
 * New bytes are written and synced beside their places first, without the lock; then, with it, they are moved there if the journal
 * still says so; then folders are synced, without it; at last, with it, what the journal still says is struck out. So it does not
 * matter how many processes do this at once, or where one is cut off, and those who want to store something hardly wait.
 */
export async function writeOut(open: OpenHome): Promise<boolean> {
  const entries = nextEntries(open.ledger);
  if (entries.length === 0) return false;
  const drafts = await makeDrafts(open, entries);
  failpoint('drafts synced');
  try {
    const done = await open.exclusively(ledger => carryOut(ledger, open.folder, entries, drafts));
    failpoint('files in place');
    for (const path of done.unsynced) await syncs.run(() => syncSoon(path));
    failpoint('folders synced');
    return await open.exclusively(ledger => {
      strikeOut(ledger, open.folder, done);
      failpoint('struck out');
      return ledger.all('SELECT 1 FROM pending LIMIT 1').length > 0;
    });
  } finally {
    for (const {file} of drafts.values()) rmSync(file, {force: true});
  }
}

function nextEntries(ledger: Ledger): Entry[] {
  const sql = 'SELECT seq, path, change, kept, coalesce(length(bytes), 0) AS size FROM pending ORDER BY seq LIMIT ?';
  const entries = ledger.all(sql, batchEntries) as unknown as (Entry & {size: number})[];
  let bytes = 0;
  return entries.filter(({size}, at) => {
    bytes += size;
    return bytes <= batchBytes || at === 0;
  });
}

async function makeDrafts({folder, ledger}: OpenHome, entries: readonly Entry[]): Promise<Map<Revision, Draft>> {
  const drafts = new Map<Revision, Draft & {descriptor: number}>();
  try {
    for (const {seq, path, change, kept} of entries) {
      if (change !== 'put') continue;
      const [row] = ledger.all('SELECT bytes FROM pending WHERE seq = ?', seq) as {bytes: Uint8Array}[];
      if (!row) continue;
      const {file, descriptor} = draft(folder, row.bytes);
      drafts.set(seq, {file, descriptor, left: new Map()});
      const left = writeAttributes(file, textsFrom(kept), {fresh: true});
      drafts.set(seq, {file, descriptor, left});
      const modified = (ledger.look.row(path)?.modified ?? Date.now()) / 1000;
      futimesSync(descriptor, modified, modified);
      failpoint('draft written');
      await otherWork();
    }
    const synced = await Promise.allSettled([...drafts.values()].map(({descriptor}) => syncs.run(() => sync(descriptor))));
    for (const outcome of synced) if (outcome.status === 'rejected') throw outcome.reason;
    return drafts;
  } catch (error) {
    for (const {file} of drafts.values()) rmSync(file, {force: true});
    throw error;
  } finally {
    for (const {descriptor} of drafts.values()) closeSync(descriptor);
  }
}

/** What was done to the files, before it is struck out. */
interface Done {
  readonly seqs: readonly Revision[];
  /** Objects whose files are now as the journal said, with their look. */
  readonly written: ReadonlyMap<Path, string | undefined>;
  /** Folders that look like this because of us. */
  readonly folders: ReadonlyMap<Path, string | undefined>;
  readonly unsynced: ReadonlySet<string>;
}

function carryOut(ledger: Ledger, home: string, entries: readonly Entry[], drafts: Map<Revision, Draft>): Done {
  const seqs: Revision[] = [];
  const written = new Set<Path>();
  const unsynced = new Set<string>();
  const folders = new Map<Path, {ours: boolean}>();
  const willChange = (path: Path) => {
    unsynced.add(fileOf(home, path));
    if (folders.has(path)) return;
    const known = ledger.look.row(path)?.file;
    folders.set(path, {ours: known !== undefined && known === signatureAt(fileOf(home, path))});
  };
  for (const {seq, path, change, kept} of entries) {
    if (ledger.all('SELECT 1 FROM pending WHERE seq = ?', seq).length === 0) continue;
    seqs.push(seq);
    const file = fileOf(home, path);
    willChange(parentOf(path));
    if (change === 'put') {
      const made = drafts.get(seq);
      if (!made) throw new Error(`nothing was prepared for ${path}`);
      inItsFolder(file, () => moveTo(made.file, file));
      failpoint('file in place');
      drafts.delete(seq);
      writeSideFile(home, path, made.left);
      written.add(path);
    } else if (change === 'mkdir') {
      inItsFolder(file, () => {
        if (lstatSync(file, {throwIfNoEntry: false})?.isDirectory() === false) moveAside(file);
        if (makeFolder(file)) folders.set(path, {ours: true});
      });
      failpoint('folder made');
      setAttributes(home, path, textsFrom(kept));
      unsynced.add(file);
    } else if (change === 'remove') {
      rmSync(file, {recursive: true, force: true});
      failpoint('file removed');
      rmSync(sideFileOf(home, path), {force: true});
    } else if (lstatSync(file, {throwIfNoEntry: false})) {
      setAttributes(home, path, textsFrom(kept));
      unsynced.add(file);
      written.add(path);
    }
  }
  const ours = [...folders].filter(([, folder]) => folder.ours).map(([path]) => path);
  const looks = (paths: Iterable<Path>) => new Map([...paths].map(path => [path, signatureAt(fileOf(home, path))]));
  return {seqs, written: looks(written), unsynced, folders: looks(ours)};
}

/**
 * Another may have come in between and stored something newer: that is not struck out, nor taken for written. Nor is what was changed by
 * hand in between; with no look of its file it is noticed.
 */
function strikeOut(ledger: Ledger, home: string, {seqs, written, folders}: Done): void {
  for (const seq of seqs) ledger.run('DELETE FROM pending WHERE seq = ?', seq);
  for (const [path, look] of written) {
    if (look === undefined || look !== signatureAt(fileOf(home, path)) || ledger.look.isPending(path)) continue;
    ledger.run('UPDATE resource SET file = ? WHERE path = ? AND collection = 0', look, path);
  }
  for (const [path, look] of folders) {
    ledger.run('UPDATE resource SET file = ? WHERE path = ? AND collection = 1', look ?? null, path);
  }
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
