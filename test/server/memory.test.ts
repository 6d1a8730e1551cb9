import {execFileSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {cacheBytesFor, workerFlags} from '../../src/server/memory.ts';

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

  test('the bytes of objects take 32 MiB in all workers together, and in one at least 8', () => {
    expect([1, 2, 4, 64].map(workers => cacheBytesFor(workers) / 2 ** 20)).toEqual([32, 16, 8, 8]);
  });
});
