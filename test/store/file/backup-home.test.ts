import {mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {unpackAttributes} from '../../../src/store/file/attributes.ts';
import {type BackupItem, backupHome} from '../../../src/store/file/backup-home.ts';
import {etagOf} from '../../../src/store/file/etag.ts';
import {writeSafely} from '../../../src/store/file/safe-file.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';
import {parseForTests} from './parse-for-tests.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);

async function openWithCalendar() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
  return {...temporary, home: temporary.folder(ann)};
}

async function take(
  folder: string,
  onItem: (item: BackupItem) => Promise<void> = async () => {},
  repair: () => Promise<void> = async () => {},
) {
  let items: BackupItem[] = [];
  let again = 0;
  let unreadable = 0;
  const isThere = await backupHome(ann, folder, {
    async take(item) {
      items.push(item);
      await onItem(item);
    },
    async again() {
      items = [];
      again++;
    },
    repair,
    withoutJournal: () => void unreadable++,
  });
  return {isThere, items, again, unreadable, at: (path: string) => items.find(item => item.diskPath === path)};
}

const text = (item: BackupItem | undefined) => item?.bytes && Buffer.from(item.bytes).toString();

describe('a backup of a home', () => {
  test('has what was promised and is not in the files yet', async () => {
    const {store, home} = await openWithCalendar();
    const stored = store.write(ann, unit => {
      for (let at = 0; at < 200; at++) unit.put(`work/${at}.ics`, bytes(`${at} 1 2`), parseForTests('', bytes(`${at} 1 2`)));
      unit.setProperties('work', new Map([['{x:}a', '<a xmlns="x:">1</a>']]));
    });
    await stored;
    const {at, items} = await take(home);
    expect(items.filter(({sort}) => sort === 'object')).toHaveLength(200);
    expect(text(at('work/7.ics'))).toBe('7 1 2');
    expect(unpackAttributes(at('work')!.attributes).get('{x:}a')).toBe('<a xmlns="x:">1</a>');
  });

  test('is of one moment while others write: two objects that always change together are the same', async () => {
    const {store, home} = await openWithCalendar();
    for (let at = 0; at < 40; at++) await store.write(ann, unit => unit.put(`work/m${at}`, bytes('filler')));
    let [count, going] = [0, true];
    const writing = (async () => {
      for (; going; count++) {
        await store.write(ann, unit => {
          unit.put('work/a', bytes(`${count}`));
          unit.put('work/z', bytes(`${count}`));
        });
      }
    })();
    for (let round = 0; round < 6; round++) {
      while (count < round * 20 + 1) await delay(1);
      const promised = count - 1;
      const {at, items} = await take(home, () => delay(0));
      expect(text(at('work/a'))).toBe(text(at('work/z')));
      expect(Number(text(at('work/a')))).toBeGreaterThanOrEqual(promised);
      expect(items.filter(({sort}) => sort === 'object')).toHaveLength(42);
    }
    going = false;
    await writing;
  });

  test('begins anew where what it reads is written out meanwhile, and then keeps others waiting until it is done', async () => {
    const {store, home} = await openWithCalendar();
    await store.write(ann, unit => unit.put('work/a', bytes('0')));
    await store.write(ann, unit => unit.put('work/z', bytes('0')));
    await store.settle();
    let count = 0;
    const pending: Promise<void>[] = [];
    const found = await take(home, async ({diskPath}) => {
      if (diskPath !== 'work/a') return;
      const next = String(++count);
      const stored = store.write(ann, unit => void unit.put('work/z', bytes(next)));
      pending.push(stored);
      if (count < 3) await stored.then(() => store.settle());
    });
    await Promise.all(pending);
    expect(found.again).toBe(2);
    expect([text(found.at('work/a')), text(found.at('work/z'))]).toEqual(['0', '2']);
    expect(Buffer.from((await (await store.view(ann))!.read('work/z'))!).toString()).toBe('3');
  });

  test('has what was changed, added and removed by hand while no server runs, and no longer what it was', async () => {
    const {store, home} = await openWithCalendar();
    for (const name of ['a', 'b', 'c']) await store.write(ann, unit => unit.put(`work/${name}.ics`, bytes(`${name} 1 2`)));
    await store.close();
    writeSafely(home, join(home, 'work/a.ics'), bytes('A 1 2'));
    rmSync(join(home, 'work/b.ics'));
    writeFileSync(join(home, 'work/d.ics'), 'd 1 2');
    mkdirSync(join(home, 'more'));
    writeFileSync(join(home, 'more/e'), 'e');
    const {items, at} = await take(home);
    const there = items.map(({diskPath}) => diskPath).sort();
    expect(there).toEqual(['', 'more', 'more/e', 'work', 'work/a.ics', 'work/c.ics', 'work/d.ics']);
    expect(text(at('work/a.ics'))).toBe('A 1 2');
    expect(at('work/d.ics')).toMatchObject({file: join(home, 'work/d.ics'), sizeBytes: 5, sort: 'object'});
    expect(unpackAttributes(at('work/a.ics')!.attributes).get('{DAV:}resource-id')).toMatch(/^urn:uuid:/);
  });

  test('takes damaged files along, and neither indexes nor what is half made', async () => {
    const {store, home, reopen} = await openWithCalendar();
    await store.settle();
    writeFileSync(join(home, 'work/bad.ics'), 'DAMAGED');
    writeFileSync(join(home, '.writing/123-x'), 'half');
    const again = await reopen();
    await again.view(ann);
    await again.close();
    const {items} = await take(home);
    expect(items.map(({diskPath}) => diskPath)).toEqual(['', 'work', 'work/bad.ics']);
  });

  test('keeps attributes that a file system may have no room for in a side file', async () => {
    const {store, home} = await openWithCalendar();
    const long = `<a xmlns="x:">${Array.from({length: 3000}, (_, at) => etagOf(bytes(String(at)))).join('')}</a>`;
    await store.write(ann, unit => {
      unit.put('work/a.ics', bytes('a 1 2'), undefined, new Map([['{x:}a', long]]));
    });
    const {at} = await take(home);
    expect(unpackAttributes(at('work/a.ics')!.attributes).has('{x:}a')).toBe(false);
    expect(JSON.parse(text(at('work/.a.ics.properties'))!)).toEqual({of: 'a.ics', properties: {'{x:}a': long}});
    await store.settle();
    expect((await take(home)).items.map(({diskPath}) => diskPath)).toEqual(['', 'work', 'work/a.ics', 'work/.a.ics.properties']);
  });

  test('without an index, or with a broken one, is what the files say', async () => {
    const {store, home} = await openWithCalendar();
    await store.write(ann, unit => unit.put('work/a.ics', bytes('a 1 2')));
    await store.close();
    writeFileSync(join(home, '.home.sqlite'), Buffer.alloc(8192, 'x'));
    const broken = await take(home);
    expect([broken.unreadable, text(broken.at('work/a.ics')) ?? broken.at('work/a.ics')?.file]).toEqual([
      1,
      join(home, 'work/a.ics'),
    ]);
    rmSync(join(home, '.home.sqlite'));
    const without = await take(home);
    expect([without.unreadable, without.items.length]).toEqual([0, 3]);
  });

  test.each(['of another version', 'half replaced'])('has its index put right first where that is %s', async what => {
    const {store, home, another} = await openWithCalendar();
    await store.write(ann, unit => unit.put('work/a.ics', bytes('a 1 2')));
    await store.close();
    const index = join(home, '.home.sqlite');
    const database = new DatabaseSync(index);
    database.exec(`
      INSERT INTO pending (seq, path, change, bytes) VALUES (9e15, 'work/owed.ics', 'put', CAST('owed 1 2' AS BLOB));
      ${what === 'half replaced' ? '' : 'PRAGMA user_version = 9999;'}
    `);
    database.close();
    if (what === 'half replaced') renameSync(index, `${index}-next`);
    const {at, unreadable} = await take(home, undefined, async () => {
      const repairing = await another();
      await repairing.view(ann);
      await repairing.close();
    });
    expect([unreadable, text(at('work/owed.ics'))]).toEqual([0, 'owed 1 2']);
  });

  test('that is not there, or is being removed, is none', async () => {
    const {store, home} = await openWithCalendar();
    expect((await take(`${home}x`)).isThere).toBe(false);
    await store.deleteHome(ann);
    expect((await take(home)).isThere).toBe(false);
  });

  test('leaves no trace in a home that nobody has open', async () => {
    const {store, home} = await openWithCalendar();
    await store.close();
    utimesSync(home, 1, 1);
    await take(home);
    expect(statSync(home).mtimeMs).toBe(1000);
  });
});
