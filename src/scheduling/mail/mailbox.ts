import type {DatabaseSync} from 'node:sqlite';
import type {Config} from '../../config/config.ts';
import {maxMailBytes} from './read-mail.ts';

type Receiving = Config['mail']['receiving'];

/** A mailbox that answers come to. */
export interface Mailbox {
  /**
   * Hands each message that is new to `take`; one that is taken is removed, and the others stay as they are, unread, for people to look
   * at. Throws where the mailbox cannot be read.
   */
  poll(take: (source: Uint8Array) => Promise<boolean>): Promise<void>;
  /** Whether the mail server lets us in; throws where not. */
  verify(): Promise<void>;
}

/** IMAP (RFC 9051), one connection for each look. imapflow is loaded here. */
export async function prepareMailbox(): Promise<(receiving: Receiving, database?: DatabaseSync) => Mailbox> {
  const {ImapFlow} = await import('imapflow');
  const connected = async <T>(
    {server, port, useSsl, username, password}: Receiving,
    work: (client: InstanceType<typeof ImapFlow>) => Promise<T>,
  ) => {
    const local = server === 'localhost' || server === '::1' || server.startsWith('127.');
    const client = new ImapFlow({
      host: server,
      port: port || (useSsl ? 993 : 143),
      secure: useSsl,
      // Never a password in the clear, save within this machine, whose certificates are often nobody's.
      ...(useSsl ? {} : {doSTARTTLS: !local}),
      auth: {user: username, pass: password},
      logger: false,
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      socketTimeout: 60_000,
      maxLiteralSize: 2 * maxMailBytes,
    });
    // What breaks the connection is thrown by what is under way.
    client.on('error', () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.logout().catch(() => client.close());
    }
  };
  return (receiving, database) => ({
    poll: take =>
      connected(receiving, async client => {
        const mailbox = await client.mailboxOpen('INBOX');
        const place = database && new Place(database, `${receiving.username}@${receiving.server}`, String(mailbox.uidValidity));
        const from = (place?.uid ?? 0) + 1;
        const found = (await client.search({uid: `${from}:*`}, {uid: true})) || [];
        for (const uid of found.filter(each => each >= from).sort((a, b) => a - b)) {
          const head = await client.fetchOne(String(uid), {size: true}, {uid: true});
          if (head && (head.size ?? 0) <= maxMailBytes) {
            const message = (await client.fetchOne(String(uid), {source: true}, {uid: true})) || undefined;
            if (message?.source && (await take(message.source))) await client.messageDelete(String(uid), {uid: true});
          }
          place?.advance(uid);
        }
      }),
    verify: () => connected(receiving, async client => void (await client.mailboxOpen('INBOX', {readOnly: true}))),
  });
}

/** How far a mailbox was read: UIDs rise, as long as its validity stays (RFC 9051 §2.3.1.1). */
class Place {
  readonly #database: DatabaseSync;
  readonly #name: string;
  readonly #validity: string;

  constructor(database: DatabaseSync, name: string, validity: string) {
    this.#database = database;
    this.#name = name;
    this.#validity = validity;
  }

  get uid(): number {
    const row = this.#database.prepare('SELECT validity, uid FROM mailbox WHERE name = ?').get(this.#name);
    return row?.validity === this.#validity ? Number(row.uid) : 0;
  }

  advance(uid: number): void {
    this.#database
      .prepare(
        'INSERT INTO mailbox (name, validity, uid) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET validity = excluded.validity, uid = excluded.uid',
      )
      .run(this.#name, this.#validity, uid);
  }
}
