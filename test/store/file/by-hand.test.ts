import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {setAttributeSync} from 'fs-xattr';
import {describe, expect, test, vi} from 'vitest';
import {attributeOf} from '../../../src/store/file/attribute-names.ts';
import type {HomeId, HomeView, Store} from '../../../src/store/store.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (source: Uint8Array | undefined) => source && new TextDecoder().decode(source);

/** A store with `work/a.ics` and `work/b.ics`, written out, opened anew, and the token of that moment. */
async function openFilled() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => {
    unit.createCollection('work', [caldav('calendar')], new Map([[dav('displayname'), '<work/>']]));
    unit.put('work/a.ics', bytes('a 1 2'), {uid: 'a', component: 'VEVENT', spans: [], horizon: undefined});
    unit.put('work/b.ics', bytes('b 1 2'), {uid: 'b', component: 'VEVENT', spans: [], horizon: undefined});
  });
  const store = await temporary.reopen();
  const view = (await store.view(ann))!;
  return {...temporary, store, view, token: view.find('work')!.revision, work: join(temporary.folder(ann), 'work')};
}

const brief = (view: HomeView, token: number) =>
  view.changes('work', token, '1')?.changes.map(({path, stored}) => (stored ? path : `-${path}`));

/** Views look for the work of others' hands at most once a second. */
async function seen<T>(store: Store, look: (view: HomeView) => T | Promise<T>): Promise<T> {
  return vi.waitFor(async () => look((await store.view(ann))!), {timeout: 5_000, interval: 50});
}

describe('changes made by hand', () => {
  test('a file added, replaced and removed is noticed while the server runs', async () => {
    const {store, view, work, token} = await openFilled();
    writeFileSync(join(work, 'c.ics'), 'c 5 6');
    writeFileSync(join(work, '.new'), 'b 7 8');
    renameSync(join(work, '.new'), join(work, 'b.ics'));
    unlinkSync(join(work, 'a.ics'));
    await seen(store, now => expect(brief(now, token)?.sort()).toEqual(['-work/a.ics', 'work/b.ics', 'work/c.ics']));
    expect(text(await view.read('work/c.ics'))).toBe('c 5 6');
    expect(view.findUid('work', 'c')?.path).toBe('work/c.ics');
    expect([...view.findInRange('work', {start: 7, end: 8})].map(({path}) => path)).toEqual(['work/b.ics']);
    expect(await view.read('work/a.ics')).toBeUndefined();
    expect(view.count('work')).toBe(2);
  });

  test("a file edited in place is noticed when it is read: never bytes that are not the ETag's", async () => {
    const {view, work, token} = await openFilled();
    const before = view.find('work/a.ics')!;
    if (before.collection) throw new Error('no object');
    expect(text(await view.read('work/a.ics', before.etag))).toBe('a 1 2');
    appendFileSync(join(work, 'a.ics'), ' and more');
    expect(await view.read('work/a.ics', before.etag)).toBeUndefined();
    expect(text(await view.read('work/a.ics'))).toBe('a 1 2 and more');
    expect(view.find('work/a.ics')).toMatchObject({resourceId: before.resourceId, created: before.created, sizeBytes: 14});
    expect(brief(view, token)).toEqual(['work/a.ics']);
  });

  test('what was made of a file stands until it is edited in place, which is seen within about a second', async () => {
    const {store, view, work} = await openFilled();
    const a = view.find('work/a.ics');
    const b = view.find('work/b.ics');
    if (a?.collection !== false || b?.collection !== false) throw new Error('no objects');
    expect([view.stands(a), view.stands(b)]).toEqual([true, true]);
    appendFileSync(join(work, 'a.ics'), ' and more');
    await seen(store, now => expect(now.stands(a)).toBe(false));
    await store.write(ann, unit => void unit.put('work/b.ics', bytes('b 3 4')));
    await seen(store, now => expect(now.stands(b)).toBe(false));
    const pending = (await store.view(ann))!.find('work/b.ics');
    expect(pending?.collection === false && (await store.view(ann))!.stands(pending)).toBe(true);
  });

  test('what was done while the server was stopped is noticed when it starts, and only that', async () => {
    const {reopen, store, work, token} = await openFilled();
    await store.close();
    appendFileSync(join(work, 'a.ics'), '!');
    mkdirSync(join(work, '..', 'by hand'));
    writeFileSync(join(work, '..', 'by hand', 'note.txt'), 'hello');
    const view = (await (await reopen()).view(ann))!;
    expect(brief(view, token)).toEqual(['work/a.ics']);
    expect(view.find('by hand')).toMatchObject({collection: true, types: []});
    expect(text(await view.read('by hand/note.txt'))).toBe('hello');
    expect(text(await view.read('work/a.ics'))).toBe('a 1 2!');
  });

  test('workers of one start compare once: what changed later they do not look for in each file', async () => {
    const {reopen, work, token} = await openFilled();
    const first = await reopen('one start');
    expect(brief((await first.view(ann))!, token)).toEqual([]);
    await first.close();
    appendFileSync(join(work, 'a.ics'), '!');
    expect(brief((await (await reopen('one start')).view(ann))!, token)).toEqual([]);
    expect(brief((await (await reopen('next start')).view(ann))!, token)).toEqual(['work/a.ics']);
  });

  test('a file renamed by hand keeps its id; a copy with all attributes gets one of its own', async () => {
    const {store, reopen, view, work} = await openFilled();
    const ids = [view.find('work/a.ics')!.resourceId, view.find('work/b.ics')!.resourceId];
    await store.close();
    renameSync(join(work, 'a.ics'), join(work, 'z.ics'));
    cpSync(join(work, 'b.ics'), join(work, 'copy.ics'), {preserveTimestamps: true});
    setAttributeSync(join(work, 'copy.ics'), attributeOf(dav('resource-id')), `urn:uuid:${ids[1]}`);
    const again = (await (await reopen()).view(ann))!;
    expect(again.find('work/z.ics')!.resourceId).toBe(ids[0]);
    expect(again.find('work/b.ics')!.resourceId).toBe(ids[1]);
    expect(again.find('work/copy.ics')!.resourceId).not.toBe(ids[1]);
  });

  test('properties set with setfattr are taken in', async () => {
    const {store, reopen, work, token} = await openFilled();
    await store.close();
    setAttributeSync(join(work, 'a.ics'), attributeOf(dav('displayname')), '<mine/>');
    setAttributeSync(work, attributeOf(dav('displayname')), '<ours/>');
    const view = (await (await reopen()).view(ann))!;
    expect(view.find('work/a.ics')!.properties.get(dav('displayname'))).toBe('<mine/>');
    expect(view.find('work')!.properties.get(dav('displayname'))).toBe('<ours/>');
    expect(brief(view, token)).toEqual(['work/a.ics']);
  });

  test('a damaged object stays where it is, is not listed, and is told of once', async () => {
    const {store, reopen, said, work, token} = await openFilled();
    await store.close();
    writeFileSync(join(work, 'a.ics'), 'DAMAGED 1');
    writeFileSync(join(work, 'x.ics'), 'DAMAGED 2');
    let view = (await (await reopen()).view(ann))!;
    expect(brief(view, token)).toEqual(['-work/a.ics']);
    expect([...view.members('work')].map(({path}) => path)).toEqual(['work/b.ics']);
    expect(view.count('work')).toBe(1);
    expect(readFileSync(join(work, 'x.ics'), 'utf8')).toBe('DAMAGED 2');
    const told = () =>
      said
        .filter(({details}) => 'reason' in details)
        .map(({details}) => (details as {file: string}).file)
        .sort();
    expect(told()).toEqual([join(work, 'a.ics'), join(work, 'x.ics')]);
    view = (await (await reopen()).view(ann))!;
    expect(told()).toHaveLength(2);
    writeFileSync(join(work, 'x.ics'), 'mended 1 2');
    view = (await (await reopen()).view(ann))!;
    expect(view.findUid('work', 'mended')?.path).toBe('work/x.ics');
  });

  test('a new object may take the place of a damaged one', async () => {
    const {store, reopen, work} = await openFilled();
    await store.close();
    writeFileSync(join(work, 'a.ics'), 'DAMAGED');
    const again = await reopen();
    await again.write(ann, unit => unit.put('work/a.ics', bytes('new')));
    await again.close();
    expect(readFileSync(join(work, 'a.ics'), 'utf8')).toBe('new');
  });

  test('links and names that are none of ours are left alone', async () => {
    const {store, reopen, work} = await openFilled();
    await store.close();
    symlinkSync('/etc/passwd', join(work, 'link.ics'));
    writeFileSync(join(work, '.b.ics.swp'), 'editor');
    writeFileSync(join(work, '100%.ics'), 'c 1 2');
    const view = (await (await reopen()).view(ann))!;
    expect([...view.members('work')].map(({path}) => path)).toEqual(['work/a.ics', 'work/b.ics']);
  });

  test('what stands in the way of something stored is put aside, not lost', async () => {
    const {store, work} = await openFilled();
    const putting = store.write(ann, unit => unit.put('work/c.ics', bytes('c')));
    mkdirSync(join(work, 'c.ics'));
    writeFileSync(join(work, 'c.ics', 'inner'), 'precious');
    await putting;
    await store.settle();
    expect(readFileSync(join(work, 'c.ics'), 'utf8')).toBe('c');
    const aside = readdirSync(work).find(name => name.startsWith('.aside-'));
    expect(readFileSync(join(work, aside ?? '', 'inner'), 'utf8')).toBe('precious');
  });

  test('folders removed by hand while something is to be written into them come back', async () => {
    const {store, view, work} = await openFilled();
    await store.write(ann, unit => unit.put('work/c.ics', bytes('c')));
    rmSync(work, {recursive: true});
    await store.settle();
    expect(text(await view.read('work/c.ics'))).toBe('c');
    expect(readFileSync(join(work, 'c.ics'), 'utf8')).toBe('c');
  });
});
