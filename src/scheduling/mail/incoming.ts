import {createHash} from 'node:crypto';
import type {DatabaseSync} from 'node:sqlite';
import {normalAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import type {LastAnswer} from '../../itip/reply-order.ts';
import {together} from './mail-file.ts';
import {type MessageRow, rowOf} from './message-rows.ts';

/** A message that has come and was found genuine; it is delivered by the process that sends. */
export interface Incoming extends MessageRow {
  readonly id: number;
  /** GUID of whose object it concerns. */
  readonly recipient: string;
  readonly attempts: number;
  readonly created: number;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** What could not be delivered for so long is not tried any more. */
const givenUpAfterMs = 14 * day;

/** What has come from outside and is to be brought into calendars; whoever puts it here need not be the server. */
export class IncomingQueue {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Durable when it returns. The same that comes again, by another way, is not taken again. */
  take(message: Message, recipient: string, now: number): boolean {
    const row = rowOf(message);
    const key = createHash('sha256').update(`${recipient} ${row.calendar}`).digest('hex').slice(0, 40);
    return (
      this.#database
        .prepare(`INSERT OR IGNORE INTO incoming (key, recipient, method, uid, from_address, to_address, sequence, calendar, state, attempts,
          created, next, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?, '')`)
        .run(key, recipient, row.method, row.uid, row.from_address, row.to_address, row.sequence, row.calendar, now, now)
        .changes > 0
    );
  }

  /** The next that is due, after the one named last; what somebody has answered about one event in order. */
  due(now: number, after = 0): Incoming | undefined {
    return this.#database
      .prepare(`SELECT * FROM incoming AS row WHERE state = 'waiting' AND next <= ? AND id > ? AND NOT EXISTS (
        SELECT 1 FROM incoming WHERE uid = row.uid AND from_address = row.from_address AND state = 'waiting' AND id < row.id)
        ORDER BY id LIMIT 1`)
      .get(now, after) as unknown as Incoming | undefined;
  }

  /** What its sender has answered about the event last, as far as that is delivered. */
  lastAnswers({recipient, uid, from_address}: Incoming): LastAnswer[] {
    return this.#database
      .prepare('SELECT recurrence, sequence, stamp, partstat FROM answered WHERE recipient = ? AND uid = ? AND attendee_key = ?')
      .all(recipient, uid, normalAddress(from_address)) as unknown as LastAnswer[];
  }

  /** It is delivered, or for nothing. `answers`: what its sender has answered by it. */
  done({id, recipient, uid, from_address, created}: Incoming, answers: readonly LastAnswer[] = []): void {
    together(this.#database, () => {
      const note = this.#database.prepare(`INSERT OR REPLACE INTO answered (recipient, uid, attendee_key, recurrence, sequence,
        stamp, partstat, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
      for (const {recurrence, sequence, stamp, partstat} of answers) {
        note.run(recipient, uid, normalAddress(from_address), recurrence, sequence, stamp, partstat, created);
      }
      this.#database.prepare("UPDATE incoming SET state = 'done', calendar = '' WHERE id = ?").run(id);
    });
  }

  postpone({id, attempts, created}: Incoming, why: string, now: number): void {
    const again = now - created < givenUpAfterMs;
    const wait = Math.min(minute * 2 ** Math.min(attempts, 20), hour);
    this.#database
      .prepare('UPDATE incoming SET state = ?, next = ?, attempts = attempts + 1, error = ? WHERE id = ?')
      .run(again ? 'waiting' : 'failed', now + wait, why, id);
  }

  purge(now: number): void {
    this.#database.prepare('DELETE FROM answered WHERE at < ?').run(now - 60 * day);
    this.#database.prepare("DELETE FROM incoming WHERE state <> 'waiting' AND created < ?").run(now - 60 * day);
  }
}
