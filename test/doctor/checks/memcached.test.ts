import {describe, expect, test} from 'vitest';
import {parseConfig} from '../../../src/config/load.ts';
import type {DoctorContext} from '../../../src/doctor/check.ts';
import {judge, memcached} from '../../../src/doctor/checks/memcached.ts';
import {freePort} from '../../support/loopback.ts';
import {pretendMemcached, startMemcached} from '../../support/memcached.ts';
import {testWith} from '../../support/programs.ts';

const context = (keys: Record<string, string | number | boolean | string[]>) =>
  ({config: parseConfig({plist: {Memcached: keys}, file: '/f', folder: '/'})}) as DoctorContext;
const run = (keys: Parameters<typeof context>[0]) => memcached.run(context({ClientEnabled: true, ...keys}));

describe('memcached', () => {
  test('is not looked at unless it is used', () => {
    expect(memcached.applies!(context({ServerEnabled: true}))).toBe(false);
    expect(memcached.applies!(context({ClientEnabled: true}))).toBe(true);
  });

  testWith('memcached')('that answers this machine alone is well', async () => {
    const {address} = await startMemcached();
    expect(await run({Port: address.port})).toMatchObject([
      {status: 'ok', message: expect.stringMatching(/memcached \d\S* answers/)},
    ]);
  });

  test('that does not answer, or is something else, is told of', async () => {
    expect(await run({Port: await freePort()})).toMatchObject([
      {status: 'warn', message: expect.stringContaining('nothing answers')},
    ]);
    const {port} = await pretendMemcached(socket => socket.on('data', () => socket.write('ERROR\r\n')));
    expect(await run({Port: port})).toMatchObject([{status: 'warn'}]);
  });

  test('that others can reach is told of', () => {
    const own = {host: '127.0.0.1', port: 1};
    const statuses = (listensAt: readonly string[], address = own) =>
      judge(address, {version: '1.6', listensAt}).map(({status}) => status);
    expect(statuses([])).toEqual(['ok', 'warn']);
    expect(statuses(['127.0.0.1', '192.0.2.1'])).toEqual(['ok', 'warn']);
    expect(statuses(['127.0.0.1', '::1'])).toEqual(['ok']);
    expect(statuses(['192.0.2.1'], {host: '192.0.2.1', port: 1})).toEqual(['ok', 'warn']);
  });

  test('that cannot be meant so fails', async () => {
    expect(await run({Servers: ['a b']})).toMatchObject([{status: 'fail', fix: expect.stringContaining('HOST:PORT')}]);
  });
});
