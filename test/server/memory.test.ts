import {execFileSync} from 'node:child_process';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {restWhenIdle, workerFlags} from '../../src/server/memory.ts';

/** What the young generation has taken after much was made and thrown away while a little was kept, in MiB. */
const young = `
  const kept = [];
  for (let at = 0; at < 3e6; at++) { const made = {at, text: 'x' + at}; if (at % 10 === 0) kept[at % 2e5] = made; }
  const space = require('node:v8').getHeapSpaceStatistics().find(({space_name}) => space_name === 'new_space');
  process.stdout.write(String(space.space_size / 2 ** 20));`;

const youngWith = (flags: readonly string[]) =>
  Number(execFileSync(process.execPath, [...flags, '-e', young], {encoding: 'utf8'}));

describe('what a worker may take of memory', () => {
  test('Node knows the flags, and its young generation stays below 16 MiB where it would grow beyond', () => {
    expect(youngWith(workerFlags)).toBeLessThanOrEqual(16);
    expect(youngWith([])).toBeGreaterThan(16);
  });

  test('the flags let a worker collect its garbage when it likes', () => {
    const said = execFileSync(process.execPath, [...workerFlags, '-p', 'typeof gc'], {encoding: 'utf8'});
    expect(said.trim()).toBe('function');
  });
});

describe('a worker at rest', () => {
  afterEach(() => void vi.useRealTimers());

  test('gives memory back once nothing comes for half a minute after many requests, at once if it is much, and not again before as many more', () => {
    vi.useFakeTimers();
    let requests = 0;
    const collect = vi.fn();
    let taken = 150 * 2 ** 20;
    using _ = restWhenIdle(
      () => requests,
      collect as unknown as NodeJS.GCFunction,
      () => taken,
    );
    const idle = (more: number, seconds: number) => {
      requests += more;
      vi.advanceTimersByTime(seconds * 1000);
      return collect.mock.calls.length;
    };
    expect([idle(800, 1), idle(1, 30), idle(0, 1), idle(0, 60)]).toEqual([0, 0, 1, 1]);
    expect([idle(100, 60), idle(400, 29), idle(0, 30)]).toEqual([1, 1, 2]);
    taken = 250 * 2 ** 20;
    expect([idle(800, 1), idle(0, 1), idle(0, 60)]).toEqual([2, 3, 3]);
  });

  test('does nothing any more once it has ended', () => {
    vi.useFakeTimers();
    const collect = vi.fn();
    restWhenIdle(() => 1000, collect as unknown as NodeJS.GCFunction)[Symbol.dispose]();
    vi.advanceTimersByTime(10_000);
    expect(collect).not.toHaveBeenCalled();
  });
});
