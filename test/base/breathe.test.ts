import {expect, test} from 'vitest';
import {breathe} from '../../src/base/breathe.ts';

/** Keeps the thread busy. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('others have their turn between pieces of work, however many go on at once', async () => {
  const done: string[] = [];
  const timer = setInterval(() => done.push('other'), 0);
  const worker = async () => {
    for (let piece = 0; piece < 3; piece++) {
      await breathe();
      work(20);
      done.push('piece');
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  clearInterval(timer);
  expect(done.filter(each => each === 'piece')).toHaveLength(9);
  expect(done.join(' ')).not.toContain('piece piece');
});

test('pieces that become ready in one moment go on one by one, where each waits only for a pause there is', async () => {
  const done: string[] = [];
  const timer = setInterval(() => done.push('other'), 0);
  const piece = async () => {
    const pause = breathe();
    if (pause) await pause;
    work(20);
    done.push('piece');
  };
  await breathe();
  await Promise.all(Array.from({length: 4}, () => Promise.resolve().then(piece)));
  clearInterval(timer);
  expect(done.join(' ')).not.toContain('piece piece');
});

test('short work does not wait', async () => {
  await breathe();
  expect(breathe()).toBeUndefined();
});
