import {describe, expect, test} from 'vitest';
import type {Outcome, Work} from '../../../src/store/file/operations.ts';
import {Queue} from '../../../src/store/file/queue.ts';

const work: Work = {reads: [], operations: []};

/** A queue whose batches are kept when the test says so. */
function heldQueue() {
  const batches: {size: number; answer(outcome: Outcome): void}[] = [];
  let isEmpty = 0;
  const send = (works: readonly Work[]) =>
    new Promise<Outcome[]>(resolve => batches.push({size: works.length, answer: outcome => resolve(works.map(() => outcome))}));
  const queue = new Queue(send, () => isEmpty++);
  const keep = (count: number) => Promise.all(Array.from({length: count}, () => queue.keep(work)));
  return {queue, batches, keep, emptied: () => isEmpty};
}

/** The other turns of the event loop that are due, and more than the time for which others are waited for. */
const patience = () => new Promise(resolve => setTimeout(resolve, 20));

describe('units of work on one home', () => {
  test('that come in one turn share a batch', async () => {
    const {batches, keep, emptied} = heldQueue();
    const kept = keep(5);
    await patience();
    expect(batches.map(({size}) => size)).toEqual([5]);
    batches[0]!.answer('kept');
    expect(await kept).toEqual(Array(5).fill('kept'));
    await patience();
    expect(emptied()).toBe(1);
  });

  test('that come while a batch is being kept wait for those who were answered, to share the next', async () => {
    const {batches, keep} = heldQueue();
    const first = keep(2).then(() => keep(2));
    await patience();
    const second = keep(2);
    batches[0]!.answer('kept');
    await patience();
    expect(batches.map(({size}) => size)).toEqual([2, 4]);
    batches[1]!.answer('kept');
    expect((await Promise.all([first, second])).flat()).toEqual(Array(4).fill('kept'));
  });

  test('wait in vain only for a moment, and the next time for fewer', async () => {
    const {batches, keep} = heldQueue();
    const first = keep(3);
    await patience();
    const second = keep(1);
    batches[0]!.answer('conflict');
    expect(await first).toEqual(['conflict', 'conflict', 'conflict']);
    await patience();
    expect(batches.map(({size}) => size)).toEqual([3, 1]);
    const third = keep(1);
    batches[1]!.answer('kept');
    await second;
    await patience();
    expect(batches.map(({size}) => size)).toEqual([3, 1, 1]);
    batches[2]!.answer('kept');
    await third;
  });

  test('all hear of what goes wrong with their batch, and the next one is sent', async () => {
    let failures = 0;
    const queue = new Queue(
      async works => {
        if (failures++ === 0) throw new Error('the disk fails');
        return works.map(() => 'kept' as const);
      },
      () => {},
    );
    const results = await Promise.allSettled([queue.keep(work), queue.keep(work)]);
    expect(results.map(({status}) => status)).toEqual(['rejected', 'rejected']);
    expect(await queue.keep(work)).toBe('kept');
  });
});
