import {describe, expect, test} from 'vitest';
import {addDuration, parseDuration} from '../../src/ical/duration.ts';
import {ianaZone} from '../../src/ical/iana-zone.ts';
import {printTime} from '../../src/ical/time.ts';
import {at} from './text.ts';

describe('RFC 5545 §3.3.6', () => {
  test.each([
    ['P15DT5H0M20S', {days: 15, milliseconds: 18_020_000}],
    ['P7W', {days: 49, milliseconds: 0}],
    ['-PT10M', {days: 0, milliseconds: -600_000}],
    ['+P1D', {days: 1, milliseconds: 0}],
    ['PT0S', {days: 0, milliseconds: 0}],
    ['-P1WT1H', {days: -7, milliseconds: -3_600_000}],
    ['P1DT', {days: 1, milliseconds: 0}],
  ])('%s', (text, expected) => {
    const {days, milliseconds} = parseDuration(text)!;
    expect({days: days + 0, milliseconds: milliseconds + 0}).toEqual({days: expected.days, milliseconds: expected.milliseconds});
  });

  test.each(['', 'P', 'PT', 'P1', 'PT1D', 'P1H', 'PTT', '1D', 'P-1D', 'PT1.5H', 'P999999999999D', 7, undefined])(
    '%j is none',
    value => {
      expect(parseDuration(value)).toBeUndefined();
    },
  );

  test('days are the calendar’s, hours the clock’s', () => {
    const zone = ianaZone('Europe/Berlin')!;
    const time = {local: at('20260328T120000'), date: false, zone};
    expect(printTime(addDuration(time, parseDuration('P1D')!))).toBe('2026-03-29T12:00:00');
    expect(printTime(addDuration(time, parseDuration('PT24H')!))).toBe('2026-03-29T13:00:00');
    expect(printTime(addDuration({local: at('20260328'), date: true, zone: undefined}, parseDuration('PT36H')!))).toBe(
      '2026-03-29',
    );
  });
});
