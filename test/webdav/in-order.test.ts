import {expect, test} from 'vitest';
import {inOrder} from '../../src/webdav/in-order.ts';

const all = async <T>(items: Iterable<T | Promise<T>>) => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

test('answers come in the order of the items, whichever is done first, and no more than a few are under way', async () => {
  let running = 0;
  let most = 0;
  const work = async (item: number) => {
    most = Math.max(most, ++running);
    // Later items need fewer turns.
    for (let turn = item; turn < 10; turn++) await Promise.resolve();
    running--;
    return item * 2;
  };
  expect(await all(inOrder([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, work))).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(most).toBe(3);
});

test('what is at hand is given at once', () => {
  expect([...inOrder([1, 2], 3, item => item * 2)]).toEqual([2, 4]);
});

test('a failure is thrown in its turn', async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : item);
  const found: number[] = [];
  await expect(async () => {
    for await (const item of inOrder([1, 2, 3], 8, work)) found.push(item);
  }).rejects.toThrow('two');
  expect(found).toEqual([1]);
});
