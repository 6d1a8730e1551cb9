import {rmSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {openIndex, withWriteLock} from '../../../src/store/file/index-file.ts';
import {indexName} from '../../../src/store/file/layout.ts';
import {Ledger} from '../../../src/store/file/ledger.ts';
import {Look} from '../../../src/store/file/look.ts';
import {Snapshot, Snapshots} from '../../../src/store/file/snapshot.ts';
import type {FileStore} from '../../../src/store/file/store.ts';
import type {HomeId, HomeUnit, HomeView, StoredResource} from '../../../src/store/store.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);
const range = {start: 2, end: 5};

const name = fc.constantFrom('a', 'b', 'c', 'd', 'é', '\u{1f4c5}', '\uff5e');
const step = fc.oneof(
  {weight: 6, arbitrary: fc.record({do: fc.constant('put' as const), name, start: fc.integer({min: 0, max: 9})})},
  {weight: 3, arbitrary: fc.record({do: fc.constant('delete' as const), name})},
  {weight: 2, arbitrary: fc.record({do: fc.constant('move' as const), name, to: name})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('property' as const), name})},
  {weight: 1, arbitrary: fc.record({do: fc.constantFrom('recreate' as const, 'prune' as const, 'lose index' as const)})},
);
type Step = (typeof step extends fc.Arbitrary<infer S> ? S : never) & {do: string};

function apply(unit: HomeUnit, each: Step): void {
  if (each.do === 'recreate') {
    unit.delete('work');
    unit.createCollection('work', []);
  } else if ('name' in each) {
    const path = `work/${each.name}`;
    const isThere = unit.find(path) !== undefined;
    if (each.do === 'put') {
      const span = {start: each.start, end: each.start + 1, floating: false};
      unit.put(path, bytes(`${each.start} ${each.name}`), {
        uid: each.name,
        component: 'VEVENT',
        spans: [span],
        horizon: undefined,
      });
    } else if (each.do === 'delete' && isThere) unit.delete(path);
    else if (each.do === 'move' && isThere && !unit.find(`work/${each.to}`)) unit.move(path, `work/${each.to}`);
    else if (each.do === 'property' && isThere) unit.setProperties(path, new Map([['{x}p', `<p>${Math.random()}</p>`]]));
  }
}

/** As one sees it who has never looked before. */
function afresh(folder: string) {
  const database = openIndex(join(folder, indexName))!;
  const snapshot = () => new Snapshot(new Look(database), 'work', () => {});
  const seen = {members: [...snapshot().members()], inRange: [...snapshot().inRange(range, 'VEVENT')]};
  const plain = JSON.stringify(seen);
  database.close();
  return plain;
}

function asKept(view: HomeView) {
  return JSON.stringify({members: [...view.members('work')], inRange: [...view.findInRange('work', range, 'VEVENT')]});
}

async function prune(folder: string): Promise<void> {
  const database = openIndex(join(folder, indexName))!;
  await withWriteLock(database, () => {
    const ledger = new Ledger(database, false);
    ledger.begin();
    ledger.prune(Number.MAX_SAFE_INTEGER);
    database.exec('COMMIT');
  });
  database.close();
}

describe('what is known of a collection', () => {
  test('is what a fresh look sees, whoever changed it and however; what has not changed stays the same object', {
    timeout: 120_000,
  }, async () => {
    const {store, another, folder} = await openTemporary();
    const other = await another();
    await store.createHome(ann, unit => unit.createCollection('work', []));
    const lists = fc.array(fc.record({step, mine: fc.boolean(), looks: fc.boolean()}), {minLength: 3, maxLength: 25});
    await fc.assert(
      fc.asyncProperty(lists, async steps => {
        let before: readonly StoredResource[] = [];
        for (const {step: each, mine, looks} of steps) {
          if (each.do === 'prune') await prune(folder(ann));
          else if (each.do === 'lose index') await loseIndex(store, other, folder(ann));
          else await (mine ? store : other).write(ann, unit => apply(unit, each));
          // Then everything is read anew.
          if (each.do === 'prune' || each.do === 'lose index') before = [];
          const view = (await store.view(ann))!;
          if (!looks) continue;
          expect(asKept(view)).toBe(afresh(folder(ann)));
          const now = [...view.members('work')];
          const same = now.filter(({revision}) => before.some(old => old.revision === revision));
          for (const stored of same) expect(before).toContain(stored);
          before = now;
        }
      }),
      {numRuns: 20},
    );
  });

  test('ranges that are asked before all members are known see every change', async () => {
    const {store, another, folder} = await openTemporary();
    const other = await another();
    await store.createHome(ann, unit => unit.createCollection('work', []));
    const view = (await store.view(ann))!;
    const put = (at: number, of: FileStore) => of.write(ann, unit => apply(unit, {do: 'put', name: 'a', start: at}));
    for (const [at, found] of [
      [3, 1],
      [8, 0],
      [4, 1],
    ] as const) {
      await put(at, at === 8 ? other : store);
      expect([...view.findInRange('work', range)]).toHaveLength(found);
      expect(asKept(view)).toBe(afresh(folder(ann)));
    }
  });

  test('holds no more than it may, and forgets first what was used longest ago', async () => {
    const {store, folder} = await openTemporary();
    await store.createHome(ann, unit => {
      for (const collection of ['x', 'y']) {
        unit.createCollection(collection, []);
        for (let at = 0; at < 10; at++) unit.put(`${collection}/${at}`, bytes(`${at}`));
      }
    });
    const database = openIndex(join(folder(ann), indexName))!;
    const look = new Look(database);
    const few = new Snapshots(15);
    const [x] = few.of(ann, look, 'x').members();
    expect(few.of(ann, look, 'x').members()[0]).toBe(x);
    few.of(ann, look, 'y').members();
    few.of(ann, look, 'y');
    expect(few.of(ann, look, 'x').members()[0]).not.toBe(x);
    expect(few.of(ann, look, 'x').members()[0]).toEqual(x);
    database.close();
  });
});

async function loseIndex(store: FileStore, other: FileStore, folder: string): Promise<void> {
  await store.settle();
  await other.settle();
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, indexName + end), {force: true});
  await store.view(ann);
}
