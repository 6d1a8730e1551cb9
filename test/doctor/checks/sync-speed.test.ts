import {expect, test} from 'vitest';
import {judge} from '../../../src/doctor/checks/sync-speed.ts';
import {measureSync} from '../../../src/doctor/sync-speed.ts';
import {temporaryFolder} from '../../support/temporary.ts';

test('what is measured is real: at least three rounds, and none took no time', async () => {
  const speed = await measureSync(await temporaryFolder());
  expect(speed.rounds).toBeGreaterThanOrEqual(3);
  expect(speed.slowestMs).toBeGreaterThan(0);
  expect(speed.slowestMs).toBeGreaterThanOrEqual(speed.medianMs);
});

test('a disk that takes longer than 50 ms is a warning', () => {
  expect(judge('DocumentRoot', {rounds: 40, medianMs: 2, slowestMs: 300}).status).toBe('ok');
  expect(judge('DocumentRoot', {rounds: 10, medianMs: 120, slowestMs: 300})).toMatchObject({
    status: 'warn',
    fix: expect.stringContaining('solid-state'),
  });
});
