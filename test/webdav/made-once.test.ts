import {expect, test} from 'vitest';
import type {StoredObject} from '../../src/store/store.ts';
import {MadeOnce} from '../../src/webdav/made-once.ts';

const object = (path: string): StoredObject => ({
  path,
  resourceId: path,
  created: 0,
  modified: 0,
  revision: 1,
  properties: new Map(),
  collection: false,
  etag: path,
  sizeBytes: 0,
  index: undefined,
});

test('what was made is found by the object itself and the shape of what was asked', () => {
  const remembered = new MadeOnce<string>(1 << 20, text => text.length);
  const [a, same] = [object('a'), object('a')];
  remembered.set('one', a, 'one of a');
  remembered.set('two', a, 'two of a');
  expect(['one', 'two', 'three'].map(shape => remembered.get(shape, a))).toEqual(['one of a', 'two of a', undefined]);
  expect(remembered.get('one', same)).toBeUndefined();
});

test('what is not asked for any more goes first when there is too much, and what is asked for stays', () => {
  const remembered = new MadeOnce<string>(20_000, text => text.length);
  const [wanted, unwanted] = [object('wanted'), object('unwanted')];
  remembered.set('one', wanted, 'w');
  remembered.set('one', unwanted, 'u');
  for (let at = 0; at < 100; at++) {
    remembered.set('one', object(String(at)), 'x'.repeat(800));
    expect(remembered.get('one', wanted)).toBe('w');
  }
  expect(remembered.get('one', unwanted)).toBeUndefined();
});

test('an endless question is answered, but not remembered', () => {
  const remembered = new MadeOnce<string>(1 << 20, text => text.length);
  const a = object('a');
  remembered.set('x'.repeat(5000), a, 'value');
  expect(remembered.get('x'.repeat(5000), a)).toBeUndefined();
});
