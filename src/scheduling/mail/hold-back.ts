import type {DatabaseSync} from 'node:sqlite';
import {mainComponents, textOf} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {openMailFile, together} from './mail-file.ts';

/** What the queue says of a message that may have been sent since the backup was made that it is from. */
export const heldBack = 'held back: it is out of a backup, and may have been sent since';

/**
 * Makes a mail file one to be restored: nothing that was made before `now` is sent from it by itself, neither what waits in it nor what
 * still lies in an Outbox, since the server that was backed up may have sent it since. A person may have each sent.
 */
export function holdBack(file: string, now: number): void {
  using database = openMailFile(file);
  together(database, () => {
    database.prepare('INSERT OR REPLACE INTO held_back (id, before) VALUES (1, ?)').run(now);
    database.prepare("UPDATE outgoing SET state = 'dropped', next = ?, error = ? WHERE state = 'waiting'").run(now, heldBack);
    database.prepare("UPDATE lease SET owner = '', until = 0").run();
  });
}

/** Whether a message was made before the moment up to which nothing is sent, by its DTSTAMP. */
export function isHeldBack(database: DatabaseSync, calendar: Calendar): boolean {
  const row = database.prepare('SELECT before FROM held_back').get();
  if (!row) return false;
  const stamps = mainComponents(calendar).map(part => Date.parse(textOf(part, 'dtstamp') ?? ''));
  return Math.max(...stamps) < Number(row.before);
}
