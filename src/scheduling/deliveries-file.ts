import {join} from 'node:path';
import {isLackOfRoom} from '../base/disk-errors.ts';
import {NoRoom} from '../base/no-room.ts';
import {openSharedDatabase} from '../base/shared-database.ts';
import type {HomeId} from '../store/store.ts';
import {type EndedEvents, endedEventsIn, endedEventsTable} from './ended-events.ts';
import {type GroupEvents, groupEventsIn, groupEventsTable} from './group-events.ts';
import type {Holder} from './holder.ts';

/** Which homes owe something to others, and which process sees to it: a file that all processes of a server read and write. */
export interface DeliveriesFile extends Disposable {
  /** By whom. Durable when it returns. Answers the entry's id. */
  owe(home: HomeId, holder: Holder): number;
  /** Homes with entries, the one that waits longest first. */
  owing(): readonly HomeId[];
  entries(home: HomeId): readonly Entry[];
  clear(ids: Iterable<number>): void;
  /** Whether the home is this holder's alone to see to, for so long; again while it is, for longer. */
  claim(home: HomeId, holder: Holder, forMs: number): boolean;
  /** Whose it is; undefined: nobody's. */
  claimant(home: HomeId): Holder | undefined;
  release(home: HomeId, holder: Holder): void;
  /** Why something of a home's could not be delivered yet; undefined: nothing is in the way any more. */
  setTrouble(home: HomeId, why: string | undefined): void;
  readonly groups: GroupEvents;
  readonly ended: EndedEvents;
  /** How things stand, for people. */
  report(): readonly Owing[];
}

/** A home that owes something. */
export interface Owing {
  readonly home: HomeId;
  readonly entries: number;
  /** When the first of them came to be; milliseconds since 1970. */
  readonly since: number;
  /** Who sees to it. */
  readonly holder: Holder | null;
  /** Why the last attempt has failed, in part. */
  readonly why: string | null;
}

export interface Entry {
  readonly id: number;
  readonly holder: Holder;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Where a server keeps it, in its DataRoot. */
export function deliveriesFileIn(dataRoot: string): string {
  return join(dataRoot, 'deliveries.sqlite');
}

const content = {
  tables: `${groupEventsTable}${endedEventsTable}
    CREATE TABLE IF NOT EXISTS owing (
      id INTEGER PRIMARY KEY AUTOINCREMENT, home TEXT NOT NULL, holder TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS owing_home ON owing (home);
    CREATE TABLE IF NOT EXISTS claim (home TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS trouble (home TEXT PRIMARY KEY, why TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  holds: 'which homes have invitations to deliver',
  withoutIt: 'those that were not delivered yet are when the same home invites again',
};

/** Opens the file, made where there is none. `:memory:` keeps all of it in this process. Throws UserError where it cannot be used. */
export function openDeliveriesFile(file: string): DeliveriesFile {
  const database = openSharedDatabase(file, content);
  // What is forgotten of the rest by a power cut is looked at once more.
  const hurried = database.prepare('PRAGMA synchronous = NORMAL');
  const durable = database.prepare('PRAGMA synchronous = FULL');
  hurried.run();
  const insert = database.prepare('INSERT INTO owing (home, holder, at) VALUES (?, ?, ?)');
  const homes = database.prepare('SELECT home FROM owing GROUP BY home ORDER BY min(id)');
  const ofHome = database.prepare('SELECT id, holder, at FROM owing WHERE home = ?');
  const remove = database.prepare('DELETE FROM owing WHERE id = ?');
  const take = database.prepare(`
    INSERT INTO claim (home, holder, until) VALUES (?1, ?2, ?3)
    ON CONFLICT (home) DO UPDATE SET holder = ?2, until = ?3 WHERE holder = ?2 OR until < ?4`);
  const leave = database.prepare('DELETE FROM claim WHERE home = ? AND holder = ?');
  const trouble = database.prepare('INSERT OR REPLACE INTO trouble (home, why) VALUES (?, ?)');
  const untrouble = database.prepare('DELETE FROM trouble WHERE home = ?');
  const isTroubled = database.prepare('SELECT 1 FROM trouble WHERE home = ?');
  const standing = database.prepare(`
    SELECT home, count(*) AS entries, min(at) AS since, (SELECT holder FROM claim WHERE claim.home = owing.home) AS holder,
      (SELECT why FROM trouble WHERE trouble.home = owing.home) AS why
    FROM owing GROUP BY home ORDER BY since`);
  const whose = database.prepare('SELECT holder FROM claim WHERE home = ?');
  return {
    owe: (home, holder) =>
      change(() => {
        durable.run();
        try {
          return Number(insert.run(home, holder, Date.now()).lastInsertRowid);
        } finally {
          hurried.run();
        }
      }),
    owing: () => homes.all().map(row => row.home as HomeId),
    entries: home => ofHome.all(home) as unknown as Entry[],
    clear(ids) {
      change(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          for (const id of ids) remove.run(id);
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      });
    },
    claim: (home, holder, forMs) => change(() => take.run(home, holder, Date.now() + forMs, Date.now()).changes > 0),
    release: (home, holder) => void change(() => leave.run(home, holder)),
    setTrouble(home, why) {
      try {
        if (why !== undefined) trouble.run(home, why);
        else if (isTroubled.get(home)) untrouble.run(home);
      } catch {
        // It is in the log.
      }
    },
    groups: groupEventsIn(database, change),
    ended: endedEventsIn(database, change),
    report: () => standing.all() as unknown as Owing[],
    claimant: home => whose.get(home)?.holder as Holder | undefined,
    [Symbol.dispose]: () => database.close(),
  };
}

function change<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isLackOfRoom(error) ? new NoRoom((error as Error).message, {cause: error}) : error;
  }
}
