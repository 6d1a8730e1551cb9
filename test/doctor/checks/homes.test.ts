import {appendFile, copyFile, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {importObjects} from '../../../src/cli/transfer/import-objects.ts';
import {judge} from '../../../src/doctor/checks/homes.ts';
import {inspectHomes} from '../../../src/doctor/homes.ts';
import {splitCalendar} from '../../../src/ical/split.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {event} from '../../support/events.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {unlimited} from '../../support/unlimited.ts';

const guid = '10000000-0000-0000-0000-000000000001';
const home = `calendars/${guid}` as const;

/** A DocumentRoot with one home and two calendars that hold the same two objects, its store closed. */
async function documentRoot() {
  const root = join(await temporaryFolder(), 'documents');
  const store = await openFileStore({root, log: silent, index: indexFile});
  await store.createHome(home, unit => {
    unit.createCollection('work', [caldav('calendar')]);
    unit.createCollection('private', [caldav('calendar')]);
  });
  const {objects} = splitCalendar(event('a') + event('b'));
  for (const calendar of ['work', 'private'])
    await importObjects({store, home, calendar, limits: unlimited}, objects, () => undefined);
  await store.close();
  return {root, folder: join(root, 'calendars/__uids__/10/00', guid)};
}

async function snapshot(root: string): Promise<string[]> {
  const names = (await readdir(root, {recursive: true})).sort();
  return Promise.all(
    names.map(async name => {
      const {size, mtimeMs, ino} = await stat(join(root, name));
      return `${name} ${size} ${mtimeMs} ${ino}`;
    }),
  );
}

describe('the calendars', () => {
  test('that are as the server left them are counted, and nothing of them is touched', async () => {
    const {root} = await documentRoot();
    const before = await snapshot(root);
    const report = await inspectHomes(root);
    expect(report.counts).toMatchObject({
      homes: 1,
      collections: 2,
      objects: 4,
      pending: 0,
      damaged: 0,
      doubled: 0,
      differing: 0,
      badIndex: 0,
      leftover: 0,
    });
    expect(judge(report, false)).toMatchObject([{status: 'ok'}]);
    expect(await snapshot(root)).toEqual(before);
  });

  test('a damaged object is named with its reason', async () => {
    const {root, folder} = await documentRoot();
    await writeFile(join(folder, 'work/a.ics'), 'BEGIN:VCALENDAR\r\nnonsense');
    const [result] = judge(await inspectHomes(root), false);
    expect(result).toMatchObject({status: 'fail', message: expect.stringContaining(join(folder, 'work/a.ics'))});
    expect(result!.fix).toContain('backup');
  });

  test('a UID that comes twice in one calendar is named; in two calendars it may', async () => {
    const {root, folder} = await documentRoot();
    await copyFile(join(folder, 'work/a.ics'), join(folder, 'work/copy.ics'));
    const report = await inspectHomes(root);
    expect(report.counts).toMatchObject({doubled: 1, differing: 1});
    expect(judge(report, false)).toMatchObject([
      {status: 'fail', message: expect.stringMatching(/a\.ics and copy\.ics|copy\.ics and a\.ics/)},
      {status: 'warn', message: expect.stringContaining('copy.ics is new')},
    ]);
  });

  test('what was edited or removed by hand is a warning', async () => {
    const {root, folder} = await documentRoot();
    await appendFile(join(folder, 'work/a.ics'), '\r\n');
    await rm(join(folder, 'private/b.ics'));
    const [result] = judge(await inspectHomes(root), false);
    expect(result).toMatchObject({status: 'warn', details: {count: 2}});
    expect(result!.message).toContain('work/a.ics is changed');
    expect(result!.message).toContain('private/b.ics is missing');
  });

  test('an index that cannot be used is a warning, one that is not there is none', async () => {
    const {root, folder} = await documentRoot();
    await writeFile(join(folder, '.home.sqlite'), 'x'.repeat(10_000));
    expect(judge(await inspectHomes(root), false)).toMatchObject([{status: 'warn', fix: expect.stringContaining('made anew')}]);
    await rm(join(folder, '.home.sqlite'));
    expect(judge(await inspectHomes(root), false)).toMatchObject([{status: 'ok'}]);
  });

  test('changes in the journal are a warning only where no server is at work', () => {
    const counts = {
      homes: 1,
      collections: 1,
      objects: 1,
      bytes: 1,
      pending: 3,
      damaged: 0,
      doubled: 0,
      differing: 0,
      badIndex: 0,
      leftover: 0,
    };
    const report = {counts, found: {damaged: [], doubled: [], differing: [], badIndex: [], leftover: []}};
    expect(judge(report, true)).toMatchObject([{status: 'ok'}]);
    expect(judge(report, false)).toMatchObject([
      {status: 'warn', details: {pending: 3}, fix: expect.stringContaining('caldav run')},
    ]);
  });

  test('long lists are cut, and say so', () => {
    const counts = {
      homes: 1,
      collections: 1,
      objects: 90,
      bytes: 1,
      pending: 0,
      damaged: 70,
      doubled: 0,
      differing: 0,
      badIndex: 0,
      leftover: 0,
    };
    const damaged = Array.from({length: 20}, (_, number) => `file${number}: broken`);
    const [result] = judge({counts, found: {damaged, doubled: [], differing: [], badIndex: [], leftover: []}}, false);
    expect(result!.message).toMatch(/file4: broken; 65 more$/);
  });
});
