import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {makeEvents} from '../../bench/data.ts';
import {growing} from '../../bench/replay.ts';
import {asUser, parseSizes, spread} from '../../bench/scale.ts';
import {seed} from '../../bench/seed.ts';
import {guidOf, userAt} from '../../bench/servers.ts';
import {silent} from '../../src/base/log.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {openFileStore} from '../../src/store/file/store.ts';

describe('npm run bench -- --events, --homes', () => {
  test('sizes are written as 10,1k,100k, and nothing else is one', () => {
    expect(parseSizes('10,1k,100k')).toEqual([10, 1000, 100_000]);
    for (const wrong of ['', '1m', '0', '10,', '-5']) expect(() => parseSizes(wrong)).toThrow(/is no size/);
  });

  test('each home is asked in turn, by its owner and with its own token', () => {
    const tokens = new Map([
      ['bench', 'data:,1'],
      ['bench1', 'data:,2'],
    ]);
    const request = {method: 'REPORT', path: '/calendars/users/bench/read/', body: '<a>data:,1</a>'};
    expect(spread([request], tokens)).toEqual([
      {...request, as: 'bench'},
      {method: 'REPORT', path: '/calendars/users/bench1/read/', body: '<a>data:,2</a>', as: 'bench1'},
    ]);
    expect(asUser({method: 'GET', path: '/calendars/users/bench/read/x'}, 'bench1', tokens).path).toBe(
      '/calendars/users/bench1/read/x',
    );
  });

  test('the store finds in a home that was seeded what was put there, and has nothing to make good', async () => {
    const root = mkdtempSync(join(tmpdir(), 'caldav-seed-'));
    onTestFinished(() => rmSync(root, {recursive: true, force: true}));
    const events = makeEvents(20, 'read');
    const guids = [0, 1, 2].map(at => guidOf(userAt(at)));
    await seed(root, guids, new Map([['read', events]]));
    const store = await openFileStore({root, log: silent, index: indexFile});
    onTestFinished(() => store.close());
    for (const guid of guids) {
      const view = await store.view(`calendars/${guid}`);
      const names = [...view!.members('read')].map(({path}) => path.slice('read/'.length));
      expect(names.sort()).toEqual(events.map(({name}) => name).sort());
    }
  });
});

describe('npm run bench -- --replay', () => {
  test('memory of the last quarter of the hour is told beside the quarter before', () => {
    const samples = [9, 50, 60, 61, 61, 61, 90, 91].map((mib, at) => ({minute: at, memoryBytes: mib}));
    expect(growing(samples)).toEqual({beforeBytes: 61, afterBytes: 91, mostBytes: 91});
  });
});
