import type {DatabaseSync} from 'node:sqlite';
import type {HomeId} from '../store/store.ts';

/** Meetings that their organizers have removed: who has one from an old device is told that it is over, which else nobody would know. */
export interface EndedEvents {
  note(home: HomeId, uid: string): void;
  has(home: HomeId, uid: string): boolean;
}

export const endedEventsTable = `
    CREATE TABLE IF NOT EXISTS ended_event (home TEXT NOT NULL, uid TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (home, uid)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS ended_event_at ON ended_event (at);`;

/** No device comes back after that. */
const keptMs = 400 * 86_400_000;

/** `change`: what is to be done where the file cannot be written to. */
export function endedEventsIn(database: DatabaseSync, change: <T>(work: () => T) => T): EndedEvents {
  const insert = database.prepare('INSERT OR REPLACE INTO ended_event (home, uid, at) VALUES (?, ?, ?)');
  const purge = database.prepare('DELETE FROM ended_event WHERE at < ?');
  const find = database.prepare('SELECT 1 FROM ended_event WHERE home = ? AND uid = ?');
  return {
    note(home, uid) {
      change(() => {
        purge.run(Date.now() - keptMs);
        insert.run(home, uid, Date.now());
      });
    },
    has: (home, uid) => find.get(home, uid) !== undefined,
  };
}
