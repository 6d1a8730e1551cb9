import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import {openSharedDatabase} from '../../base/shared-database.ts';

/** Where a server keeps what it mails, in its DataRoot. It holds tokens: secrets. */
export function mailFileIn(dataRoot: string): string {
  return join(dataRoot, 'mail.sqlite');
}

/**
 * Opens the file, made where there is none: what is to be sent and was sent (`outgoing`), who was invited to what (`invitations`), what
 * has come and is to be delivered (`incoming`), what was answered last by what has come (`answered`), how far the mailbox was read, which
 * process does all that (`lease`), and what a restore must not send once more (`held_back`). Throws UserError where it cannot be used.
 */
export function openMailFile(file: string): DatabaseSync {
  return openSharedDatabase(file, {
    tables: schema,
    holds: 'what is to be mailed, and who was invited by mail',
    withoutIt: 'nothing of that is sent, and answers to earlier invitations are not taken',
  });
}

/** Times are milliseconds since 1970. `key` is what makes a message one message: see `keyOf`. */
const schema = `
CREATE TABLE IF NOT EXISTS outgoing (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, method TEXT NOT NULL, uid TEXT NOT NULL,
  from_address TEXT NOT NULL, to_address TEXT NOT NULL, sequence INTEGER NOT NULL, calendar TEXT NOT NULL, token TEXT,
  renewed INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'reported', 'dropped')),
  attempts INTEGER NOT NULL, created INTEGER NOT NULL, next INTEGER NOT NULL, error TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS outgoing_due ON outgoing (state, next);
CREATE INDEX IF NOT EXISTS outgoing_event ON outgoing (uid, to_address, id);
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
CREATE INDEX IF NOT EXISTS incoming_event ON incoming (uid, from_address, id);
CREATE TABLE IF NOT EXISTS answered (
  recipient TEXT NOT NULL, uid TEXT NOT NULL, attendee_key TEXT NOT NULL, recurrence TEXT NOT NULL, sequence INTEGER NOT NULL,
  stamp TEXT NOT NULL, partstat TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (recipient, uid, attendee_key, recurrence)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mailbox (name TEXT PRIMARY KEY, validity TEXT NOT NULL, uid INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO lease (id, owner, until) VALUES (1, '', 0);
CREATE TABLE IF NOT EXISTS held_back (id INTEGER PRIMARY KEY CHECK (id = 1), before INTEGER NOT NULL) STRICT;
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
