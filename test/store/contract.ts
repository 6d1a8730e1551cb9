import {describe, expect, test} from 'vitest';
import type {ObjectIndex} from '../../src/ical/object-index.ts';
import type {HomeId, HomeUnit, Store, StoredObject} from '../../src/store/store.ts';
import {apple, caldav, dav} from '../../src/xml/names.ts';
import {histories} from './histories.ts';

/** Makes an empty store that is closed and gone when the test ends. */
export type OpenStore = (options?: {now?: () => number}) => Promise<Store>;

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bob: HomeId = 'calendars/b0000000-0000-4000-8000-000000000002';
const calendar = caldav('calendar');
const color = apple('calendar-color');
const red = '<calendar-color xmlns="http://apple.com/ns/ical/">#FF0000FF</calendar-color>';
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (source: Uint8Array | undefined) => source && new TextDecoder().decode(source);
const hour = 3_600_000;

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** An object's index with instances at these hours since 1970, each an hour long. */
function event(uid: string, hours: readonly number[] = [0], more: Partial<ObjectIndex> & {floating?: boolean} = {}): ObjectIndex {
  const {floating = false, ...rest} = more;
  const spans = hours.map(at => ({start: at * hour, end: (at + 1) * hour, floating}));
  return {uid, component: 'VEVENT', spans, horizon: undefined, ...rest};
}

/** What every back end of the store must do: the docstrings of `Store`, `HomeView` and `HomeUnit`, as tests. */
export function storeContract(name: string, open: OpenStore): void {
  /** A store with one home, a calendar `work` in it. */
  const openWithCalendar = async (options?: Parameters<OpenStore>[0]) => {
    const store = await open(options);
    await store.createHome(ann, unit => unit.createCollection('work', [calendar]));
    return store;
  };
  const viewOf = async (store: Store, home: HomeId = ann) => {
    const view = await store.view(home);
    if (!view) throw new Error('there is no home');
    return view;
  };
  const names = (resources: Iterable<{path: string}>) => [...resources].map(({path}) => path);

  describe(`${name}: homes`, () => {
    test('a home that was never made cannot be seen or written', async () => {
      const store = await open();
      expect(await store.view(ann)).toBeUndefined();
      await expect(store.write(ann, () => undefined)).rejects.toThrow();
      expect(await store.deleteHome(ann)).toBe(false);
    });

    test('a home is made once, with what is staged for it', async () => {
      const store = await open();
      const make = () =>
        store.createHome(ann, unit => {
          unit.createCollection('work', [calendar], new Map([[color, red]]));
          unit.put('work/a.ics', bytes('A'), event('a'));
        });
      expect(await make()).toBe(true);
      expect(await make()).toBe(false);
      const view = await viewOf(store);
      expect(view.find('')).toMatchObject({path: '', collection: true, types: []});
      expect(view.find('work')).toMatchObject({collection: true, types: [calendar]});
      expect(view.find('work')?.properties.get(color)).toBe(red);
      expect(text(await view.read('work/a.ics'))).toBe('A');
    });

    test('work that throws makes no home', async () => {
      const store = await open();
      const making = async () =>
        store.createHome(ann, () => {
          throw new Error('no');
        });
      await expect(making()).rejects.toThrow('no');
      expect(await store.view(ann)).toBeUndefined();
    });

    test('homes are listed, apart from each other, and gone when they are deleted', async () => {
      const store = await openWithCalendar();
      const books: HomeId = 'addressbooks/a0000000-0000-4000-8000-000000000001';
      const odd: HomeId = 'calendars/../ %2F é.sqlite';
      for (const home of [bob, books, odd]) expect(await store.createHome(home)).toBe(true);
      const all = async () => (await collect(store.homes())).sort();
      expect(await all()).toEqual([ann, bob, books, odd].sort());
      expect((await viewOf(store, bob)).find('work')).toBeUndefined();
      expect(await store.deleteHome(ann)).toBe(true);
      expect(await store.view(ann)).toBeUndefined();
      await expect(store.write(ann, unit => unit.createCollection('x', []))).rejects.toThrow();
      expect(await all()).toEqual([bob, books, odd].sort());
    });

    test('a home made again after it was deleted is empty and honours no token of the old one', async () => {
      const store = await openWithCalendar();
      const token = (await viewOf(store)).changes('', undefined, '1')?.revision;
      await store.deleteHome(ann);
      expect(await store.createHome(ann)).toBe(true);
      const view = await viewOf(store);
      expect(names(view.members(''))).toEqual([]);
      expect(view.changes('', token, '1')).toBeUndefined();
    });
  });

  describe(`${name}: resources`, () => {
    test('an object is what was put: bytes, ETag, index, properties', async () => {
      const store = await openWithCalendar();
      const before = Date.now();
      const index = event('a', [1, 2], {horizon: 5 * hour, component: 'VTODO'});
      const etag = await store.write(ann, unit => unit.put('work/a.ics', bytes('A'), index, new Map([[color, red]])));
      const view = await viewOf(store);
      const found = view.find('work/a.ics') as StoredObject;
      expect({...found, properties: [...found.properties]}).toMatchObject({
        path: 'work/a.ics',
        collection: false,
        etag,
        sizeBytes: 1,
        index,
        properties: [[color, red]],
      });
      expect(found.resourceId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(found.created).toBeGreaterThanOrEqual(before);
      expect(found.modified).toBeGreaterThanOrEqual(found.created);
      expect(Number.isSafeInteger(found.revision)).toBe(true);
      expect(text(await view.read('work/a.ics', etag))).toBe('A');
      expect(await view.read('work/a.ics', 'another')).toBeUndefined();
      expect(await view.read('work/b.ics')).toBeUndefined();
      expect(await view.read('work')).toBeUndefined();
    });

    test('put in place of another keeps its id, time of creation and properties; the ETag is of the bytes', async () => {
      const store = await openWithCalendar();
      const first = await store.write(ann, unit => unit.put('work/a.ics', bytes('A'), event('a'), new Map([[color, red]])));
      const before = (await viewOf(store)).find('work/a.ics')!;
      const second = await store.write(ann, unit =>
        unit.put('work/a.ics', bytes('AA'), event('a'), new Map([[dav('displayname'), '<n/>']])),
      );
      const after = (await viewOf(store)).find('work/a.ics') as StoredObject;
      expect(second).not.toBe(first);
      expect(after).toMatchObject({resourceId: before.resourceId, created: before.created, etag: second, sizeBytes: 2});
      expect([...after.properties].sort()).toEqual(
        [
          [color, red],
          [dav('displayname'), '<n/>'],
        ].sort(),
      );
      expect(after.revision).toBeGreaterThan(before.revision);
      const third = await store.write(ann, unit => unit.put('work/a.ics', bytes('A'), event('a')));
      expect(third).toBe(first);
    });

    test('names that trouble disks and queries are kept apart and as they are', async () => {
      const store = await openWithCalendar();
      const odd = [
        '.a',
        '%2Ea',
        'a\nb',
        'a%0Ab',
        'A',
        'a',
        'é',
        'e\u0301',
        '%=YQ',
        'c:d',
        'x\\y',
        "'",
        '"',
        '*',
        ' ',
        'con',
        '~',
        '\u{1f4c5}',
        '.home.sqlite',
      ];
      odd.push('x'.repeat(store.maxNameBytes), '%'.repeat(store.maxNameBytes));
      for (const each of odd) await store.write(ann, unit => unit.put(`work/${each}`, bytes(each)));
      const view = await viewOf(store);
      expect(names(view.members('work')).sort()).toEqual(odd.map(each => `work/${each}`).sort());
      for (const each of odd) expect(text(await view.read(`work/${each}`))).toBe(each);
    });

    test('members come in order of name, objects and collections', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        for (const each of ['work/c', 'work/a', 'work/b0']) unit.put(each, bytes(each));
        unit.createCollection('work/b', []);
        unit.put('work/b/inner', bytes('inner'));
      });
      const view = await viewOf(store);
      expect(names(view.members('work'))).toEqual(['work/a', 'work/b', 'work/b0', 'work/c']);
      expect(names(view.members(''))).toEqual(['work']);
      expect(names(view.members('none'))).toEqual([]);
      expect(view.count('work')).toBe(4);
      expect(view.count('work/b')).toBe(1);
    });

    test('properties are set and removed one by one', async () => {
      const store = await openWithCalendar();
      const name = dav('displayname');
      await store.write(ann, unit => unit.put('work/a', bytes('A')));
      for (const path of ['', 'work', 'work/a']) {
        await store.write(ann, unit =>
          unit.setProperties(
            path,
            new Map([
              [color, red],
              [name, '<n/>'],
            ]),
          ),
        );
        await store.write(ann, unit =>
          unit.setProperties(
            path,
            new Map([
              [color, undefined],
              [dav('none'), undefined],
            ]),
          ),
        );
        const found = (await viewOf(store)).find(path);
        expect([...(found?.properties ?? [])]).toEqual([[name, '<n/>']]);
      }
      expect(text(await (await viewOf(store)).read('work/a'))).toBe('A');
    });

    test('a change anywhere raises the revision of all collections above, and of no other', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        unit.createCollection('other', []);
        unit.createCollection('work/inner', []);
      });
      const revisions = async () => {
        const view = await viewOf(store);
        return Object.fromEntries(['', 'work', 'work/inner', 'other'].map(path => [path, view.find(path)!.revision]));
      };
      const changes: ((unit: HomeUnit) => unknown)[] = [
        unit => unit.put('work/inner/a', bytes('A')),
        unit => unit.put('work/inner/a', bytes('AA')),
        unit => unit.setProperties('work/inner/a', new Map([[color, red]])),
        unit => unit.delete('work/inner/a'),
      ];
      for (const change of changes) {
        const before = await revisions();
        await store.write(ann, change);
        const after = await revisions();
        for (const path of ['', 'work', 'work/inner']) expect(after[path]).toBeGreaterThan(before[path]!);
        expect(after.other).toBe(before.other);
      }
    });

    test('what makes no sense is refused with an Error and changes nothing', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.put('work/a', bytes('A')));
      const before = (await viewOf(store)).find('')!.revision;
      const senseless: ((unit: HomeUnit) => unknown)[] = [
        unit => unit.createCollection('work', []),
        unit => unit.createCollection('none/x', []),
        unit => unit.createCollection('work/a/x', []),
        unit => unit.put('work', bytes('')),
        unit => unit.put('none/x', bytes('')),
        unit => unit.put('work/a/x', bytes('')),
        unit => unit.setProperties('none', new Map()),
        unit => unit.delete('none'),
        unit => unit.delete(''),
        unit => unit.copy('none', 'work/b'),
        unit => unit.copy('work/a', 'work'),
        unit => unit.move('work/a', 'none/x'),
        unit => unit.move('work', 'work/inner'),
      ];
      for (const change of senseless) await expect(store.write(ann, change)).rejects.toThrow(Error);
      const view = await viewOf(store);
      expect(view.find('')!.revision).toBe(before);
      expect(names(view.members('work'))).toEqual(['work/a']);
    });

    test('a collection is removed with everything in it', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        unit.createCollection('work/inner', []);
        unit.put('work/inner/a', bytes('A'), event('a'));
        unit.put('work0', bytes('0'));
      });
      await store.write(ann, unit => unit.delete('work'));
      const view = await viewOf(store);
      for (const path of ['work', 'work/inner', 'work/inner/a']) expect(view.find(path)).toBeUndefined();
      expect(await view.read('work/inner/a')).toBeUndefined();
      expect(names(view.members(''))).toEqual(['work0']);
      expect(view.usedBytes()).toBe(1);
    });

    test('bytes and members are counted', async () => {
      const store = await openWithCalendar();
      const used = async () => [(await viewOf(store)).usedBytes(), (await viewOf(store)).count('work')];
      expect(await used()).toEqual([0, 0]);
      await store.write(ann, unit => unit.put('work/a', bytes('12345')));
      expect(await used()).toEqual([5, 1]);
      await store.write(ann, unit => unit.put('work/a', bytes('123')));
      expect(await used()).toEqual([3, 1]);
      await store.write(ann, unit => unit.copy('work/a', 'work/b'));
      expect(await used()).toEqual([6, 2]);
      await store.write(ann, unit => unit.move('work/a', 'c'));
      expect(await used()).toEqual([6, 1]);
      await store.write(ann, unit => unit.delete('work'));
      expect(await used()).toEqual([3, 0]);
    });
  });

  describe(`${name}: copying and moving`, () => {
    const fill = async (store: Store) => {
      await store.write(ann, unit => {
        unit.put('work/a.ics', bytes('A'), event('a', [3]), new Map([[color, red]]));
        unit.createCollection('work/inner', [], new Map([[color, red]]));
        unit.put('work/inner/b', bytes('B'));
      });
    };

    test('a copy has the bytes, properties and index, and an id of its own', async () => {
      const store = await openWithCalendar();
      await fill(store);
      await store.write(ann, unit => unit.copy('work/a.ics', 'work/c.ics'));
      const view = await viewOf(store);
      const [from, to] = [view.find('work/a.ics') as StoredObject, view.find('work/c.ics') as StoredObject];
      expect(to).toMatchObject({etag: from.etag, sizeBytes: 1, index: from.index});
      expect([...to.properties]).toEqual([[color, red]]);
      expect(to.resourceId).not.toBe(from.resourceId);
      expect(text(await view.read('work/c.ics'))).toBe('A');
      expect(names(view.findInRange('work', {start: 3 * hour, end: 4 * hour}))).toEqual(['work/a.ics', 'work/c.ics']);
    });

    test('a collection is copied with its members, or alone', async () => {
      const store = await openWithCalendar();
      await fill(store);
      await store.write(ann, unit => {
        unit.copy('work', 'deep');
        unit.copy('work', 'shallow', true);
      });
      const view = await viewOf(store);
      expect(view.find('deep')).toMatchObject({collection: true, types: [calendar]});
      expect(names(view.members('deep'))).toEqual(['deep/a.ics', 'deep/inner']);
      expect([...view.find('deep/inner')!.properties]).toEqual([[color, red]]);
      expect(text(await view.read('deep/inner/b'))).toBe('B');
      expect(view.findUid('deep', 'a')?.path).toBe('deep/a.ics');
      expect(view.find('shallow')).toMatchObject({types: [calendar]});
      expect(names(view.members('shallow'))).toEqual([]);
      const ids = ['work', 'deep', 'shallow', 'work/inner', 'deep/inner'].map(path => view.find(path)!.resourceId);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('what is moved keeps its id and is gone from where it was', async () => {
      const store = await openWithCalendar();
      await fill(store);
      const before = await viewOf(store);
      const ids = ['work', 'work/a.ics', 'work/inner', 'work/inner/b'].map(path => before.find(path)!.resourceId);
      await store.write(ann, unit => unit.move('work', 'play'));
      const view = await viewOf(store);
      expect(['play', 'play/a.ics', 'play/inner', 'play/inner/b'].map(path => view.find(path)!.resourceId)).toEqual(ids);
      expect(names(view.members(''))).toEqual(['play']);
      expect(view.findUid('play', 'a')?.path).toBe('play/a.ics');
      expect(view.findUid('work', 'a')).toBeUndefined();
      expect(text(await view.read('play/inner/b'))).toBe('B');
      expect(await view.read('work/a.ics')).toBeUndefined();
    });

    test('a path left in a unit can be taken in the same unit', async () => {
      const store = await openWithCalendar();
      await fill(store);
      await store.write(ann, unit => {
        unit.move('work/a.ics', 'work/z.ics');
        unit.put('work/a.ics', bytes('new'));
        unit.delete('work/inner');
        unit.put('work/inner', bytes('now an object'));
      });
      const view = await viewOf(store);
      expect(names(view.members('work'))).toEqual(['work/a.ics', 'work/inner', 'work/z.ics']);
      expect(await Promise.all(['a.ics', 'inner', 'z.ics'].map(async each => text(await view.read(`work/${each}`))))).toEqual([
        'new',
        'now an object',
        'A',
      ]);
    });
  });

  describe(`${name}: finding`, () => {
    test('an object by its UID, in one calendar only', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        unit.createCollection('play', [calendar]);
        unit.put('work/1.ics', bytes('1'), event('one'));
        unit.put('play/2.ics', bytes('2'), event('two'));
      });
      const view = await viewOf(store);
      expect(view.findUid('work', 'one')?.path).toBe('work/1.ics');
      expect(view.findUid('work', 'two')).toBeUndefined();
      await store.write(ann, unit => unit.put('work/1.ics', bytes('3'), event('three')));
      expect([view.findUid('work', 'one'), view.findUid('work', 'three')?.path]).toEqual([undefined, 'work/1.ics']);
    });

    test('objects by range: each instance counts, ends do not, other calendars and components do not', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        unit.createCollection('play', [calendar]);
        unit.put('play/p.ics', bytes('p'), event('p', [10]));
        unit.put('work/a.ics', bytes('a'), event('a', [10]));
        unit.put('work/b.ics', bytes('b'), event('b', [0, 100, 200]));
        unit.put('work/t.ics', bytes('t'), event('t', [10], {component: 'VTODO'}));
        unit.put('work/long.ics', bytes('l'), {...event('l'), spans: [{start: -1e6 * hour, end: 50 * hour, floating: false}]});
        unit.put('work/point.ics', bytes('p'), {...event('q'), spans: [{start: 30 * hour, end: 30 * hour, floating: false}]});
        unit.put('work/none.ics', bytes('n'));
      });
      const view = await viewOf(store);
      const inRange = (start: number, end: number, component?: string) =>
        names(view.findInRange('work', {start: start * hour, end: end * hour}, component));
      expect(inRange(10, 11)).toEqual(['work/a.ics', 'work/long.ics', 'work/t.ics']);
      expect(inRange(10, 11, 'VTODO')).toEqual(['work/t.ics']);
      expect(inRange(11, 12)).toEqual(['work/long.ics']);
      expect(inRange(99, 101)).toEqual(['work/b.ics']);
      expect(inRange(200, 1e9)).toEqual(['work/b.ics']);
      expect(inRange(201, 1e9)).toEqual([]);
      expect(inRange(30, 31)).toEqual(['work/long.ics', 'work/point.ics']);
      expect(inRange(29, 30)).toEqual(['work/long.ics']);
      expect(inRange(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toHaveLength(5);
      await store.write(ann, unit => unit.put('work/b.ics', bytes('b'), event('b', [300])));
      expect(inRange(99, 201)).toEqual([]);
      expect(inRange(300, 301)).toEqual(['work/b.ics']);
    });

    test('floating instances have 14 hours to spare; beyond its horizon an object always may have one', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => {
        unit.put('work/float.ics', bytes('f'), event('f', [100], {floating: true}));
        unit.put('work/ever.ics', bytes('e'), event('e', [0], {horizon: 500 * hour}));
      });
      const view = await viewOf(store);
      const inRange = (start: number, end: number) => names(view.findInRange('work', {start: start * hour, end: end * hour}));
      expect(inRange(86, 87)).toEqual(['work/float.ics']);
      expect(inRange(114, 115)).toEqual(['work/float.ics']);
      expect(inRange(85, 86)).toEqual([]);
      expect(inRange(115, 116)).toEqual([]);
      expect(inRange(498, 499)).toEqual([]);
      expect(inRange(600, 601)).toEqual(['work/ever.ics']);
    });
  });

  describe(`${name}: changes since a revision (RFC 6578 §3)`, () => {
    const since = async (store: Store, token: number | undefined, collection = 'work', depth: '1' | 'infinity' = '1') => {
      const answer = (await viewOf(store)).changes(collection, token, depth);
      if (!answer) throw new Error('the token was refused');
      return {...answer, brief: answer.changes.map(({path, stored}) => (stored ? path : `-${path}`))};
    };

    test('at first all that is there, then what changed, oldest first', async () => {
      const store = await openWithCalendar();
      for (const each of ['c', 'a', 'b']) await store.write(ann, unit => unit.put(`work/${each}`, bytes(each)));
      await store.write(ann, unit => unit.delete('work/b'));
      const first = await since(store, undefined);
      expect(first.brief).toEqual(['work/c', 'work/a']);
      expect(first.revision).toBe((await viewOf(store)).find('work')!.revision);
      expect((await since(store, first.revision)).brief).toEqual([]);
      await store.write(ann, unit => unit.put('work/a', bytes('AA')));
      await store.write(ann, unit => unit.delete('work/c'));
      await store.write(ann, unit => unit.put('work/d', bytes('D')));
      const second = await since(store, first.revision);
      expect(second.brief).toEqual(['work/a', '-work/c', 'work/d']);
      expect((second.changes[0]!.stored as StoredObject).sizeBytes).toBe(2);
      expect(second.truncated).toBe(false);
    });

    test('removed and made again is one change; properties count as a change', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.put('work/a', bytes('A')));
      const {revision} = await since(store, undefined);
      await store.write(ann, unit => unit.delete('work/a'));
      await store.write(ann, unit => unit.put('work/a', bytes('A')));
      expect((await since(store, revision)).brief).toEqual(['work/a']);
      const later = (await since(store, revision)).revision;
      await store.write(ann, unit => unit.setProperties('work/a', new Map([[color, red]])));
      expect((await since(store, later)).brief).toEqual(['work/a']);
    });

    test('depth 1 tells of a member collection when anything in it changed, infinity of everything', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.createCollection('work/inner', []));
      const {revision} = await since(store, undefined, '', 'infinity');
      await store.write(ann, unit => unit.put('work/inner/a', bytes('A')));
      expect((await since(store, revision, '')).brief).toEqual(['work']);
      const deep = await since(store, revision, '', 'infinity');
      expect(deep.brief).toContain('work/inner/a');
      expect(deep.brief).not.toContain('');
      await store.write(ann, unit => unit.delete('work/inner'));
      expect((await since(store, deep.revision, '', 'infinity')).brief).toEqual(
        expect.arrayContaining(['-work/inner', '-work/inner/a']),
      );
      expect((await since(store, deep.revision, 'work')).brief).toEqual(['-work/inner']);
    });

    test('what is moved is gone from one place and new in the other', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.createCollection('play', [calendar]));
      await store.write(ann, unit => unit.put('work/a', bytes('A')));
      const [work, play] = [(await since(store, undefined)).revision, (await since(store, undefined, 'play')).revision];
      await store.write(ann, unit => unit.move('work/a', 'play/a'));
      expect((await since(store, work)).brief).toEqual(['-work/a']);
      expect((await since(store, play, 'play')).brief).toEqual(['play/a']);
    });

    test('with a limit the pages together are the whole, also when one unit changed everything', async () => {
      const store = await openWithCalendar();
      const all = Array.from({length: 10}, (_, at) => `work/${at}`);
      await store.write(ann, unit => {
        for (const path of all) unit.put(path, bytes(path));
      });
      const seen: string[] = [];
      let token: number | undefined;
      for (let pages = 1; ; pages++) {
        const page = (await viewOf(store)).changes('work', token, '1', 3)!;
        expect(page.changes.length).toBeLessThanOrEqual(3);
        seen.push(...names(page.changes));
        token = page.revision;
        if (!page.truncated) {
          expect(pages).toBe(4);
          break;
        }
      }
      expect(seen).toEqual(all);
      expect(token).toBe((await viewOf(store)).find('work')!.revision);
    });

    test("a revision that never was, or was not this collection's, is refused", async () => {
      const store = await openWithCalendar();
      const {revision} = await since(store, undefined);
      const view = await viewOf(store);
      const home = view.find('')!.revision;
      expect(view.changes('work', revision + 1_000_000, '1')).toBeUndefined();
      expect(view.changes('work', 1, '1')).toBeUndefined();
      expect(view.changes('none', undefined, '1')).toBeUndefined();
      await store.write(ann, unit => unit.createCollection('later', []));
      expect(view.changes('later', home, '1')).toBeUndefined();
      await store.write(ann, unit => unit.delete('work'));
      await store.write(ann, unit => unit.createCollection('work', []));
      expect(view.changes('work', revision, '1')).toBeUndefined();
    });
  });

  describe(`${name}: units of work`, () => {
    test('what is staged is not seen until it is kept, and not at all when work throws', async () => {
      const store = await openWithCalendar();
      await expect(
        store.write(ann, unit => {
          unit.put('work/a', bytes('A'));
          expect(unit.find('work/a')).toBeUndefined();
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect((await viewOf(store)).find('work/a')).toBeUndefined();
    });

    test('write answers what work answers, and a view of before sees what was kept', async () => {
      const store = await openWithCalendar();
      const view = await viewOf(store);
      const answer = await store.write(ann, async unit => {
        await Promise.resolve();
        unit.put('work/a', bytes('A'));
        return 42;
      });
      expect(answer).toBe(42);
      expect(text(await view.read('work/a'))).toBe('A');
    });

    test('many at once are all kept', async () => {
      const store = await openWithCalendar();
      await Promise.all(
        Array.from({length: 100}, (_, at) =>
          store.write(ann, unit => {
            unit.find('work');
            unit.find(`work/${at}`);
            unit.findUid('work', `${at}`);
            unit.put(`work/${at}`, bytes(`${at}`), event(`${at}`));
          }),
        ),
      );
      const view = await viewOf(store);
      expect(view.count('work')).toBe(100);
      for (let at = 0; at < 100; at++) expect(text(await view.read(`work/${at}`))).toBe(`${at}`);
    });

    test('of those that found a path free, one makes it', async () => {
      const store = await openWithCalendar();
      const outcomes = await Promise.all(
        Array.from({length: 20}, (_, at) =>
          store.write(ann, unit => {
            if (unit.find('work/a')) return 'taken';
            unit.put('work/a', bytes(`${at}`));
            return 'made';
          }),
        ),
      );
      expect(outcomes.filter(outcome => outcome === 'made')).toHaveLength(1);
    });

    test('of those that found a UID free, one takes it', async () => {
      const store = await openWithCalendar();
      await Promise.all(
        Array.from({length: 20}, (_, at) =>
          store.write(ann, unit => {
            if (!unit.findUid('work', 'same')) unit.put(`work/${at}`, bytes(`${at}`), event('same'));
          }),
        ),
      );
      expect((await viewOf(store)).count('work')).toBe(1);
    });

    test('no increment is lost, whatever is looked at', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.put('work/n', bytes('0')));
      const looks: ((unit: HomeUnit) => unknown)[] = [
        unit => unit.find('work/n'),
        unit => [...unit.members('work')],
        unit => unit.changes('work', undefined, '1'),
        unit => unit.find('work')!.revision,
      ];
      await Promise.all(
        Array.from({length: 24}, (_, at) =>
          store.write(ann, async unit => {
            looks[at % looks.length]!(unit);
            const before = Number(text(await unit.read('work/n')));
            unit.put('work/n', bytes(String(before + 1)));
          }),
        ),
      );
      expect(text(await (await viewOf(store)).read('work/n'))).toBe('24');
    });

    test('limits on members and bytes hold', async () => {
      const store = await openWithCalendar();
      await Promise.all(
        Array.from({length: 30}, (_, at) =>
          store.write(ann, unit => {
            if (unit.count('work') < 10) unit.put(`work/${at}`, bytes('12345'));
          }),
        ),
      );
      expect((await viewOf(store)).count('work')).toBe(10);
      await Promise.all(
        Array.from({length: 30}, (_, at) =>
          store.write(ann, unit => {
            if (unit.usedBytes() + 5 <= 100) unit.put(`work/b${at}`, bytes('12345'));
          }),
        ),
      );
      expect((await viewOf(store)).usedBytes()).toBe(100);
    });

    test('properties read and written by several do not overwrite each other', async () => {
      const store = await openWithCalendar();
      const name = dav('displayname');
      await store.write(ann, unit => unit.setProperties('work', new Map([[name, '0']])));
      await Promise.all(
        Array.from({length: 20}, () =>
          store.write(ann, unit => {
            const before = Number(unit.find('work')!.properties.get(name));
            unit.setProperties('work', new Map([[name, String(before + 1)]]));
          }),
        ),
      );
      expect((await viewOf(store)).find('work')!.properties.get(name)).toBe('20');
    });
  });

  describe(`${name}: locks`, () => {
    const lock = {
      token: 'urn:uuid:1',
      path: 'work/a',
      infinite: false,
      exclusive: true,
      creator: 'ann',
      owner: '<owner xmlns="DAV:"/>',
    };
    const locked = async (now?: () => number) => {
      const store = await openWithCalendar(now && {now});
      await store.write(ann, unit => {
        unit.put('work/a', bytes('a'));
        unit.lock({...lock, seconds: 60});
      });
      return store;
    };
    const tokens = async (store: Store) => (await viewOf(store)).locks().map(({token}) => token);

    test('a home has none until one is made; it is answered as it was given', async () => {
      expect((await viewOf(await openWithCalendar())).locks()).toEqual([]);
      expect((await viewOf(await locked(() => 1_000_000))).locks()).toEqual([{...lock, seconds: 60}]);
    });

    test('one goes when its time is over; with the same token it gets a new time', async () => {
      let now = 1_000_000;
      const store = await locked(() => now);
      now += 59_001;
      expect((await viewOf(store)).locks()).toMatchObject([{seconds: 1}]);
      await store.write(ann, unit => unit.lock({...lock, seconds: 100}));
      now += 99_999;
      expect((await viewOf(store)).locks()).toMatchObject([{seconds: 1}]);
      now += 1;
      expect((await viewOf(store)).locks()).toEqual([]);
    });

    test('one goes when it is removed', async () => {
      const store = await locked();
      await store.write(ann, unit => unit.unlock(lock.token));
      expect(await tokens(store)).toEqual([]);
    });

    test('no revision is raised by any of it', async () => {
      const store = await locked();
      const revisions = async () => {
        const view = await viewOf(store);
        return ['', 'work', 'work/a'].map(path => view.find(path)!.revision);
      };
      const before = await revisions();
      await store.write(ann, unit => unit.lock({...lock, seconds: 90}));
      await store.write(ann, unit => unit.unlock(lock.token));
      expect(await revisions()).toEqual(before);
    });

    test('what is not there cannot be locked', async () => {
      const store = await openWithCalendar();
      await expect(store.write(ann, unit => unit.lock({...lock, path: 'work/none', seconds: 60}))).rejects.toThrow();
      expect(await tokens(store)).toEqual([]);
    });

    test.each<[string, (unit: HomeUnit) => void]>([
      ['it is deleted', unit => unit.delete('work/a')],
      ['what it lies in is deleted', unit => unit.delete('work')],
      ['it is moved', unit => unit.move('work/a', 'work/b')],
      ['what it lies in is moved', unit => unit.move('work', 'b')],
    ])('one goes when %s', async (_, change) => {
      const store = await locked();
      await store.write(ann, change);
      expect(await tokens(store)).toEqual([]);
    });

    test.each<[string, (unit: HomeUnit) => void]>([
      ['is written', unit => void unit.put('work/a', bytes('b'))],
      ['has properties set', unit => unit.setProperties('work/a', new Map([[color, red]]))],
      ['is copied, and the copy has none', unit => unit.copy('work/a', 'work/b')],
      [
        'is replaced at one go',
        unit => {
          unit.delete('work/a');
          unit.put('work/a', bytes('c'));
        },
      ],
    ])('one stays when what it is on %s', async (_, change) => {
      const store = await locked();
      await store.write(ann, change);
      expect(await tokens(store)).toEqual([lock.token]);
    });

    test('of those that saw no lock, one makes one', async () => {
      const store = await openWithCalendar();
      await store.write(ann, unit => unit.put('work/a', bytes('a')));
      await Promise.all(
        Array.from({length: 20}, (_, at) =>
          store.write(ann, unit => {
            if (unit.locks().length === 0) unit.lock({...lock, token: `urn:uuid:${at}`, seconds: 60});
          }),
        ),
      );
      expect(await tokens(store)).toHaveLength(1);
    });
  });

  describe(`${name}: histories`, () => histories(openWithCalendar));
}
