import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Span} from '../../../src/ical/object-index.ts';
import {levels, packSpans, spanRows, unpackSpans} from '../../../src/store/file/spans.ts';

const instant = fc.integer({min: -4e12, max: 4e12});
const span: fc.Arbitrary<Span> = fc
  .tuple(instant, fc.nat(1e11), fc.boolean())
  .map(([start, length, floating]) => ({start, end: start + length, floating}));

describe('spans', () => {
  test('are packed and unpacked unchanged', () => {
    fc.assert(
      fc.property(fc.array(span), spans => {
        expect(unpackSpans(packSpans(spans))).toEqual(spans);
      }),
    );
    const open = [{start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, floating: false}];
    expect(unpackSpans(packSpans(open))).toEqual(open);
  });

  test('each row lies in a level that is long enough and has 14 hours to spare where it is floating', () => {
    fc.assert(
      fc.property(span, each => {
        const [row] = spanRows([each]);
        const spare = each.floating ? 14 * 3_600_000 : 0;
        expect([row!.start, row!.end]).toEqual([each.start - spare, each.end + spare]);
        expect(row!.end - row!.start).toBeLessThanOrEqual(levels[row!.level]!);
      }),
    );
  });

  test('what is endless or no time at all is found everywhere', () => {
    for (const each of [
      {start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, floating: false},
      {start: Number.NaN, end: Number.NaN, floating: true},
    ]) {
      const [row] = spanRows([each]);
      expect(row).toEqual({level: levels.length - 1, start: -8.64e15, end: 8.64e15});
      expect(levels.at(-1)).toBeGreaterThanOrEqual(2 * 8.64e15);
    }
  });
});
