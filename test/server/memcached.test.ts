import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test, vi} from 'vitest';
import {computeHa1} from '../../src/accounts/password.ts';
import {parseConfig} from '../../src/config/load.ts';
import {memcachedAddresses} from '../../src/server/memcached.ts';
import {freePort} from '../support/loopback.ts';
import {answers} from '../support/memcached.ts';
import {testWith} from '../support/programs.ts';
import {isRoot, serverFolder, serving} from './server.ts';

const withMemcached = testWith('memcached');

/** A running server of two workers with a memcached of its own. */
async function running(plist: Readonly<Record<string, unknown>> = {}) {
  const port = await freePort();
  const folder = await serverFolder({
    ProcessType: 'Combined',
    Memcached: {ClientEnabled: true, ServerEnabled: true, Port: port},
    ...plist,
  });
  const server = folder.run('run');
  await vi.waitFor(async () => expect((await folder.status()).state).toBe('ready'), {timeout: 60_000, interval: 50});
  return {...folder, server, memcachedPort: port};
}

/** The process that listens on a port of this machine, by its name, as /proc tells. */
function memcachedPid(port: number): number {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (words[0] === 'memcached' && words.includes(String(port))) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error('there is none');
}

describe('Memcached in the plist', () => {
  const config = (memcached: Record<string, never | string | number | boolean | string[]>) =>
    parseConfig({plist: {Memcached: memcached}, file: '/f', folder: '/'});

  test('nothing is asked unless ClientEnabled says so', () => {
    expect(memcachedAddresses(config({ServerEnabled: true, Servers: ['192.0.2.1']}))).toEqual([]);
  });

  test('Servers, or else BindAddress and Port, say where', () => {
    expect(memcachedAddresses(config({ClientEnabled: true}))).toEqual([{host: '127.0.0.1', port: 11_211}]);
    expect(memcachedAddresses(config({ClientEnabled: true, Servers: ['a:1', 'b']}))).toEqual([
      {host: 'a', port: 1},
      {host: 'b', port: 11_211},
    ]);
  });

  test.each([
    [{ClientEnabled: true, Servers: ['a:b']}, /“a:b” is no address/],
    [{ClientEnabled: true, ServerEnabled: true, BindAddress: '0.0.0.0'}, /0\.0\.0\.0:11211 is for others too/],
    [{ClientEnabled: true, ServerEnabled: true, Servers: ['127.0.0.1']}, /Servers names others/],
  ])('%j is refused', (memcached, message) => {
    expect(() => memcachedAddresses(config(memcached))).toThrow(message);
  });
});

describe('a memcached of the server’s own', {timeout: 120_000}, () => {
  withMemcached('serves as the account that serves, to this machine alone, and is started again when it dies', async () => {
    const {get, read, memcachedPort, run} = await running();
    await vi.waitFor(async () => expect(await answers(memcachedPort)).toBe(true), {timeout: 20_000, interval: 20});
    const pid = memcachedPid(memcachedPort);
    if (isRoot) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${serving.uid}\\s`, 'm'));
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')).toContain('-l 127.0.0.1 ');
    for (let at = 0; at < 8; at++) expect((await get()).status).toBe(200);
    process.kill(pid, 'SIGKILL');
    for (let at = 0; at < 8; at++) expect((await get()).status).toBe(200);
    await vi.waitFor(async () => expect(memcachedPid(memcachedPort)).not.toBe(pid), {timeout: 20_000, interval: 50});
    expect(read('logs/error.log').match(/memcached has ended/g)).toHaveLength(1);
    await run('stop').done;
    await vi.waitFor(async () => expect(await answers(memcachedPort)).toBe(false), {timeout: 20_000, interval: 20});
  });

  withMemcached('dies with the server, however that dies', async () => {
    const {status, memcachedPort} = await running();
    await vi.waitFor(async () => expect(await answers(memcachedPort)).toBe(true), {timeout: 20_000, interval: 20});
    process.kill((await status()).pid!, 'SIGKILL');
    await vi.waitFor(async () => expect(await answers(memcachedPort)).toBe(false), {timeout: 20_000, interval: 20});
  });

  test('that cannot be started is told of, and the server does without', async () => {
    const port = await freePort();
    const {get, read} = await running({
      Memcached: {ClientEnabled: true, ServerEnabled: true, Port: port, memcached: '/nowhere/memcached'},
    });
    expect((await get()).status).toBe(200);
    await vi.waitFor(() => expect(read('logs/error.log')).toMatch(/nowhere.*memcached has ended/), {
      timeout: 20_000,
      interval: 50,
    });
  });

  withMemcached('no worker takes a Digest request that another has taken', async () => {
    const {url, memcachedPort} = await running({Authentication: {Digest: {Enabled: true}}});
    await vi.waitFor(async () => expect(await answers(memcachedPort)).toBe(true), {timeout: 20_000, interval: 20});
    const target = '/calendars/users/ann/calendar/';
    const challenge = (await fetch(url + target)).headers.get('www-authenticate')!;
    const nonce = /nonce="([^"]+)"/.exec(challenge)![1]!;
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const ha1 = computeHa1('SHA-256', 'ann', 'Test Realm', 'ann');
    const ask = async (count: number) => {
      const nc = count.toString(16).padStart(8, '0');
      const response = hash(`${ha1}:${nonce}:${nc}:c:auth:${hash(`GET:${target}`)}`);
      const authorization = `Digest username="ann", realm="Test Realm", nonce="${nonce}", uri="${target}", algorithm=SHA-256, qop=auth, nc=${nc}, cnonce="c", response="${response}"`;
      // A connection each: they go to the workers in turn.
      return (await fetch(url + target, {headers: {authorization, connection: 'close'}})).status;
    };
    for (let count = 1; count <= 6; count++) {
      expect(await ask(count)).toBe(200);
      expect(await Promise.all([ask(count), ask(count), ask(count)])).toEqual([401, 401, 401]);
    }
  });
});
