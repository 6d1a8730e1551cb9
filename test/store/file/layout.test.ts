import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {fileNameOf, homeFolder, homeOfFolder, maxNameBytes, nameOfFile} from '../../../src/store/file/layout.ts';

describe('file names', () => {
  test('ordinary names are kept as they are', () => {
    for (const name of ['a.ics', 'Zoë 1.ics', '0400@x{y}~.ics', 'x:y']) expect(fileNameOf(name)).toBe(name);
  });

  test('every name leads to a file name and back, and no two to one', () => {
    const name = fc
      .oneof(fc.string({unit: 'binary'}), fc.string({unit: fc.constantFrom('.', '/', '%', '=', 'a', '2', 'E', '\u0001')}))
      .filter(each => each !== '' && each.isWellFormed() && Buffer.byteLength(each) <= maxNameBytes && !each.includes('\0'));
    fc.assert(
      fc.property(name, each => {
        const file = fileNameOf(each);
        expect(nameOfFile(file)).toBe(each);
        expect(file).not.toMatch(/^\.|[/\u0000-\u001f]/);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
      }),
    );
  });

  test("file names of ours, and those no resource has, are nobody's", () => {
    for (const file of ['.home.sqlite', '.', '..', '.a.ics.properties', '', '100%.ics', '%41', '%2e', '%=', '%=!!']) {
      expect(nameOfFile(file)).toBeUndefined();
    }
  });
});

describe('home folders', () => {
  test('are spread by the GUID, or by a hash where it begins oddly', () => {
    expect(homeFolder('/r', 'calendars/5A985493-EE2C-4665-94CF-4DFEA3A89500')).toBe(
      '/r/calendars/__uids__/5A/98/5A985493-EE2C-4665-94CF-4DFEA3A89500',
    );
    expect(homeFolder('/r', 'calendars/../../etc')).toMatch(
      /^\/r\/calendars\/__uids__\/[0-9a-f]{2}\/[0-9a-f]{2}\/%2E.%2F..%2Fetc$/,
    );
  });

  test('lead back to the home', () => {
    for (const home of ['calendars/ann', 'addressbooks/..', 'calendars/a/b', 'calendars/%41', 'calendars/é'] as const) {
      const tree = home.startsWith('c') ? 'calendars' : 'addressbooks';
      expect(homeOfFolder('/r', tree, homeFolder('/r', home))).toBe(home);
    }
    expect(homeOfFolder('/r', 'calendars', '/r/calendars/__uids__/zz/zz/ann')).toBeUndefined();
  });

  test('other trees, empty and endless GUIDs are refused', () => {
    for (const home of ['x/y', 'calendars/', `calendars/${'a'.repeat(300)}`, 'calendars/\0']) {
      expect(() => homeFolder('/r', home as 'calendars/x')).toThrow();
    }
  });
});
