import {describe, expect, test} from 'vitest';
import {temporaryFolder} from '../support/temporary.ts';
import {failpoints} from './failpoints.ts';
import {Harness, harms} from './harness.ts';

const seed = Number(process.env.CALDAV_CRASH_SEED ?? Date.now() % 1_000_000);

describe(`a server that is killed under load (CALDAV_CRASH_SEED=${seed})`, () => {
  test('at any moment, one worker or all, keeps what it answered and tears nothing', async () => {
    await using harness = await Harness.make(await temporaryFolder(), seed);
    await harness.crew.start();
    const began = Date.now();
    while (harness.totals().kills < 15 && Date.now() - began < 15_000) await harness.randomKill(200);
    await harness.cleanStop();
    expect(harness.totals().answered).toBeGreaterThan(0);
  }, 90_000);

  test('at each step of what it stores does the same', async () => {
    await using harness = await Harness.make(await temporaryFolder(), seed, {workers: 1});
    for (const name of failpoints) await harness.killAt(name);
    await harness.crew.start();
    await harness.cleanStop();
    expect(harness.totals().kinds.failpoint).toBe(failpoints.length);
  }, 240_000);

  test.for(['before commit', 'units kept', 'file in place', 'struck out'])(
    'in one worker of two (%s) is whole at once as the other shows it, and owes no file in the end',
    {timeout: 90_000},
    async name => {
      await using harness = await Harness.make(await temporaryFolder(), seed);
      await harness.killOneAt(name);
      await harness.cleanStop();
    },
  );

  test('whatever happens to its indexes while it is stopped, goes on with what the files hold', async () => {
    await using harness = await Harness.make(await temporaryFolder(), seed, {workers: 1});
    for (const harm of harms) {
      await harness.crew.start();
      await harness.check();
      await harness.load(150);
      await harness.cleanStop();
      await harness.spoilIndexes(harm);
    }
    await harness.crew.start();
    await harness.check();
    expect(harness.totals().indexesSpoiled).toBe(2 * harms.length);
  }, 90_000);
});
