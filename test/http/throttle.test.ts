import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {silent} from '../../src/base/log.ts';
import type {SharedMemory} from '../../src/base/shared-memory.ts';
import {createAuthenticator} from '../../src/http/authenticate.ts';
import {HttpRefusal} from '../../src/http/refusal.ts';
import {Throttle} from '../../src/http/throttle.ts';
import {sharedMap} from '../support/shared-memory.ts';

/** A throttle whose clock stands still until it is moved; `slept` is what it made callers wait. */
function make(shared?: SharedMemory) {
  const clock = {now: 1_000_000, slept: [] as number[], checks: 0};
  const throttle = new Throttle({
    shared,
    now: () => clock.now,
    sleep: async ms => {
      clock.slept.push(ms);
    },
  });
  const guess = (address: string, account: string, right = false) =>
    throttle
      .attempt({address, account}, async () => {
        clock.checks++;
        return right ? 'right' : undefined;
      })
      .catch((error: unknown) => {
        if (error instanceof HttpRefusal) return error.status;
        throw error;
      });
  return {clock, throttle, guess};
}

async function times(count: number, work: (at: number) => Promise<unknown>): Promise<unknown[]> {
  const answers = [];
  for (let at = 0; at < count; at++) answers.push(await work(at));
  return answers;
}

describe('guesses from one address', () => {
  test('ten are free, then one more every half minute', async () => {
    const {clock, guess} = make();
    expect(await times(12, () => guess('192.0.2.1', 'ann'))).toEqual([...Array(10).fill(undefined), 429, 429]);
    expect(clock.checks).toBe(10);
    clock.now += 30_000;
    expect(await times(2, () => guess('192.0.2.1', 'ann'))).toEqual([undefined, 429]);
    clock.now += 60 * 60_000;
    expect(await times(11, () => guess('192.0.2.1', 'ann'))).toEqual([...Array(10).fill(undefined), 429]);
  });

  test('are counted together for all accounts', async () => {
    const {guess} = make();
    expect((await times(11, at => guess('192.0.2.1', `user${at}`))).at(-1)).toBe(429);
  });

  test('are counted though they come at once, and no more than that are checked', async () => {
    const {clock, guess} = make();
    const answers = await Promise.all(Array.from({length: 60}, () => guess('192.0.2.1', 'ann')));
    expect(clock.checks).toBe(10);
    expect(answers.filter(answer => answer === 429)).toHaveLength(50);
  });

  test('are told when to try again', async () => {
    const {throttle, guess} = make();
    await times(10, () => guess('192.0.2.1', 'ann'));
    const refused = await throttle.attempt({address: '192.0.2.1', account: 'ann'}, async () => 1).catch(error => error);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('30');
  });

  test('are one customer’s: an IPv6 /64 counts as one, an IPv4 address however written', async () => {
    const {guess} = make();
    expect((await times(11, at => guess(`2001:db8:0:1::${at}`, 'ann'))).at(-1)).toBe(429);
    expect(await guess('2001:DB8::1:0:0:0:1', 'ann')).toBe(429);
    expect(await guess('2001:db8:0:2::1', 'ann')).toBeUndefined();
    await times(10, () => guess('192.0.2.9', 'ann'));
    expect(await guess('::ffff:192.0.2.9', 'ann')).toBe(429);
  });

  test('right passwords at once from one address all get through, however many', async () => {
    const {guess} = make();
    const answers = await Promise.all(Array.from({length: 100}, (_, at) => guess('192.0.2.1', `user${at}`, true)));
    expect(new Set(answers)).toEqual(new Set(['right']));
  });
});

describe('guesses at one account from many addresses', () => {
  test('are slowed more and more, up to five seconds', async () => {
    const {clock, guess} = make();
    await times(30, at => guess(`198.51.100.${at}`, 'ann'));
    expect(clock.slept[0]).toBe(250);
    expect(clock.slept).toEqual([...clock.slept].sort((a, b) => a - b));
    expect(Math.max(...clock.slept)).toBe(5000);
  });

  test('never refuse the right password from another address', async () => {
    const {guess} = make();
    await times(200, at => guess(`198.51.100.${at}`, 'ann'));
    expect(await guess('192.0.2.1', 'ann', true)).toBe('right');
  });

  test('do not even delay an address that has logged in lately', async () => {
    const {clock, guess} = make();
    await guess('192.0.2.1', 'ann', true);
    await times(50, at => guess(`198.51.100.${at}`, 'ann'));
    clock.slept.length = 0;
    expect(await guess('192.0.2.1', 'Ann', true)).toBe('right');
    expect(clock.slept).toEqual([]);
  });

  test('an address that has logged in is not shut out by others behind the same address', async () => {
    const {guess} = make();
    await guess('192.0.2.1', 'ann', true);
    await times(20, () => guess('192.0.2.1', 'bob'));
    expect(await guess('192.0.2.1', 'bob', true)).toBe(429);
    expect(await guess('192.0.2.1', 'ann', true)).toBe('right');
  });

  test('an address that has logged in may not guess on for ever either', async () => {
    const {guess} = make();
    await guess('192.0.2.1', 'ann', true);
    expect((await times(11, () => guess('192.0.2.1', 'ann'))).at(-1)).toBe(429);
  });
});

describe('what is remembered', () => {
  test('is bounded', async () => {
    const {clock, guess} = make();
    await times(45_000, at => guess(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, `user${at}`));
    expect(clock.checks).toBe(45_000);
    expect(await guess('192.0.2.1', 'ann', true)).toBe('right');
  });

  test('a check that fails for our own fault counts as nothing and frees its place', async () => {
    const {throttle, guess} = make();
    for (let at = 0; at < 30; at++) {
      const broken = throttle.attempt({address: '192.0.2.1', account: 'ann'}, async () => {
        throw new Error('disk');
      });
      await expect(broken).rejects.toThrow('disk');
    }
    expect(await guess('192.0.2.1', 'ann')).toBeUndefined();
  });
});

describe('a check that costs nothing', () => {
  test('answers a right one at once whatever came before, and wrong ones ever more slowly', async () => {
    const {clock, throttle} = make();
    const who = {address: '192.0.2.1', account: 'ann'};
    await times(30, () => throttle.answer(who, () => undefined));
    expect(clock.slept.at(-1)).toBe(5000);
    clock.slept.length = 0;
    expect(await throttle.answer(who, () => 'right')).toBe('right');
    expect(clock.slept).toEqual([]);
  });

  test('no more than ten wrong ones wait at once', async () => {
    let wake = () => {};
    const night = new Promise<void>(resolve => {
      wake = resolve;
    });
    const throttle = new Throttle({now: () => 0, sleep: () => night});
    const answers = Array.from({length: 20}, () => throttle.answer({address: 'a', account: 'ann'}, () => undefined));
    const settled = Promise.allSettled(answers);
    wake();
    const statuses = (await settled).map(one => (one.status === 'rejected' ? one.reason.status : undefined));
    expect(statuses.filter(status => status === 429).length).toBe(10);
  });
});

describe('a forgotten device', () => {
  test('that repeats one old password all day counts once and locks nobody out', async () => {
    let now = 1_000_000;
    const directory = parseDirectory('<accounts realm="R"><user><uid>ann</uid><password>new</password></user></accounts>', 'f');
    let verified = 0;
    const counting = {
      ...directory,
      verify(uid: string, password: string) {
        verified++;
        return directory.verify(uid, password);
      },
    };
    const throttle = new Throttle({now: () => now, sleep: async () => {}});
    const authenticator = createAuthenticator({
      directory: () => counting,
      basic: {enabled: true, allowedOverWireUnencrypted: false},
      digest: {enabled: false, algorithms: []},
      log: silent,
      now: () => now,
      throttle,
    });
    const send = (password: string) =>
      authenticator
        .authenticate({
          method: 'PROPFIND',
          path: '/',
          query: '',
          headers: {authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`},
          body: new Uint8Array(),
          address: '192.0.2.1',
          secure: true,
        })
        .then(
          principal => principal?.uids[0],
          error => error.status,
        );
    for (let second = 0; second < 3600; second += 10) {
      now += 10_000;
      expect(await send('old')).toBe(401);
    }
    expect(verified).toBeLessThanOrEqual(7);
    expect(await send('new')).toBe('ann');
  });
});

describe('guesses at several processes that share a memory', () => {
  test('are counted together', async () => {
    const shared = sharedMap();
    const [one, two] = [make(shared), make(shared)];
    expect(await times(6, () => one.guess('192.0.2.1', 'ann'))).toEqual(Array(6).fill(undefined));
    expect(await times(5, () => two.guess('192.0.2.1', 'ann'))).toEqual([...Array(4).fill(undefined), 429]);
    expect(await one.guess('192.0.2.1', 'bob')).toBe(429);
    one.clock.now += 30_000;
    expect(await one.guess('192.0.2.1', 'bob')).toBeUndefined();
  });

  test('who has logged in to one has a count of its own at all', async () => {
    const shared = sharedMap();
    const [one, two] = [make(shared), make(shared)];
    expect(await one.guess('192.0.2.1', 'ann', true)).toBe('right');
    await times(10, () => one.guess('192.0.2.1', 'bob'));
    expect(await two.guess('192.0.2.1', 'carol', true)).toBe(429);
    expect(await two.guess('192.0.2.1', 'ann', true)).toBe('right');
  });

  test('what makes no sense there is not counted', async () => {
    const shared = {...sharedMap(), recall: async () => 'NaN never'};
    const {guess} = make(shared);
    expect(await times(11, () => guess('192.0.2.1', 'ann'))).toEqual([...Array(10).fill(undefined), 429]);
  });
});
