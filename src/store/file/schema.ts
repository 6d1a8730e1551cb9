import type {DatabaseSync} from 'node:sqlite';
import {levels} from './spans.ts';

/** `PRAGMA application_id`: tells our files from other SQLite files. */
const applicationId = 0x63616c64;
/** Raised when tables change; an index of another version is made anew from the files. */
const schemaVersion = 5;

/** Whether the file is an index that this version can use. */
export function isCurrent(database: DatabaseSync): boolean {
  return pragma(database, 'application_id') === applicationId && pragma(database, 'user_version') === schemaVersion;
}

/** Whether another version of this program made it. */
export function isOfAnotherVersion(database: DatabaseSync): boolean {
  return pragma(database, 'application_id') === applicationId && !isCurrent(database);
}

/**
 * Settings that belong to the connection that writes. Each commit syncs the log before others see it: a sync that fails leaves no hole in
 * what counts. A log is taken over at 16 MiB, since the same pages are written again and again, and keeps its space, since one that grows
 * costs the file system a commit of its own each time.
 */
export function prepareWriting(database: DatabaseSync): void {
  database.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -1000;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 16777216;
  `);
}

/**
 * Lays out an empty index. `own` is when the resource itself changed, where `revision` of a collection is also when a member did; `born`
 * is when it came to this path; `pruned` is the newest tombstone below it that is no longer kept. `file` is the look of the file
 * (`stat.ts`) that holds exactly this version, NULL while the bytes are in `pending`. `pending` is the journal: what was promised and
 * is still to be done to the files, in order. `seq` is a revision, so it is never used twice. `locked` is when locks changed last; 0: there
 * never was one. `pen` is held by who writes the files (`Pen`), since `held` or later.
 */
export function layOut(database: DatabaseSync): void {
  database.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    BEGIN;
    CREATE TABLE meta (
      one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
      start_id TEXT, deleted INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0,
      pen TEXT, held INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO meta (one, revision) VALUES (1, 0);
    CREATE TABLE resource (
      id INTEGER PRIMARY KEY, parent INTEGER, path TEXT NOT NULL UNIQUE, collection INTEGER NOT NULL,
      revision INTEGER NOT NULL, own INTEGER NOT NULL, born INTEGER NOT NULL, pruned INTEGER NOT NULL DEFAULT 0,
      resource_id TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, file TEXT,
      etag TEXT, size INTEGER NOT NULL DEFAULT 0, uid TEXT, component TEXT, horizon INTEGER, access TEXT, organizer TEXT,
      count INTEGER NOT NULL DEFAULT 0, types TEXT, folded TEXT, properties TEXT, spans BLOB
    ) STRICT;
    CREATE INDEX resource_parent ON resource (parent, revision);
    CREATE INDEX resource_collections ON resource (collection) WHERE collection = 1;
    CREATE INDEX resource_uid ON resource (parent, uid) WHERE uid IS NOT NULL;
    CREATE INDEX resource_horizon ON resource (parent, horizon) WHERE horizon IS NOT NULL;
    CREATE INDEX resource_folded ON resource (parent, folded) WHERE folded IS NOT NULL;
    CREATE TABLE level (level INTEGER PRIMARY KEY, width INTEGER NOT NULL) STRICT;
    INSERT INTO level VALUES ${levels.map((width, level) => `(${level}, ${width})`).join(', ')};
    CREATE TABLE span (
      collection INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, resource INTEGER NOT NULL, end INTEGER NOT NULL,
      PRIMARY KEY (collection, level, start, resource, end)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tombstone (
      path TEXT PRIMARY KEY, parent TEXT NOT NULL, revision INTEGER NOT NULL, collection INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tombstone_parent ON tombstone (parent, revision);
    CREATE INDEX tombstone_revision ON tombstone (revision);
    CREATE TABLE pending (seq INTEGER PRIMARY KEY, path TEXT NOT NULL, change TEXT NOT NULL, kept TEXT, bytes BLOB) STRICT;
    CREATE INDEX pending_path ON pending (path, seq);
    CREATE TABLE damaged (path TEXT PRIMARY KEY, file TEXT NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE lock (
      token TEXT PRIMARY KEY, path TEXT NOT NULL, infinite INTEGER NOT NULL, exclusive INTEGER NOT NULL, creator TEXT NOT NULL, owner TEXT,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT;
  `);
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
