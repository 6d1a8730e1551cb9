import {randomUUID} from 'node:crypto';
import {existsSync, lstatSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite';
import type {Log} from '../../base/log.ts';
import {keptFrom, readAttributes} from './attributes.ts';
import {createIndex, openIndex, withWriteLock} from './index-file.ts';
import {indexName, workshopName} from './layout.ts';
import {Ledger} from './ledger.ts';
import type {OpenHome} from './open-home.ts';
import {createdOf, newResourceId} from './resource-id.ts';
import {makeFolder, syncFolder} from './safe-file.ts';
import {readSideFile} from './side-file.ts';

/**
 * Sees that a home has an index that can be opened: an unusable one is moved aside, and an empty one is made in its place, with what
 * could be saved of the journal; history begins anew. The files are then taken in by a rescan. To be called under the repair lock.
 * `last` is the home's index as this process has it open, where its file was removed beneath it.
 */
export async function repairIndex(folder: string, log: Log, last?: OpenHome): Promise<void> {
  const file = join(folder, indexName);
  const old = open(file);
  if (old && isSound(old)) {
    last?.close();
    old.close();
    return;
  }
  const saved = [old, last?.database].flatMap(database => (database?.isOpen ? journalOf(database) : []));
  last?.close();
  if (existsSync(file)) {
    if (old) await withWriteLock(old, () => undefined).catch(() => undefined);
    const aside = `${file}-damaged-${new Date().toISOString().replace(/[:.]/g, '')}`;
    for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    log.warn(
      {folder, aside, saved: saved.length},
      'the index could not be used; it is made anew from the files, and clients sync from the start',
    );
  } else log.warn({folder, saved: saved.length}, 'there is no index; it is made from the files, and clients sync from the start');
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(file + suffix, {force: true});
  close(old);
  makeIndex(folder, saved);
}

type Saved = Record<string, SQLOutputValue>;

/** An index for a folder that has none, with the row of the home itself and these entries in the journal. */
function makeIndex(folder: string, saved: readonly Saved[]): void {
  makeFolder(join(folder, workshopName));
  const made = join(folder, workshopName, `index-${randomUUID()}`);
  const database = createIndex(made);
  const ledger = new Ledger(database, false);
  database.exec('BEGIN');
  ledger.begin();
  const kept = keptFrom(new Map([...readAttributes(folder), ...readSideFile(folder, '')]));
  const created = createdOf(kept.resourceId) ?? (lstatSync(folder).birthtimeMs || Date.now());
  ledger.putCollection('', {...kept, resourceId: kept.resourceId ?? newResourceId(created), created}, kept.types);
  for (const {path, change, kept: texts, bytes} of saved) {
    const sql = 'INSERT INTO pending (seq, path, change, kept, bytes) VALUES (?, ?, ?, ?, ?)';
    ledger.run(sql, ledger.next(), path!, change!, texts ?? null, bytes ?? null);
  }
  ledger.raise();
  database.exec('COMMIT');
  database.close();
  renameSync(made, join(folder, indexName));
  syncFolder(folder);
}

function open(file: string): DatabaseSync | undefined {
  try {
    return existsSync(file) && lstatSync(file).size > 0 ? openIndex(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every page of the index is what it should be. */
export function isSound(database: DatabaseSync): boolean {
  try {
    const home = database.prepare("SELECT 1 FROM resource WHERE path = '' AND collection = 1").get();
    const [answer] = database.prepare('PRAGMA quick_check(1)').all();
    return home !== undefined && Object.values(answer ?? {})[0] === 'ok';
  } catch {
    return false;
  }
}

/** As much of the journal as can be read. */
function journalOf(database: DatabaseSync): Saved[] {
  const entries: Saved[] = [];
  try {
    for (const entry of database.prepare('SELECT * FROM pending ORDER BY seq').iterate()) entries.push(entry);
  } catch {
    // The rest cannot be read: what there is, is kept.
  }
  return entries;
}

function close(database: DatabaseSync | undefined): void {
  try {
    database?.close();
  } catch {
    // A damaged file may not close in good order; nothing is lost by that.
  }
}

/** Removes what writers that are gone have left half made. */
export function clearWorkshop(folder: string): void {
  const workshop = join(folder, workshopName);
  if (!existsSync(workshop)) return;
  for (const name of readdirSync(workshop)) {
    const file = join(workshop, name);
    const stats = lstatSync(file, {throwIfNoEntry: false});
    const isOld = stats && Date.now() - stats.mtimeMs > 3_600_000;
    const writer = /^(\d+)-/.exec(name)?.[1];
    if (isOld || (writer !== undefined && !isRunning(Number(writer)))) rmSync(file, {recursive: true, force: true});
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
