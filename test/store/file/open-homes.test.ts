import {describe, expect, test} from 'vitest';
import {shares} from '../../../src/base/memory.ts';
import type {HomeId} from '../../../src/store/store.ts';
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
