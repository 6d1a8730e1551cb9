import {describe, expect, test, vi} from 'vitest';
import {measure, prepare} from '../../bench/measure.ts';
import {workloads} from '../../bench/workloads.ts';
import {serve} from '../support/serve.ts';

vi.setConfig({testTimeout: 60_000});

describe('the workloads', () => {
  test('each is answered right, and measures with the load it is given', async () => {
    const {base} = await serve({bench: []});
    const port = Number(new URL(base).port);
    const {ground} = await prepare(port, 120);
    const target = {port, cpuMs: () => undefined};
    for (const row of workloads) {
      const how = {connections: row.id === 'W7-new' ? [3] : [], seconds: 0.1, repetitions: 1};
      for (const {ours} of await measure(row, ground, {ours: target, bare: target}, how)) expect(ours).toMatchObject({errors: 0});
    }
  });

  test('a wrong answer stops it', async () => {
    const {base} = await serve({bench: []});
    const port = Number(new URL(base).port);
    const target = {port, cpuMs: () => undefined};
    const {ground} = await prepare(port, 100);
    const listing = workloads.find(({id}) => id === 'W2')!;
    const lost = {...ground, events: ground.events.slice(1)};
    await expect(
      measure(listing, lost, {ours: target, bare: target}, {connections: [], seconds: 1, repetitions: 1}),
    ).rejects.toThrow('W2: the answer to request 0 is wrong: 101 responses instead of 100');
  });

  test('no two have the same name', () => {
    expect(new Set(workloads.map(({id}) => id)).size).toBe(workloads.length);
  });
});
