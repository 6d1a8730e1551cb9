import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseTime} from '../../src/ical/time.ts';
import {utc} from '../../src/ical/zone.ts';

const zone = {id: 'Mine', offsetAt: () => 0};
const parse = (value: unknown, tzid?: string) => parseTime(value, tzid, name => (name === 'Mine' ? zone : undefined));
const two = (number: number) => String(number).padStart(2, '0');

describe('RFC 5545 §3.3.4, §3.3.5 a DATE or DATE-TIME in jCal', () => {
  test('is every day that there is, of the years 0 to 9999, and none that there is not', () => {
    const days = fc.tuple(fc.integer({min: 0, max: 9999}), fc.integer({min: 0, max: 13}), fc.integer({min: 0, max: 32}));
    fc.assert(
      fc.property(days, ([year, month, day]) => {
        const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
        const isDay = month > 0 && month < 13 && new Date(midnight).getUTCDate() === day;
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        expect(parse(text)).toEqual(isDay ? {local: midnight, date: true, zone: undefined} : undefined);
        expect(parse(`${text}T01:02:03`)?.local).toBe(isDay ? midnight + 3_723_000 : undefined);
      }),
      {numRuns: 5000},
    );
  });

  test('has the zone of its Z, of its TZID, or none', () => {
    const times = ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00', '2026-01-31'].map(value => parse(value, 'Mine')?.zone);
    expect(times).toEqual([utc, zone, undefined]);
    expect(parse('2026-01-31T10:00:00', 'Other')?.zone).toBe(undefined);
  });

  test('has a leap second, and no hour, minute or second beyond', () => {
    expect(parse('2026-12-31T23:59:60Z')?.local).toBe(Date.UTC(2026, 11, 31, 23, 59, 59));
    const beyond = ['2026-01-31T24:00:00', '2026-01-31T10:60:00', '2026-01-31T10:00:61'];
    expect(beyond.map(value => parse(value))).toEqual([undefined, undefined, undefined]);
  });

  test('is nothing else', () => {
    const others = [
      '',
      '20260131',
      '2026-01-31T',
      '2026-01-31T10:00',
      ' 2026-01-31',
      '2026-01-31\n',
      '2026-01-31T10:00:00z',
      20_260_131,
      ['2026-01-31'],
    ];
    expect(others.map(value => parse(value))).toEqual(others.map(() => undefined));
  });
});
