import {closeSync, constants, fchmodSync, openSync} from 'node:fs';
import {dirname} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {explainUnwritable, isBusy, isDamage} from './disk-errors.ts';
import {UserError} from './user-error.ts';

/** What is in a file, and what people are told of it when it is damaged. */
export interface SharedTables {
  /** `CREATE TABLE IF NOT EXISTS …` */
  readonly tables: string;
  readonly holds: string;
  readonly withoutIt: string;
}

/** A lock lasts as long as one commit. */
const lockWaitMs = 5_000;

/**
 * Opens a file in DataRoot that all processes of a server read and write, made where there is none; what is committed is durable.
 * `:memory:` keeps all of it in this process. Throws UserError where it cannot be used.
 */
export function openSharedDatabase(file: string, {tables, holds, withoutIt}: SharedTables): DatabaseSync {
  try {
    if (file !== ':memory:') make(file);
    const database = new DatabaseSync(file, {timeout: lockWaitMs});
    inTurn(() => database.exec('PRAGMA journal_mode = WAL'));
    database.exec('PRAGMA synchronous = FULL');
    inTurn(() => database.exec(tables));
    return database;
  } catch (error) {
    throw explain(error, file, holds, withoutIt);
  }
}

/** With its mode from the start: SQLite gives its own files beside it the same. */
function make(file: string): void {
  try {
    const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    fchmodSync(descriptor, 0o600);
    closeSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Several workers start at once, and SQLite does not wait while another changes the journal's mode. */
function inTurn(work: () => void): void {
  for (const until = Date.now() + lockWaitMs; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
    }
  }
}

function explain(error: unknown, file: string, holds: string, withoutIt: string): unknown {
  if (isDamage(error)) {
    return new UserError(
      `${file} is damaged: it holds ${holds}.`,
      `Put it back from a backup, or move it away: then ${withoutIt}.`,
    );
  }
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    return new UserError(
      `There is no folder ${dirname(file)} (DataRoot).`,
      'caldav setup makes it, and caldav config set DataRoot names another.',
    );
  return explainUnwritable(error, file);
}
