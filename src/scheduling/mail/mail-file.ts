import {closeSync, constants, fchmodSync, openSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {explainUnwritable, isBusy} from '../../base/disk-errors.ts';

/** Where a server keeps what it mails, in its DataRoot. It holds tokens: secrets. */
export function mailFileIn(dataRoot: string): string {
  return join(dataRoot, 'mail.sqlite');
}

const lockWaitMs = 5_000;

/**
 * Opens the file, made where there is none: what is to be sent and was sent (`outgoing`), who was invited to what (`invitations`), what
 * has come and is to be delivered (`incoming`), how far the mailbox was read, and which process does all that (`lease`). Throws UserError
 * where it cannot be used.
 */
export function openMailFile(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') make(file);
    const database = new DatabaseSync(file, {timeout: lockWaitMs});
    inTurn(() => database.exec('PRAGMA journal_mode = WAL'));
    // A message that has been taken must not be lost to a power cut: nobody else knows of it.
    database.exec('PRAGMA synchronous = FULL');
    inTurn(() => database.exec(schema));
    return database;
  } catch (error) {
    throw explainUnwritable(error, file);
  }
}

/** Times are milliseconds since 1970. `key` is what makes a message one message: see `keyOf`. */
const schema = `
CREATE TABLE IF NOT EXISTS outgoing (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, method TEXT NOT NULL, uid TEXT NOT NULL,
  from_address TEXT NOT NULL, to_address TEXT NOT NULL, sequence INTEGER NOT NULL, calendar TEXT NOT NULL, token TEXT,
  renewed INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'reported', 'dropped')),
  attempts INTEGER NOT NULL, created INTEGER NOT NULL, next INTEGER NOT NULL, error TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS outgoing_due ON outgoing (state, next);
CREATE TABLE IF NOT EXISTS invitations (
  token TEXT PRIMARY KEY, link TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, organizer TEXT NOT NULL, attendee TEXT NOT NULL,
  attendee_key TEXT NOT NULL, uid TEXT NOT NULL, calendar TEXT NOT NULL, ends INTEGER NOT NULL,
  UNIQUE (sender, attendee_key, uid)) STRICT;
CREATE TABLE IF NOT EXISTS incoming (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, method TEXT NOT NULL, uid TEXT NOT NULL,
  from_address TEXT NOT NULL, to_address TEXT NOT NULL, sequence INTEGER NOT NULL, calendar TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')), attempts INTEGER NOT NULL, created INTEGER NOT NULL,
  next INTEGER NOT NULL, error TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS incoming_due ON incoming (state, next);
CREATE TABLE IF NOT EXISTS mailbox (name TEXT PRIMARY KEY, validity TEXT NOT NULL, uid INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO lease (id, owner, until) VALUES (1, '', 0);
`;

/** Does several statements as one. */
export function together<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
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
