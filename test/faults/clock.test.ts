import {describe, expect, test, vi} from 'vitest';
import {dav} from '../../src/xml/names.ts';
import {calendar, event} from './event.ts';
import {canFake} from './faulty.ts';
import {startFaulty} from './one-server.ts';

vi.setConfig({testTimeout: 90_000, hookTimeout: 90_000});

const day = 86_400;

describe.skipIf(!canFake)('a clock that is set (needs Linux and a C compiler)', () => {
  test.for([
    {what: 'forward ten years and back', clocks: [3650 * day, 0, -3650 * day, 0]},
    {what: 'back ten years and forward', clocks: [-3650 * day, 0, 3650 * day, 0]},
    {what: 'to the year 2300 once, and right again', clocks: [100_000 * day, 0]},
  ])('$what: while it runs and over restarts, tokens given out before stay true and none comes twice', async ({clocks}) => {
    const {ann, crew, faulty} = await startFaulty();
    const members = new Set<string>();
    const copy = {token: '', members: new Set<string>()};
    const tokens = new Set<string>();
    let count = 0;
    const step = async () => {
      const uid = `e${++count}`;
      expect((await ann.put(`${calendar}${uid}.ics`, event(uid))).status).toBe(201);
      members.add(`${calendar}${uid}.ics`);
      if (count % 3 === 0) {
        const [first] = members;
        expect((await ann.delete(first!)).status).toBe(204);
        members.delete(first!);
      }
      const answer = await ann.sync(calendar, copy.token);
      if (answer.error === dav('valid-sync-token')) throw new Error(`the token ${copy.token} is refused`);
      for (const path of answer.removed) copy.members.delete(path);
      for (const path of answer.changed) copy.members.add(path);
      expect([...copy.members].sort()).toEqual([...members].sort());
      expect(tokens.has(answer.token!)).toBe(false);
      tokens.add(answer.token!);
      copy.token = answer.token!;
    };
    await step();
    for (const seconds of clocks) {
      faulty.setClock(seconds);
      await step();
      await step();
      crew.prepare();
      await crew.stop();
      await crew.start();
      await step();
    }
  });
});
