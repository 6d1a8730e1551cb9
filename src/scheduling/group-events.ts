import type {DatabaseSync} from 'node:sqlite';
import type {HomeId} from '../store/store.ts';

/** Which events groups are invited to, and who was in these then: what is looked up where somebody comes into a group, or goes. */
export interface GroupEvents {
  /** An organizer's event has these groups in it, by GUID, of these members; `undefined`: whose are to be looked at again. None: it goes. */
  note(home: HomeId, uid: string, groups: ReadonlyMap<string, string | undefined>): void;
  /** Homes with events whose groups have other members than they had. */
  changed(membersOf: (group: string) => string): readonly HomeId[];
  /** The same of one home: the events' UIDs. */
  changedIn(home: HomeId, membersOf: (group: string) => string): readonly string[];
}

export const groupEventsTable = `
    CREATE TABLE IF NOT EXISTS group_event (home TEXT NOT NULL, uid TEXT NOT NULL, guid TEXT NOT NULL, members TEXT NOT NULL,
      PRIMARY KEY (home, uid, guid)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS group_event_members ON group_event (guid, members);`;

/** `change`: what is to be done where the file cannot be written to. */
export function groupEventsIn(database: DatabaseSync, change: <T>(work: () => T) => T): GroupEvents {
  const ofEvent = database.prepare('SELECT guid, members FROM group_event WHERE home = ? AND uid = ? ORDER BY guid');
  const ofHome = database.prepare('SELECT uid, guid, members FROM group_event WHERE home = ?');
  const all = database.prepare('SELECT DISTINCT guid, members FROM group_event');
  const homes = database.prepare('SELECT DISTINCT home FROM group_event WHERE guid = ? AND members = ?');
  const remove = database.prepare('DELETE FROM group_event WHERE home = ? AND uid = ?');
  const insert = database.prepare('INSERT INTO group_event (home, uid, guid, members) VALUES (?, ?, ?, ?)');
  return {
    note(home, uid, groups) {
      const rows = [...groups].map(([guid, members]) => ({guid, members: members ?? ''}));
      const known = ofEvent.all(home, uid).map(({guid, members}) => ({guid, members}));
      rows.sort((a, b) => (a.guid < b.guid ? -1 : 1));
      if (JSON.stringify(rows) === JSON.stringify(known)) return;
      change(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          remove.run(home, uid);
          for (const {guid, members} of rows) insert.run(home, uid, guid, members);
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      });
    },
    changed(membersOf) {
      const found = new Set<HomeId>();
      for (const row of all.all()) {
        const [guid, members] = [String(row.guid), String(row.members)];
        if (membersOf(guid) === members) continue;
        for (const {home} of homes.all(guid, members)) found.add(home as HomeId);
      }
      return [...found];
    },
    changedIn: (home, membersOf) => [
      ...new Set(ofHome.all(home).flatMap(({uid, guid, members}) => (membersOf(String(guid)) === members ? [] : [String(uid)]))),
    ],
  };
}
