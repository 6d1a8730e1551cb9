import {randomBytes} from 'node:crypto';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {silent} from '../../src/base/log.ts';
import type {Address} from '../../src/memcached/address.ts';
import {openServer} from '../../src/memcached/server.ts';
import {openSharedMemory} from '../../src/memcached/shared-memory.ts';
import {freePort} from '../support/loopback.ts';
import {keeping, pretendMemcached, startMemcached, stopMemcached} from '../support/memcached.ts';
import {testWith} from '../support/programs.ts';

const secret = Buffer.alloc(32, 7);

/** What one process has of it, until the test ends. */
function open(
  servers: readonly Address[],
  options: {secret?: Uint8Array; log?: typeof silent; now?(): number; patienceMs?: number} = {},
) {
  const shared = openSharedMemory({servers, secret, log: silent, patienceMs: 10_000, ...options});
  onTestFinished(() => shared.close());
  return shared;
}

const withMemcached = testWith('memcached');

/** Keys and values, as whoever reaches the memcached sees them. */
function raw(address: Address) {
  const server = openServer(address, silent);
  onTestFinished(() => server.close());
  return server;
}

/** Asks until it is answered as wanted: after a failure it is not asked for a while. */
async function until<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  await vi.waitFor(async () => expect(await ask()).toEqual(wanted), {timeout: 20_000, interval: 20});
}

describe('a memory that processes share by memcached', () => {
  withMemcached('what one remembers the other recalls, and a name is claimed once', async () => {
    const {address} = await startMemcached();
    const [one, two] = [open([address]), open([address])];
    await one.remember('some name', 'a value\r\nwith lines, ümlauts', 60);
    expect(await two.recall('some name')).toBe('a value\r\nwith lines, ümlauts');
    expect(await two.recall('another')).toBeUndefined();
    expect(await Promise.all([one.claim('it', 60), two.claim('it', 60), one.claim('other', 60)])).toEqual(
      expect.arrayContaining([true, false, true]),
    );
    expect(await one.claim('it', 60)).toBe(false);
  });

  withMemcached('names are spread over several servers, and found again', async () => {
    const {address: first} = await startMemcached();
    const {address: second, child} = await startMemcached();
    const [one, two] = [open([first, second]), open([first, second])];
    const names = Array.from({length: 40}, (_, at) => `name ${at}`);
    await Promise.all(names.map(name => one.remember(name, name, 60)));
    expect(await Promise.all(names.map(name => two.recall(name)))).toEqual(names);
    await stopMemcached(child);
    const left = (await Promise.all(names.map(name => two.recall(name)))).filter(Boolean);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(40);
  });

  withMemcached('who has another secret finds nothing', async () => {
    const {address} = await startMemcached();
    await open([address]).remember('name', 'value', 60);
    expect(await open([address], {secret: randomBytes(32)}).recall('name')).toBeUndefined();
  });

  test('neither name nor password goes to the server, and what others write there is not believed', async () => {
    const seen: string[] = [];
    let stored = '';
    const address = await pretendMemcached(socket =>
      socket.on('data', data => {
        const text = String(data);
        seen.push(text);
        if (text.startsWith('set')) {
          stored = text.split('\r\n')[1]!;
          socket.write('STORED\r\n');
        } else socket.write(`VALUE ${text.slice(4).trim()} 0 ${stored.length}\r\n${stored}\r\nEND\r\n`);
      }),
    );
    let now = Date.now();
    const shared = open([address], {now: () => now});
    await shared.remember('ann and her password', 'value', 60);
    expect(await shared.recall('ann and her password')).toBe('value');
    expect(seen.join()).not.toMatch(/ann|password/);
    // One entry under another name, and the same with another value or a longer life.
    expect(await shared.recall('bob and his password')).toBeUndefined();
    const right = stored;
    stored = right.replace('value', 'forge');
    expect(await shared.recall('ann and her password')).toBeUndefined();
    stored = right.replace(/ \d/, ' 9');
    expect(await shared.recall('ann and her password')).toBeUndefined();
    stored = right;
    expect(await shared.recall('ann and her password')).toBe('value');
    now += 61_000;
    expect(await shared.recall('ann and her password')).toBeUndefined();
  });
});

describe('a memcached that fails', () => {
  withMemcached('that dies is missed without an error, told of once, and used again when it is back', async () => {
    const log = keeping();
    const {address, child} = await startMemcached();
    const shared = open([address], {log});
    await shared.remember('name', 'value', 60);
    expect(await shared.recall('name')).toBe('value');
    await stopMemcached(child);
    await vi.waitFor(
      async () => {
        expect(await shared.recall('name')).toBeUndefined();
        expect(await shared.claim('name', 60)).toBeUndefined();
        expect(log.messages).toHaveLength(1);
      },
      {timeout: 20_000, interval: 20},
    );
    await startMemcached({port: address.port});
    await until(() => shared.claim('again', 60), true);
    expect(log.messages).toEqual([expect.stringContaining('cannot be asked'), expect.stringContaining('answers again')]);
  });

  withMemcached('that is full forgets, and nobody hears an error', async () => {
    const log = keeping();
    const {address} = await startMemcached({options: ['-m', '8', '-M']});
    const shared = open([address], {log});
    const value = 'x'.repeat(100_000);
    for (let at = 0; at < 120; at++) await shared.remember(`name ${at}`, value, 60);
    const found = await Promise.all(Array.from({length: 120}, (_, at) => shared.recall(`name ${at}`)));
    expect(found.filter(one => one === value).length).toBeGreaterThan(0);
    expect(found.filter(one => one === undefined).length).toBeGreaterThan(0);
    expect(log.messages).toEqual([]);
  });

  const faults: [string, Parameters<typeof pretendMemcached>[0]][] = [
    ['takes connections and never answers', () => {}],
    ['ends every connection', socket => socket.destroy()],
    ['answers with what is no answer', socket => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['says that everything is there and holds nothing', socket => socket.on('data', () => socket.write('NOT_STORED\r\nEND\r\n'))],
    ['promises more than it gives', socket => socket.on('data', () => socket.write('VALUE x 0 4294967296\r\nabc'))],
    ['promises a length that is none', socket => socket.on('data', () => socket.write('VALUE x 0 -1\r\nEND\r\n'))],
    [
      'speaks without end',
      socket => {
        const speak = () => void (socket.destroyed || socket.write('x'.repeat(10_000), speak));
        speak();
      },
    ],
    ['has an error for everything', socket => socket.on('data', () => socket.write('SERVER_ERROR out of memory\r\n'))],
  ];

  test.each(faults)('that %s knows nothing and refuses nobody', async (_, serve) => {
    const shared = open([await pretendMemcached(serve)], {patienceMs: 20});
    for (let at = 0; at < 3; at++) {
      expect(await shared.recall('name')).toBeUndefined();
      expect(await shared.claim('name', 60)).toBeUndefined();
      await shared.remember('name', 'value', 60);
    }
  });

  test('that is not there is asked ever less often', async () => {
    let asked = 0;
    const address = await pretendMemcached(socket => {
      asked++;
      socket.destroy();
    });
    const shared = open([address], {patienceMs: 20});
    for (let at = 0; at < 200; at++) await shared.recall(`name ${at}`);
    expect(asked).toBeLessThan(50);
    expect(await open([{host: '127.0.0.1', port: await freePort()}]).recall('name')).toBeUndefined();
  });

  test('that answers late is not taken for answering the next question', async () => {
    const held: (() => void)[] = [];
    const address = await pretendMemcached(socket => {
      socket.on('data', data => {
        const key = String(data).split(' ')[1]!.trim();
        const answer = () => socket.write(`VALUE ${key} 0 3\r\nold\r\nEND\r\n`);
        if (held.length === 0) held.push(answer);
        else socket.write(`VALUE ${key} 0 3\r\nnew\r\nEND\r\n`);
      });
    });
    const server = raw(address);
    // Asked until the connection is there and the question has come.
    await vi.waitFor(async () => {
      expect(await server.get('one')).toBeUndefined();
      expect(held).toHaveLength(1);
    });
    held[0]!();
    await until(() => server.get('two'), 'new');
  });
});
