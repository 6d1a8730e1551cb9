import {describe, expect, test} from 'vitest';
import {evaluateConditions, type Validators} from '../../src/http/conditional.ts';

const modified = Date.parse('2026-03-01T10:00:00.500Z');
const there: Validators = {exists: true, etag: 'abc', modified};
const nothing: Validators = {exists: false};
const before = 'Sun, 01 Mar 2026 09:00:00 GMT';
const same = 'Sun, 01 Mar 2026 10:00:00 GMT';

describe('RFC 9110 §13.1 conditions', () => {
  test.each<[string, Record<string, string>, Validators, boolean, 304 | 412 | undefined]>([
    ['If-Match with its tag holds', {'if-match': '"abc"'}, there, false, undefined],
    ['If-Match with its tag among others holds', {'if-match': '"x", "abc"'}, there, false, undefined],
    ['If-Match with another tag fails', {'if-match': '"x"'}, there, false, 412],
    ['If-Match compares strongly', {'if-match': 'W/"abc"'}, there, false, 412],
    ['If-Match: * holds for whatever is there', {'if-match': '*'}, {exists: true}, false, undefined],
    ['If-Match: * fails where nothing is', {'if-match': '*'}, nothing, false, 412],
    ['If-Match with a tag fails where nothing is', {'if-match': '"abc"'}, nothing, false, 412],
    ['a tag without quotes is none', {'if-match': 'abc'}, there, false, 412],
    ['If-None-Match: * holds where nothing is', {'if-none-match': '*'}, nothing, false, undefined],
    ['If-None-Match: * fails where something is', {'if-none-match': '*'}, there, false, 412],
    ['If-None-Match with its tag: a reader has it already', {'if-none-match': '"abc"'}, there, true, 304],
    ['If-None-Match compares weakly', {'if-none-match': 'W/"abc"'}, there, true, 304],
    ['If-None-Match with its tag: a writer must not', {'if-none-match': '"abc"'}, there, false, 412],
    ['If-None-Match with another tag holds', {'if-none-match': '"x"'}, there, true, undefined],
    ['If-Modified-Since: not modified', {'if-modified-since': same}, there, true, 304],
    ['If-Modified-Since: modified', {'if-modified-since': before}, there, true, undefined],
    ['If-Modified-Since is for readers', {'if-modified-since': same}, there, false, undefined],
    ['If-None-Match goes before If-Modified-Since', {'if-none-match': '"x"', 'if-modified-since': same}, there, true, undefined],
    ['If-Unmodified-Since: unmodified', {'if-unmodified-since': same}, there, false, undefined],
    ['If-Unmodified-Since: modified', {'if-unmodified-since': before}, there, false, 412],
    ['If-Match goes before If-Unmodified-Since', {'if-match': '"abc"', 'if-unmodified-since': before}, there, false, undefined],
    ['a date that is none is not looked at', {'if-unmodified-since': 'yesterday'}, there, false, undefined],
    ['no condition', {}, there, true, undefined],
  ])('%s', (_name, headers, current, reading, expected) => {
    expect(evaluateConditions(headers, current, reading)).toBe(expected);
  });
});
