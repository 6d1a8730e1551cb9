import {randomUUID} from 'node:crypto';
import {mkdir, open, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {withTemporary} from '../base/traces.ts';
import {nearestExisting} from './mounts.ts';

/** How long it takes to make a small write durable. */
export interface SyncSpeed {
  readonly rounds: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

const mostRounds = 40;
const mostMs = 1500;

/** Writes a small file with fsync and rename over and over, for at most a second and a half, in a temporary folder that is then gone. */
export async function measureSync(folder: string): Promise<SyncSpeed> {
  const parent = await nearestExisting(folder);
  return withTemporary(join(parent, `.caldav-doctor-${randomUUID()}`), async place => {
    await mkdir(place, {mode: 0o700});
    const times: number[] = [];
    const bytes = Buffer.alloc(2048, 'x');
    const end = performance.now() + mostMs;
    while (times.length < mostRounds && (times.length < 3 || performance.now() < end)) {
      const start = performance.now();
      const file = await open(join(place, 'new'), 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(join(place, 'new'), join(place, 'kept'));
      const directory = await open(place);
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const round = (ms: number) => Math.round(ms * 100) / 100;
    return {rounds: times.length, medianMs: round(times[times.length >> 1]!), slowestMs: round(times.at(-1)!)};
  });
}
