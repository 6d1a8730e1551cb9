import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {shares} from '../../../src/base/memory.ts';
import {apply} from '../../../src/store/file/apply.ts';
import {createHomeFolder} from '../../../src/store/file/home-folder.ts';
import {homeFolder} from '../../../src/store/file/layout.ts';
import {OpenHomes} from '../../../src/store/file/open-homes.ts';
import type {Operation} from '../../../src/store/file/operations.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {openTemporary} from './open-temporary.ts';

describe('more homes at work than are kept open to write', () => {
  test('all of them are written to and read', async () => {
    const {store} = await openTemporary();
    const homes = Array.from({length: shares.homesToWrite + 12}, (_, at): HomeId => {
      return `calendars/a0000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
    });
    await Promise.all(homes.map(home => store.createHome(home, unit => unit.createCollection('work', []))));
    const write = (name: string) => homes.map(home => store.write(home, unit => unit.put(`work/${name}`, Buffer.from(name))));
    await Promise.all(['a', 'b', 'c'].flatMap(write));
    for (const home of homes) {
      const view = (await store.view(home))!;
      expect([...view.members('work')].map(({path}) => path)).toEqual(['work/a', 'work/b', 'work/c']);
    }
  });
});

describe('a home in which something is stored all the time', () => {
  test('is written out all the same where the clock was set back, and all that waits is as if it had just come', async () => {
    const root = await temporaryFolder();
    const home: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
    const says = () => {};
    const by = {parse: async () => [], log: {debug: says, info: says, warn: says, error: says}};
    const collection: Operation = {change: 'collection', path: 'work', types: [], properties: new Map(), resourceId: undefined};
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    createHomeFolder(root, home, [collection], 'one start', false);
    clock.mockRestore();
    const homes = new OpenHomes({root, startId: 'one start', scribe: `${process.pid}-me`}, by);
    await homes.open(home);
    await homes.settle(home);
    const kept = {etag: '1', index: undefined, properties: new Map(), resourceId: undefined};
    const put = {change: 'put', path: 'work/1', bytes: Buffer.from('1'), ...kept} as const;
    await homes.use(home, open => open.exclusively(ledger => apply(ledger, open.folder, put)));
    await homes.kept(home, put.bytes.length);
    const storing = setInterval(() => void homes.kept(home, 0), 2);
    onTestFinished(async () => {
      clearInterval(storing);
      await homes.close();
    });
    const now = performance.now.bind(performance);
    const monotonic = vi.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
    onTestFinished(() => monotonic.mockRestore());
    void homes.kept(home, 0);
    await vi.waitFor(() => expect(existsSync(join(homeFolder(root, home), 'work', '1'))).toBe(true), {timeout: 4_000});
  });
});
