import {expect, test} from 'vitest';
import type {HomeUnit} from '../../../src/store/store.ts';
import {timesAsLong} from '../../support/cost.ts';
import {openTemporary} from './open-temporary.ts';

test('what is put costs no more for all that was put before it in the same unit of work', async () => {
  const {store} = await openTemporary();
  const home = 'calendars/a0000000-0000-4000-8000-000000000001';
  await store.createHome(home, unit => unit.createCollection('files', []));
  const puts = 20_000;
  const bytes = new Uint8Array(10);
  let ratio = Number.POSITIVE_INFINITY;
  const measure = store.write(home, unit => {
    const put = (name: string) => unit.put(`files/${name}`, bytes);
    for (let at = 0; at < puts; at++) put(`first-${at}`);
    let round = 0;
    const next = () => {
      round++;
      for (let at = 0; at < 100; at++) put(`next-${round}-${at}`);
    };
    ratio = timesAsLong(next, () => {
      for (let at = 0; at < 100; at++) unit.find(`files/other-${at}`);
    });
    throw new Error('enough');
  });
  await expect(measure).rejects.toThrow('enough');
  expect(ratio).toBeLessThan(25);
});

test('what others add meanwhile undoes a decision on a limit only where it goes beyond the limit', async () => {
  const {store} = await openTemporary();
  const home = 'calendars/a0000000-0000-4000-8000-000000000001';
  await store.createHome(home, unit => unit.createCollection('files', []));
  const bytes = new Uint8Array(10);
  const runs = async (name: string, decide: (unit: HomeUnit) => void) => {
    let count = 0;
    await store.write(home, async unit => {
      decide(unit);
      if (count++ === 0) await store.write(home, other => void other.put(`files/${name}-other`, bytes));
      unit.put(`files/${name}`, bytes);
    });
    return count;
  };
  expect(await runs('a', unit => unit.count('files', 99) && unit.usedBytes(1_000))).toBe(1);
  expect(await runs('b', unit => unit.count('files', 2))).toBe(2);
  expect(await runs('c', unit => unit.usedBytes(45))).toBe(2);
  expect(await runs('d', unit => unit.count('files'))).toBe(2);
  expect(await runs('e', unit => [unit.count('files', 99), unit.count('files', 8)])).toBe(2);
});
