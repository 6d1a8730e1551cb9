import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {type Log, silent} from '../../src/base/log.ts';
import type {Config} from '../../src/config/config.ts';
import {parseConfig} from '../../src/config/load.ts';
import type {HttpRequest, HttpResponse} from '../../src/http/message.ts';
import {type App, createApp} from '../../src/server/app.ts';
import type {Store} from '../../src/store/store.ts';
import {Client} from './client.ts';
import {memoryStore} from './memory-store.ts';

export interface ServeOptions {
  /** The store to serve; a new one in memory by default. It is not closed. */
  readonly store?: Store;
  /** Keys of the plist to set, as they stand there: `{MaxResourceSize: 1000}`. */
  readonly plist?: Readonly<Record<string, unknown>>;
  /** Records to add to accounts.xml, beside the users asked for. */
  readonly records?: string;
  readonly log?: Log;
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
  close(): Promise<void>;
}

export const guidOf = (number: number) => `10000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

/**
 * A server on a socket of its own, and a client for each account. An account's value is what its calendar `calendar` holds at
 * first (iCalendar texts, stored as `1.ics`, `2.ics`, …); its password is its name. `admin` has all rights.
 */
export async function serve<Name extends string>(
  accounts: Readonly<Record<Name, readonly string[]>>,
  {store = memoryStore(), plist = {}, records = '', log = silent, keep = false}: ServeOptions = {},
): Promise<Served & Readonly<Record<Name, Client>>> {
  const names = Object.keys(accounts) as Name[];
  const users = names.map(
    (name, at) => `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><password>${name}</password><name>${name}</name>
<email-address>${name.includes('@') ? name : `${name}@example.com`}</email-address></user>`,
  );
  const directory = parseDirectory(`<accounts realm="Test Realm">\n${users.join('\n')}\n${records}\n</accounts>`, 'accounts.xml');
  const config = parseConfig({
    plist: {
      AdminPrincipals: ['/principals/users/admin/'],
      Authentication: {Basic: {Enabled: true}, Digest: {Enabled: false}},
      ...plist,
    },
    file: '/nowhere/conf/caldavd-dev.plist',
    folder: '/nowhere',
  });
  const app = createApp({config, directory: () => directory, store, log});
  const {port, close} = await listen(app);
  if (!keep) onTestFinished(close);
  const base = `http://127.0.0.1:${port}`;
  const clients = Object.fromEntries(names.map(name => [name, new Client(base, name, name)])) as Record<Name, Client>;
  for (const name of names) {
    for (const [at, body] of accounts[name].entries()) {
      const {status, text} = await clients[name].put(`/calendars/users/${encodeURIComponent(name)}/calendar/${at + 1}.ics`, body);
      if (status !== 201) throw new Error(`${name}'s object ${at + 1} was answered ${status}: ${text}`);
    }
  }
  return {...clients, base, store, config, nobody: new Client(base), close};
}

async function listen(app: App): Promise<{port: number; close: () => Promise<void>}> {
  const server = createServer(async (message, out) => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const [path = '', query = ''] = splitOnce(message.url ?? '/', '?');
    const request: HttpRequest = {
      method: message.method ?? 'GET',
      path,
      query,
      headers: message.headers,
      body: Buffer.concat(parts),
      address: '127.0.0.1',
      secure: false,
    };
    await send(await app(request), out, request.method === 'HEAD');
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function send({status, headers = {}, body}: HttpResponse, out: import('node:http').ServerResponse, head: boolean) {
  out.writeHead(status, headers as Record<string, string | string[]>);
  if (!head && body !== undefined) {
    if (typeof body === 'string' || body instanceof Uint8Array) out.write(body);
    else for await (const part of body) out.write(part);
  }
  out.end();
}

function splitOnce(whole: string, separator: string): [string, string?] {
  const at = whole.indexOf(separator);
  return at < 0 ? [whole] : [whole.slice(0, at), whole.slice(at + 1)];
}
