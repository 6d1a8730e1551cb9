import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parsePath, pathOfHref, printPath, printSegment} from '../../src/webdav/href.ts';

describe('RFC 3986 §3.3 paths', () => {
  test('%40 and @ are the same name, as are other ways to write one', () => {
    expect(parsePath('/calendars/users/ann%40example.com/')).toEqual(['calendars', 'users', 'ann@example.com']);
    expect(parsePath('/calendars/users/ann@example.com')).toEqual(['calendars', 'users', 'ann@example.com']);
    expect(parsePath('/%63alendars//users/')).toEqual(['calendars', 'users']);
  });

  test.each([
    ['a dot segment', '/a/./b'],
    ['a dot segment at the end', '/a/..'],
    ['an encoded one', '/a/%2e%2E/b'],
    ['a half-encoded one', '/a/.%2e/b'],
    ['an encoded slash', '/a%2Fb'],
    ['NUL', '/a/%00'],
    ['a line feed', '/a%0Ab'],
    ['DEL', '/a%7f'],
    ['a C1 control', '/a%C2%85b'],
    ['an overlong encoding', '/a/%C0%AE'],
    ['half a surrogate pair', '/a/%ED%A0%80'],
    ['Latin-1', '/a/%FC'],
    ['a percent sign alone', '/a/%'],
    ['a percent sign and no hex', '/a/%zz'],
    ['bytes that are not encoded', '/a/ü'],
    ['a space', '/a/b c'],
    ['a fragment', '/a/#b'],
    ['no slash at the start', 'a/b'],
    ['nothing', ''],
  ])('%s is refused: 400', (_what, path) => {
    expect(() => parsePath(path)).toThrowError(expect.objectContaining({status: 400}));
  });

  test('whatever a name is, its href leads back to it', () => {
    const name = fc
      .string({unit: 'grapheme', minLength: 1})
      .filter(text => text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f/]|^\.\.?$/.test(text));
    fc.assert(
      fc.property(fc.array(name), fc.boolean(), (names, isCollection) => {
        expect(parsePath(printPath(names, isCollection))).toEqual(names);
      }),
    );
  });

  test('an href needs no escaping in XML and none in a header', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), text => {
        fc.pre(text.isWellFormed());
        expect(printSegment(text)).toMatch(/^[\w.~%-]*$/);
      }),
    );
  });
});

describe('RFC 4918 §8.3 absolute URLs', () => {
  const hosts = new Set(['cal.example']);

  test('one of this host names its path, whatever the scheme and the port', () => {
    expect(pathOfHref('https://cal.example/a/b', hosts)).toBe('/a/b');
    expect(pathOfHref('http://CAL.example:8008/a', hosts)).toBe('/a');
    expect(pathOfHref('http://ann@cal.example', hosts)).toBe('/');
    expect(pathOfHref('/a/b', hosts)).toBe('/a/b');
  });

  test('one of another host is not ours', () => {
    expect(pathOfHref('https://other.example/a', hosts)).toBeUndefined();
    expect(pathOfHref('https://cal.example.other.example/a', hosts)).toBeUndefined();
    expect(pathOfHref('https://cal.example@other.example/a', hosts)).toBeUndefined();
  });
});
