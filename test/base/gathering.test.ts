import {describe, expect, test} from 'vitest';
import {Gathering} from '../../src/base/gathering.ts';

describe('work on one thing that comes at the same time', () => {
  test('is done together, in order, once what was begun is over; other things do not wait', async () => {
    const batches: string[] = [];
    const {promise: over, resolve: end} = Promise.withResolvers<void>();
    const gathering = new Gathering<string, number, number>(async (key, items) => {
      batches.push(`${key} ${items.join()}`);
      if (items[0] === 1) await over;
      return items.map(item => item * 10);
    }, 3);
    const all = [1, 2, 3, 4, 5].map(item => gathering.add('a', item));
    expect(await gathering.add('b', 7)).toBe(70);
    end();
    expect(await Promise.all(all)).toEqual([10, 20, 30, 40, 50]);
    expect(batches).toEqual(['a 1', 'b 7', 'a 2,3,4', 'a 5']);
    expect(await gathering.add('a', 6)).toBe(60);
  });

  test('fails for the one alone that is broken', async () => {
    const gathering = new Gathering<string, number, number>(async (_, items) => {
      await undefined;
      if (items.includes(3)) throw new Error('broken');
      return items;
    }, 10);
    const settled = await Promise.allSettled([1, 2, 3, 4].map(item => gathering.add('a', item)));
    expect(settled.map(({status}) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await gathering.add('a', 5)).toBe(5);
  });
});
