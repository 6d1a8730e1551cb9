import {mkdirSync, rmSync, unlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

describe('trouble with one file', () => {
  test('a damaged side file breaks nothing else', async () => {
    const {store, reopen, folder} = await openTemporary();
    await store.createHome(ann, unit => {
      unit.createCollection('work', [caldav('calendar')], new Map([[dav('displayname'), '<d/>']]));
      unit.put('work/a.ics', new TextEncoder().encode('a 1 2'));
    });
    await store.close();
    writeFileSync(join(folder(ann), 'work', '.a.ics.properties'), '{"not closed');
    writeFileSync(join(folder(ann), '.work.properties'), 'nor this');
    rmSync(join(folder(ann), '.home.sqlite'));
    const view = (await (await reopen()).view(ann))!;
    expect(view.find('work')?.properties.get(dav('displayname'))).toBe('<d/>');
    expect(view.findUid('work', 'a')?.path).toBe('work/a.ics');
  });

  test('a folder in the place of an object: the object is gone, the folder is a collection', async () => {
    const {store, reopen, folder} = await openTemporary();
    await store.createHome(ann, unit => unit.put('a', new TextEncoder().encode('A')));
    await store.close();
    unlinkSync(join(folder(ann), 'a'));
    mkdirSync(join(folder(ann), 'a'));
    const again = await reopen();
    const view = (await again.view(ann))!;
    expect(view.find('a')).toMatchObject({collection: true});
    expect(await view.read('a')).toBeUndefined();
    await again.write(ann, unit => unit.put('a/b', new TextEncoder().encode('B')));
    expect([...view.members('a')].map(({path}) => path)).toEqual(['a/b']);
  });
});
