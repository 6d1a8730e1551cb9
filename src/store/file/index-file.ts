import {closeSync, constants, fchmodSync, lstatSync, openSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {pathToFileURL} from 'node:url';
import {isBusy} from '../../base/disk-errors.ts';
import {fileMode} from './layout.ts';
import {isCurrent, layOut, prepareWriting} from './schema.ts';

/** How long SQLite itself waits for a lock, where others hold one for once: while they repair what a crash left, or close. */
const busyMs = 5;
/** The lock to write is tried again after so long on the thread itself, so many times; then others get time in between. */
const lockWaitMs = 0.2;
const lockTries = 25;
const lockPatienceMs = 60_000;

/** Makes an empty index at a path that is free, with the mode of our files; SQLite gives its own files beside it the same. */
export function createIndex(file: string): DatabaseSync {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, fileMode);
  fchmodSync(descriptor, fileMode);
  closeSync(descriptor);
  const database = new DatabaseSync(file, {timeout: busyMs});
  layOut(database);
  prepareWriting(database);
  return database;
}

/** Opens a file that is there as an index to write, whatever it holds. */
export function openAsItIs(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.search = '?mode=rw';
  return new DatabaseSync(url, {timeout: busyMs});
}

/** Opens an index to write; undefined where the file is no index of this version. Throws what SQLite throws where it is damaged. */
export function openIndex(file: string): DatabaseSync | undefined {
  const database = openAsItIs(file);
  try {
    if (!isCurrent(database)) {
      database.close();
      return undefined;
    }
    prepareWriting(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens an index that is there and in order, to read. */
export function openIndexToRead(file: string): DatabaseSync {
  return new DatabaseSync(file, {readOnly: true, timeout: 2_000});
}

/** Which file is at the path: changes when another takes its place. Undefined where there is none. */
export function inodeOf(file: string): string | undefined {
  const stats = lstatSync(file, {throwIfNoEntry: false});
  return stats && `${stats.dev} ${stats.ino}`;
}

/**
 * Takes the write lock and, with it, does work at one go, so that nothing else of this thread comes in between; the work ends the
 * transaction. While others hold the lock, other work goes on.
 */
export async function withWriteLock<T>(database: DatabaseSync, work: () => T): Promise<T> {
  const start = Date.now();
  // Others hold it for about a millisecond; who comes in vain many times gives way more.
  for (let attempt = 0; !beginSoon(database, start); await delay(1 + Math.random() * Math.min(8, attempt++ / 4)));
  return work();
}

/** SQLite itself would sleep for a millisecond and more each time, and the lock is free again sooner. */
function beginSoon(database: DatabaseSync, start: number): boolean {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    for (let tries = 0; tries < lockTries; tries++) {
      try {
        database.exec('BEGIN IMMEDIATE');
        return true;
      } catch (error) {
        if (!isBusy(error) || Date.now() - start > lockPatienceMs) throw error;
        Atomics.wait(never, 0, 0, lockWaitMs);
      }
    }
    return false;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

/** Nobody wakes who waits on it. */
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
