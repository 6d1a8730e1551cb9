import {expect, test} from 'vitest';
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
