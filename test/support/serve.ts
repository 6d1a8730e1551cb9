import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {openProxiesFile} from '../../src/accounts/proxies-file.ts';
import {type Log, silent} from '../../src/base/log.ts';
import type {Config} from '../../src/config/config.ts';
import {parseConfig} from '../../src/config/load.ts';
import type {AccessEntry} from '../../src/http/access-log.ts';
import {prepareMail} from '../../src/scheduling/mail/open-mail.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {serveOnLoopback} from '../../src/server/loopback.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import type {Store} from '../../src/store/store.ts';
import {Client} from './client.ts';

export interface ServeOptions {
  /** The store to serve, which is not closed; by default a new one in files, gone at the end. */
  readonly store?: Store;
  /** Keys of the plist to set, as they stand there: `{MaxResourceSize: 1000}`. */
  readonly plist?: Readonly<Record<string, unknown>>;
  /** Records to add to accounts.xml, beside the users asked for. */
  readonly records?: string;
  readonly log?: Log;
  /** Told of each request once it is over. */
  readonly access?: (entry: AccessEntry) => void;
  /** Started outside a test (in beforeAll): the caller closes it. */
  readonly keep?: boolean;
}

/** What `serve` answers beside the clients. */
export interface Served {
  readonly base: string;
  readonly store: Store;
  readonly config: Config;
  /** A client without credentials. */
  readonly nobody: Client;
  /** How many requests are not over yet. */
  underWay(): number;
  /** Resolves when all is delivered that can be. */
  delivered(): Promise<void>;
  /** Has other records in accounts.xml beside the users, as a reload does, and what follows from that begin. */
  changeRecords(records: string): void;
  close(): Promise<void>;
}

export const guidOf = (number: number) => `10000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

/**
 * A server on a socket of its own, and a client for each account. An account's value is what its calendar `calendar` holds at
 * first (iCalendar texts, stored as `1.ics`, `2.ics`, …); its password is its name. `admin` has all rights.
 */
export async function serve<Name extends string>(
  accounts: Readonly<Record<Name, readonly string[]>>,
  {store: given, plist = {}, records = '', log = silent, access, keep = false}: ServeOptions = {},
): Promise<Served & Readonly<Record<Name, Client>>> {
  const names = Object.keys(accounts) as Name[];
  const users = names.map(
    (name, at) => `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><password>${name}</password><name>${name}</name>
<email-address>${name.includes('@') ? name : `${name}@example.com`}</email-address></user>`,
  );
  const parse = (more: string) =>
    parseDirectory(`<accounts realm="Test Realm">\n${users.join('\n')}\n${more}\n</accounts>`, 'accounts.xml');
  let directory = parse(records);
  const config = parseConfig({
    plist: {
      AdminPrincipals: ['/principals/users/admin/'],
      Authentication: {Basic: {Enabled: true}, Digest: {Enabled: false}},
      DefaultTimezone: 'UTC',
      ...plist,
    },
    file: '/nowhere/conf/caldavd-dev.plist',
    folder: '/nowhere',
  });
  const own = given ? undefined : await fileStore(log);
  const store = given ?? own!.store;
  const proxies = openProxiesFile(':memory:');
  const mail = (await prepareMail(config))(() => directory, log);
  const listener = await serveOnLoopback({
    mail,
    config,
    directory: () => directory,
    proxies: proxies.with,
    store,
    log,
    ...(access ? {access} : {}),
  });
  const close = async () => {
    await listener.close();
    proxies[Symbol.dispose]();
    await own?.close();
  };
  if (!keep) onTestFinished(close);
  const base = `http://127.0.0.1:${listener.port}`;
  const clients = Object.fromEntries(names.map(name => [name, new Client(base, name, name)])) as Record<Name, Client>;
  for (const name of names) {
    for (const [at, body] of accounts[name].entries()) {
      const {status, text} = await clients[name].put(`/calendars/users/${encodeURIComponent(name)}/calendar/${at + 1}.ics`, body);
      if (status !== 201) throw new Error(`${name}'s object ${at + 1} was answered ${status}: ${text}`);
    }
  }
  return {
    ...clients,
    base,
    store,
    config,
    nobody: new Client(base),
    underWay: () => listener.underWay,
    delivered: listener.delivered,
    changeRecords(more) {
      directory = parse(more);
      listener.settle();
    },
    close,
  };
}

/** A store in a folder of its own; both go when `close` is called. */
async function fileStore(log: Log) {
  const root = await mkdtemp(join(tmpdir(), 'caldav-test-'));
  const store = await openFileStore({root, log, index: indexFile});
  return {
    store,
    async close() {
      await store.close();
      await rm(root, {recursive: true, force: true});
    },
  };
}
