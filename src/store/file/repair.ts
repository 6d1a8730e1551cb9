import {randomUUID} from 'node:crypto';
import {existsSync, lstatSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite';
import {isDamage} from '../../base/disk-errors.ts';
import {failpoint} from '../../base/failpoint.ts';
import {isRunning} from '../../base/is-running.ts';
import type {Log} from '../../base/log.ts';
import {keptFrom, readAttributes} from './attributes.ts';
import {createIndex, openAsItIs, withWriteLock} from './index-file.ts';
import {indexName, nextIndexName, workshopName} from './layout.ts';
import {Ledger} from './ledger.ts';
import type {OpenHome} from './open-home.ts';
import {createdOf, newResourceId} from './resource-id.ts';
import {makeFolder, syncFolder} from './safe-file.ts';
import {isCurrent, isOfAnotherVersion} from './schema.ts';
import {readSideFile} from './side-file.ts';

/**
 * Sees that a home has an index that can be opened: an unusable one is moved aside, and an empty one is made in its place, with what
 * could be saved of the journal; history begins anew. The files are then taken in by a rescan. To be called under the repair lock.
 * `last` is the home's index as this process has it open, where its file was removed beneath it. Throws where the index may be sound
 * and only cannot be reached now: its journal holds what was promised, and is not put aside for that.
 */
export async function repairIndex(folder: string, log: Log, last?: OpenHome): Promise<void> {
  const file = join(folder, indexName);
  const old = open(file);
  try {
    if (!old || !isUsable(old)) await replaceIndex(folder, log, old, last);
    last?.close();
  } finally {
    close(old);
  }
}

async function replaceIndex(folder: string, log: Log, old?: DatabaseSync, last?: OpenHome): Promise<void> {
  const file = join(folder, indexName);
  const wrong = old && isOfAnotherVersion(old) ? 'is of another version of this program' : 'could not be used';
  // Nobody stores anything more in it from here on.
  if (old) await withWriteLock(old, () => undefined).catch(passDamage);
  const saved = new Journal();
  if (last?.database.isOpen) saved.add(last.database);
  if (old) saved.add(old);
  // Complete and durable before the old one goes, for it holds the promises of the journal.
  const next = join(folder, nextIndexName);
  if (existsSync(next) && !existsSync(file)) saved.addFile(next);
  makeIndex(folder, saved, next);
  failpoint('next index made');
  if (existsSync(file)) {
    const aside = `${file}-damaged-${new Date().toISOString().replace(/[:.]/g, '')}`;
    for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    failpoint('old index aside');
    log.warn(
      {folder, aside, saved: saved.size},
      `the index ${wrong}; it is made anew from the files, and clients sync from the start`,
    );
  } else log.warn({folder, saved: saved.size}, 'there is no index; it is made from the files, and clients sync from the start');
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(file + suffix, {force: true});
  renameSync(next, file);
  failpoint('next index in place');
  syncFolder(folder);
}

type Entry = Record<string, SQLOutputValue>;

/** What can be read of the journals of indexes that go, and the latest moment of their history. */
class Journal {
  readonly #entries = new Map<number, Entry>();
  revision = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** In order. */
  entries(): Entry[] {
    return [...this.#entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }

  add(database: DatabaseSync): void {
    try {
      for (const entry of database.prepare('SELECT * FROM pending ORDER BY seq').iterate()) {
        if (typeof entry.path !== 'string' || typeof entry.change !== 'string') continue;
        this.#entries.set(Number(entry.seq), entry);
        this.revision = Math.max(this.revision, Number(entry.seq));
      }
      this.revision = Math.max(this.revision, Number(database.prepare('SELECT revision FROM meta').get()?.revision));
    } catch (error) {
      // The rest cannot be read: what there is, is kept.
      passDamage(error);
    }
  }

  addFile(file: string): void {
    const database = openAsItIs(file);
    try {
      this.add(database);
    } finally {
      database.close();
    }
  }
}

/** An index for a folder that has none, with the row of the home itself and these entries in the journal. */
function makeIndex(folder: string, saved: Journal, file: string): void {
  makeFolder(join(folder, workshopName));
  const made = join(folder, workshopName, `${process.pid}-${randomUUID()}`);
  const database = createIndex(made);
  const ledger = new Ledger(database, false);
  database.exec('BEGIN');
  ledger.run('UPDATE meta SET revision = ?', saved.revision);
  ledger.begin();
  const kept = keptFrom(new Map([...readAttributes(folder), ...readSideFile(folder, '')]));
  const created = createdOf(kept.resourceId) ?? (lstatSync(folder).birthtimeMs || Date.now());
  ledger.putCollection('', {...kept, resourceId: kept.resourceId ?? newResourceId(created), created}, kept.types);
  for (const {seq, path, change, kept: texts, bytes} of saved.entries()) {
    const sql = 'INSERT INTO pending (seq, path, change, kept, bytes) VALUES (?, ?, ?, ?, ?)';
    ledger.run(sql, seq!, path!, change!, texts ?? null, bytes ?? null);
  }
  ledger.raise();
  database.exec('COMMIT');
  database.close();
  renameSync(made, file);
  syncFolder(folder);
}

/** Undefined where there is no index, or nothing that SQLite could open. */
function open(file: string): DatabaseSync | undefined {
  if (!((lstatSync(file, {throwIfNoEntry: false})?.size ?? 0) > 0)) return undefined;
  const database = openAsItIs(file);
  try {
    isCurrent(database);
    return database;
  } catch (error) {
    database.close();
    passDamage(error);
    return undefined;
  }
}

function isUsable(database: DatabaseSync): boolean {
  return isCurrent(database) && isSound(database);
}

/** Whether every page of the index is what it should be. Throws where that cannot be told now. */
export function isSound(database: DatabaseSync): boolean {
  try {
    const home = database.prepare("SELECT 1 FROM resource WHERE path = '' AND collection = 1").get();
    const [answer] = database.prepare('PRAGMA quick_check(1)').all();
    return home !== undefined && Object.values(answer ?? {})[0] === 'ok';
  } catch (error) {
    passDamage(error);
    return false;
  }
}

/** Throws anything but what tells that an index is damaged. */
function passDamage(error: unknown): void {
  if (!isDamage(error)) throw error;
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
