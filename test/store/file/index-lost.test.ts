import {existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {describe, expect, test} from 'vitest';
import type {FileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const objects = 40;

async function openFilled() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => {
    unit.createCollection('work', [caldav('calendar')], new Map([[dav('displayname'), '<work/>']]));
    unit.createCollection('files', []);
    unit.put('files/note', bytes('note'), undefined, new Map([[dav('displayname'), '<note/>']]));
  });
  for (let at = 0; at < objects; at++) {
    const index = {uid: `${at}`, component: 'VEVENT', spans: [{start: at, end: at + 1, floating: false}], horizon: undefined};
    await temporary.store.write(ann, unit => unit.put(`work/${at}.ics`, bytes(`${at} ${at} ${at + 1}`), index));
  }
  return {...temporary, index: join(temporary.folder(ann), '.home.sqlite')};
}

/** All that a home's resources are, save revisions. */
async function portrait(store: FileStore) {
  const view = (await store.view(ann))!;
  const all = ['', 'work', 'files'].flatMap(path => [view.find(path)!, ...view.members(path)]);
  return Promise.all(
    all.map(async ({revision, modified, properties, ...rest}) => ({
      ...rest,
      modified: rest.collection ? undefined : modified,
      properties: [...properties],
      text: Buffer.from((await view.read(rest.path)) ?? []).toString(),
    })),
  );
}

const losses: [string, (index: string) => void][] = [
  ['removed', index => rmSync(index)],
  ['cut off', index => truncateSync(index, 5_000)],
  ['emptied', index => truncateSync(index, 0)],
  ['overwritten with something else', index => writeFileSync(index, 'not a database at all '.repeat(1000))],
  [
    'of another version',
    index => {
      const database = new DatabaseSync(index);
      database.exec('PRAGMA user_version = 9999');
      database.close();
    },
  ],
  [
    'damaged in the middle',
    index => {
      const content = readFileSync(index);
      content.fill(0xa5, 4096, content.length);
      writeFileSync(index, content);
    },
  ],
];

describe('the index', () => {
  test.each(losses)(
    '%s while the server is stopped, is made anew from the files; older tokens are refused',
    async (loss, lose) => {
      const {store, reopen, index, said} = await openFilled();
      const before = await portrait(store);
      const view = (await store.view(ann))!;
      const tokens = {work: view.find('work')!.revision, home: view.find('')!.revision};
      await store.close();
      lose(index);
      const again = await reopen();
      expect(await portrait(again)).toEqual(before);
      const now = (await again.view(ann))!;
      expect(now.changes('work', tokens.work, '1')).toBeUndefined();
      expect(now.changes('', tokens.home, 'infinity')).toBeUndefined();
      expect(now.changes('work', undefined, '1')?.changes).toHaveLength(objects);
      expect(now.find('work')!.revision).toBeGreaterThan(tokens.home);
      expect(now.findUid('work', '7')?.path).toBe('work/7.ics');
      expect([...now.findInRange('work', {start: 7, end: 8})].map(({path}) => path)).toEqual(['work/7.ics']);
      expect(said.some(({level, message}) => level === 'warn' && message.includes('index'))).toBe(true);
      expect(said.some(({message}) => message.includes('of another version'))).toBe(loss === 'of another version');
      await again.write(ann, unit => unit.put('work/new.ics', bytes('new')));
      expect(now.count('work')).toBe(objects + 1);
    },
  );

  test.each([losses[0]!, losses[3]!])('%s while the server runs: nothing that was promised is lost', async (_, lose) => {
    const {store, index} = await openFilled();
    await store.settle();
    await store.write(ann, unit => unit.put('work/late.ics', bytes('late 1 2')));
    lose(index);
    await store.write(ann, unit => unit.put('work/later.ics', bytes('later 1 2')));
    const view = (await store.view(ann))!;
    expect(view.count('work')).toBe(objects + 2);
    expect(Buffer.from((await view.read('work/late.ics'))!).toString()).toBe('late 1 2');
    expect(Buffer.from((await view.read('work/later.ics'))!).toString()).toBe('later 1 2');
  });

  test('an unusable one is kept beside the new one', async () => {
    const {store, reopen, index, folder} = await openFilled();
    await store.close();
    truncateSync(index, 5_000);
    await (await reopen()).view(ann);
    expect(readdirSync(folder(ann)).some(name => /^\.home\.sqlite-damaged-/.test(name))).toBe(true);
    expect(existsSync(index)).toBe(true);
  });

  test('a home brought here as files alone is served', async () => {
    const {store, reopen, index, root} = await openFilled();
    const before = await portrait(store);
    await store.close();
    rmSync(index);
    rmSync(join(root, '.repair.sqlite'), {force: true});
    expect(await portrait(await reopen())).toEqual(before);
  });
});
