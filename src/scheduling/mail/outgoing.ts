import type {DatabaseSync} from 'node:sqlite';
import type {Message} from '../../itip/message.ts';
import {heldBack, isHeldBack} from './hold-back.ts';
import {Invitations} from './invitations.ts';
import {together} from './mail-file.ts';
import {keyOf, type MessageRow, rowOf} from './message-rows.ts';
import {isFromOrganizer} from './outgoing-calendar.ts';

/** `failed`: for ever, and to be told to who sent it; `reported`: it was; `dropped`: by a person. */
export type State = 'waiting' | 'sent' | 'failed' | 'reported' | 'dropped';

/** A message that is to be sent, or was. */
export interface Outgoing extends MessageRow {
  readonly id: number;
  readonly key: string;
  /** GUID of whose message it is. */
  readonly sender: string;
  /** In the address that answers come to; null: the message wants none. */
  readonly token: string | null;
  /** 1: its recipient had had one about the same. */
  readonly renewed: 0 | 1;
  readonly state: State;
  readonly attempts: number;
  readonly created: number;
  /** When it is tried again. */
  readonly next: number;
  readonly error: string;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** A message is given up when it could not be handed over for so long (RFC 5321 §4.5.4.1). */
export const givenUpAfterMs = 5 * day;

/** How long a message that is done is known as one that has been sent. */
const knownForMs = 60 * day;

/** What a person may have sent, or dropped. */
const open = `(state IN ('waiting', 'failed', 'reported') OR error = '${heldBack}')`;

/** What is to be sent, and what was: a message is taken once. */
export class OutgoingQueue {
  readonly #database: DatabaseSync;
  readonly #invitations: Invitations;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#invitations = new Invitations(database);
  }

  /** Durable when it returns. Answers whether it is new. */
  take(message: Message, sender: string, now: number): boolean {
    const key = keyOf(message);
    return together(this.#database, () => {
      if (this.#database.prepare('SELECT 1 FROM outgoing WHERE key = ?').get(key)) return false;
      const {token, renewed} = isFromOrganizer(message)
        ? this.#invitations.note(message, sender, now)
        : {token: null, renewed: false};
      const row = rowOf(message);
      const isHeld = isHeldBack(this.#database, message.calendar);
      this.#database
        .prepare(`INSERT INTO outgoing (key, sender, method, uid, from_address, to_address, sequence, calendar, token, renewed, state,
          attempts, created, next, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`)
        .run(
          ...[key, sender, row.method, row.uid, row.from_address, row.to_address, row.sequence, row.calendar, token],
          ...[renewed ? 1 : 0, isHeld ? 'dropped' : 'waiting', now, now, isHeld ? heldBack : ''],
        );
      return true;
    });
  }

  /**
   * The next that is due, after the one named last. A recipient is sent what concerns one event in order: what was superseded by another
   * that waits is sent all the same, before it, and what comes after one that is put off waits with it.
   */
  due(now: number, after = 0): Outgoing | undefined {
    return this.#database
      .prepare(`SELECT * FROM outgoing AS row WHERE state = 'waiting' AND next <= ? AND id > ? AND NOT EXISTS (
        SELECT 1 FROM outgoing WHERE uid = row.uid AND to_address = row.to_address AND state = 'waiting' AND id < row.id)
        ORDER BY id LIMIT 1`)
      .get(now, after) as unknown as Outgoing | undefined;
  }

  /** Those of which it must still be told that they failed. */
  failed(now: number): Outgoing[] {
    return this.#database
      .prepare("SELECT * FROM outgoing WHERE state = 'failed' AND next <= ? ORDER BY id LIMIT 100")
      .all(now) as unknown as Outgoing[];
  }

  /** All that is not done with; `all`: what is, too. */
  list(all: boolean): Outgoing[] {
    const where = all ? '' : `WHERE ${open}`;
    return this.#database.prepare(`SELECT * FROM outgoing ${where} ORDER BY id`).all() as unknown as Outgoing[];
  }

  find(id: number): Outgoing | undefined {
    return this.#database.prepare('SELECT * FROM outgoing WHERE id = ?').get(id) as unknown as Outgoing | undefined;
  }

  /** The mail server has it. */
  sent(id: number, now: number): void {
    this.#change(id, {state: 'sent', next: now, error: ''});
  }

  /** It could not be handed over: it is tried again, later each time, or given up. Answers whether it is tried again. */
  postpone({id, attempts, created}: Outgoing, why: string, now: number): boolean {
    const again = now - created < givenUpAfterMs;
    const wait = Math.min(minute * 2 ** Math.min(attempts, 20), 4 * hour);
    this.#database
      .prepare('UPDATE outgoing SET state = ?, next = ?, attempts = attempts + 1, error = ? WHERE id = ?')
      .run(again ? 'waiting' : 'failed', again ? now + wait : now, why, id);
    return again;
  }

  /** It will never be taken. */
  fail(id: number, why: string, now: number): void {
    this.#change(id, {state: 'failed', next: now, error: why});
  }

  /** Who sent it has been told; or could not be, and is later. */
  reported(id: number, now: number): void {
    this.#change(id, {state: 'reported', next: now});
  }

  postponeReport(id: number, now: number): void {
    this.#change(id, {next: now + minute});
  }

  /** The mail server that took it says it cannot be delivered (RFC 3464). Answers whether it is one of ours. */
  bounced(key: string, why: string, now: number): boolean {
    return (
      this.#database
        .prepare("UPDATE outgoing SET state = 'failed', next = ?, error = ? WHERE key = ? AND state IN ('sent', 'waiting')")
        .run(now, why, key).changes > 0
    );
  }

  /** A person wants it tried at once, though it was given up. */
  retry(id: number, now: number): boolean {
    return (
      this.#database
        .prepare(`UPDATE outgoing SET state = 'waiting', next = ?, created = ?, error = '' WHERE id = ? AND ${open}`)
        .run(now, now, id).changes > 0
    );
  }

  /** A person wants it never sent. */
  drop(id: number, now: number): boolean {
    return (
      this.#database.prepare(`UPDATE outgoing SET state = 'dropped', next = ?, error = '' WHERE id = ? AND ${open}`).run(now, id)
        .changes > 0
    );
  }

  /** Forgets what has been done with for long. */
  purge(now: number): void {
    this.#database
      .prepare("DELETE FROM outgoing WHERE state IN ('sent', 'reported', 'dropped') AND next < ?")
      .run(now - knownForMs);
  }

  #change(id: number, {state, next, error}: {state?: State; next: number; error?: string}): void {
    this.#database
      .prepare('UPDATE outgoing SET state = COALESCE(?, state), next = ?, error = COALESCE(?, error) WHERE id = ?')
      .run(state ?? null, next, error ?? null, id);
  }
}
