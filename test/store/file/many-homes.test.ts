import {readdirSync, readlinkSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {shares} from '../../../src/base/memory.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';

/** Indexes that this process has open, one that is open more than once counted as often. */
function openIndexes(): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/.home.sqlite');
    } catch {
      return false;
    }
  }).length;
}

describe.runIf(process.platform === 'linux')('what goes to many homes at one go', () => {
  test('is stored in all of them, without all being open at once', {timeout: 180_000}, async () => {
    const root = await temporaryFolder();
    const store = await openFileStore({root, log: silent, index: indexFile});
    const homes = Array.from({length: 250}, (_, at): HomeId => `calendars/home-${at}`);
    let most = 0;
    let at = 0;
    const storeSome = async () => {
      for (let home = homes[at++]; home; home = homes[at++]) {
        await store.createHome(home, unit => void unit.createCollection('calendar', []));
        await store.write(home, unit => void unit.put('calendar/1.txt', new TextEncoder().encode(home)));
        most = Math.max(most, openIndexes());
      }
    };
    await Promise.all(Array.from({length: 8}, storeSome));
    // Two connections each for those that are written, one for those that are read.
    expect(most).toBeLessThanOrEqual(2 * (4 * shares.homesToWrite + 16) + shares.homesToRead + 16);
    for (const home of homes) {
      const bytes = await (await store.view(home))?.read('calendar/1.txt');
      expect(new TextDecoder().decode(bytes)).toBe(home);
    }
    await store.close();
  });
});
