import {expect, test} from 'vitest';
import {pointed} from '../../src/tester/json-pointer.ts';

const json = '{"a": {"x": {"b": "1"}, "y": {"b": 2}}, "n": null, "list": ["p", "q"], "s/l": true}';

test.each([
  ['/a/x/b', ['1']],
  ['/a/./b', ['1', 2]],
  ['/a/./b~$2', [2]],
  ['/list/1', ['q']],
  ['/list/.~$p', ['p']],
  ['/n~~', [null]],
  ['/a~~', []],
  ['/s~1l', [true]],
  ['/missing', []],
  ['/a/x/b/c', []],
])('%s', (pointer, found) => {
  expect(pointed(json, pointer)).toEqual(found);
});

test('nothing is in what is not JSON', () => {
  expect(pointed('<x/>', '/a')).toEqual([]);
});
