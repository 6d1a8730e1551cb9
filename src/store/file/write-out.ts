import {randomUUID} from 'node:crypto';
import {closeSync, fsyncSync, futimesSync, lstatSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {setImmediate as otherWork} from 'node:timers/promises';
import type {Name} from '../../xml/names.ts';
import type {Path, Revision} from '../store.ts';
import {type Texts, writeAttributes} from './attributes.ts';
import {fileOf, nameOf, parentOf} from './layout.ts';
import type {Ledger} from './ledger.ts';
import type {OpenHome} from './open-home.ts';
import {draft, makeFolder, makeFolders, syncFolder, syncPath} from './safe-file.ts';
import {sideFileOf, writeSideFile} from './side-file.ts';
import {signatureAt} from './signature.ts';

const batchEntries = 64;
const batchBytes = 8 << 20;

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
 * still says so. So it does not matter how many processes do this at once, or where one is cut off.
 */
export async function writeOut(open: OpenHome): Promise<boolean> {
  const entries = nextEntries(open.ledger);
  if (entries.length === 0) return false;
  const drafts = await makeDrafts(open, entries);
  try {
    return await open.exclusively(ledger => {
      carryOut(ledger, open.folder, entries, drafts);
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
      await otherWork();
    }
    for (const {descriptor} of drafts.values()) {
      fsyncSync(descriptor);
      await otherWork();
    }
    return drafts;
  } catch (error) {
    for (const {file} of drafts.values()) rmSync(file, {force: true});
    throw error;
  } finally {
    for (const {descriptor} of drafts.values()) closeSync(descriptor);
  }
}

function carryOut(ledger: Ledger, home: string, entries: readonly Entry[], drafts: ReadonlyMap<Revision, Draft>): void {
  const folders = new Folders(ledger, home);
  const written = new Set<Path>();
  for (const {seq, path, change, kept} of entries) {
    if (ledger.run('DELETE FROM pending WHERE seq = ?', seq).changes === 0) continue;
    const file = fileOf(home, path);
    if (change !== 'attributes') folders.willChange(parentOf(path));
    if (change === 'put') {
      const made = drafts.get(seq);
      if (!made) throw new Error(`nothing was prepared for ${path}`);
      inItsFolder(file, () => moveTo(made.file, file));
      writeSideFile(home, path, made.left);
      written.add(path);
    } else if (change === 'mkdir') {
      inItsFolder(file, () => {
        if (lstatSync(file, {throwIfNoEntry: false})?.isDirectory() === false) moveAside(file);
        if (makeFolder(file)) folders.isNew(path);
      });
      setAttributes(home, path, textsFrom(kept));
    } else if (change === 'attributes') {
      if (!lstatSync(file, {throwIfNoEntry: false})) continue;
      folders.willChange(parentOf(path));
      setAttributes(home, path, textsFrom(kept));
      written.add(path);
    } else {
      rmSync(file, {recursive: true, force: true});
      rmSync(sideFileOf(home, path), {force: true});
    }
  }
  folders.settle();
  for (const path of written) {
    ledger.run('UPDATE resource SET file = ? WHERE path = ? AND collection = 0', signatureAt(fileOf(home, path)) ?? null, path);
  }
}

/** Syncs the folders that changed at the end, and notes how they look then, unless another's change would be noted as ours. */
class Folders {
  readonly #ledger: Ledger;
  readonly #home: string;
  readonly #changed = new Map<Path, {ours: boolean}>();

  constructor(ledger: Ledger, home: string) {
    this.#ledger = ledger;
    this.#home = home;
  }

  willChange(path: Path): void {
    if (this.#changed.has(path)) return;
    const known = this.#ledger.look.row(path)?.file;
    this.#changed.set(path, {ours: known !== undefined && known === signatureAt(fileOf(this.#home, path))});
  }

  isNew(path: Path): void {
    this.#changed.set(path, {ours: true});
  }

  settle(): void {
    for (const [path, {ours}] of this.#changed) {
      const folder = fileOf(this.#home, path);
      syncFolder(folder);
      if (ours)
        this.#ledger.run('UPDATE resource SET file = ? WHERE path = ? AND collection = 1', signatureAt(folder) ?? null, path);
    }
  }
}

function setAttributes(home: string, path: Path, texts: Texts): void {
  const file = fileOf(home, path);
  const left = writeAttributes(file, texts);
  writeSideFile(home, path, left);
  syncPath(file);
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
