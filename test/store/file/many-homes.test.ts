import {readdirSync, readlinkSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {shares} from '../../../src/base/memory.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';

/** Indexes that this process has open, however often: SQLite puts off closing one that it has open elsewhere. */
function openIndexes(): number {
  const open = readdirSync('/proc/self/fd').map(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return new Set(open.filter(file => file.endsWith('/.home.sqlite'))).size;
}

describe.runIf(process.platform === 'linux')('what goes to many homes at one go', () => {
  test('is stored in all of them, without all being open at once', {timeout: 180_000}, async () => {
    const root = await temporaryFolder();
    const store = await openFileStore({root, log: silent, index: indexFile});
    const homes = Array.from({length: 400}, (_, at): HomeId => `calendars/home-${at}`);
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
    expect(most).toBeLessThanOrEqual(4 * shares.homesToWrite + shares.homesToRead + 32);
    for (const home of homes) {
      const bytes = await (await store.view(home))?.read('calendar/1.txt');
      expect(new TextDecoder().decode(bytes)).toBe(home);
    }
    await store.close();
  });
});
