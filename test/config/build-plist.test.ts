import fc from 'fast-check';
import {type PlistValue, parse} from 'plist';
import {expect, test} from 'vitest';
import {buildPlist} from '../../src/config/build-plist.ts';
import {parsePlist} from '../../src/config/plist-source.ts';

// Without the three that XML 1.1 takes for the end of a line, as the other parser does in XML 1.0 also.
const text = fc
  .string({unit: 'grapheme'})
  .map(raw =>
    raw.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\x85\u2028\u2029\ufffd-\uffff]/g, '').replaceAll(/\r\n?/g, '\n'),
  );
const {tree} = fc.letrec<{tree: PlistValue; leaf: PlistValue}>(tie => ({
  leaf: fc.oneof(
    text,
    fc.boolean(),
    fc.integer(),
    fc.double({noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6}).map(value => Math.round(value * 1000) / 1000 || 0),
    fc.date({min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true}).map(date => {
      date.setUTCMilliseconds(0);
      return date;
    }),
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
  ),
  tree: fc.oneof(
    {depthSize: 'small'},
    tie('leaf'),
    fc.array(tie('tree')),
    fc.dictionary(
      text.filter(key => key !== '' && key !== '__proto__'),
      tie('tree'),
      {noNullPrototype: true},
    ),
  ),
}));

test('what is built is read alike by us and by the package', () => {
  fc.assert(
    fc.property(tree, value => {
      const built = buildPlist({value});
      expect(parsePlist(built).value).toEqual(parse(built));
    }),
  );
});

test('data wrapped over lines, as Apple’s tools write it, is one value', () => {
  const source = '<plist version="1.0"><dict><key>a</key><data>\n\tAQID\n\tBAU=\n\t</data></dict></plist>';
  expect(parsePlist(source).value).toEqual({a: new Uint8Array([1, 2, 3, 4, 5])});
});
