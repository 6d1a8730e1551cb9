import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {indexName} from '../../../src/store/file/layout.ts';
import type {HomeId, HomeUnit, Store} from '../../../src/store/store.ts';
import {openTemporary} from './open-temporary.ts';

const home: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const lock = {token: 'urn:uuid:1', path: 'a', infinite: false, exclusive: true, creator: 'ann', owner: undefined, seconds: 60};
const locksOf = async (store: Store) => (await store.view(home))!.locks().map(({token}) => token);

async function withFile(work: (unit: HomeUnit) => void = () => {}) {
  const temporary = await openTemporary();
  await temporary.store.createHome(home, unit => {
    unit.put('a', bytes('a'));
    work(unit);
  });
  return temporary;
}

describe('locks in the index of a home', () => {
  test('what rests on there being no lock is not kept beside one, whichever process made it', async () => {
    const {store, another} = await withFile();
    const other = await another();
    let runs = 0;
    const written = await store.write(home, async unit => {
      const isFree = unit.locks().length === 0;
      if (runs++ === 0) await other.write(home, theirs => theirs.lock(lock));
      if (isFree) unit.put('a', bytes('b'));
      return isFree;
    });
    expect({written, runs}).toEqual({written: false, runs: 2});
  });

  test('of two processes that saw no lock, one makes one', async () => {
    const {store, another} = await withFile();
    const stores = [store, await another()];
    await Promise.all(
      Array.from({length: 20}, (_, at) =>
        stores[at % 2]!.write(home, unit => {
          if (unit.locks().length === 0) unit.lock({...lock, token: `urn:uuid:${at}`});
        }),
      ),
    );
    expect(await locksOf(store)).toHaveLength(1);
    expect(await locksOf(stores[1]!)).toEqual(await locksOf(store));
  });

  test('a restart keeps them, an index that is lost takes them along', async () => {
    const temporary = await withFile(unit => unit.lock(lock));
    const again = await temporary.reopen();
    expect(await locksOf(again)).toEqual([lock.token]);
    await again.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(temporary.folder(home), indexName + suffix), {force: true});
    const without = await temporary.reopen();
    expect(await locksOf(without)).toEqual([]);
    expect((await without.view(home))!.find('a')).toBeDefined();
  });

  test('one goes with a file that is removed by hand', async () => {
    const temporary = await withFile(unit => unit.lock(lock));
    await temporary.store.settle();
    rmSync(join(temporary.folder(home), 'a'));
    const again = await temporary.reopen();
    expect((await again.view(home))!.find('a')).toBeUndefined();
    expect(await locksOf(again)).toEqual([]);
  });
});
