import {spawnSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {isRunning} from '../../src/base/is-running.ts';

test('a process runs until it has ended, whosever it is; what is no number is none', () => {
  expect([isRunning(process.pid), isRunning(1)]).toEqual([true, true]);
  expect([isRunning(spawnSync(process.execPath, ['--version']).pid), isRunning(Number.NaN)]).toEqual([false, false]);
});
