import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {jcalOf} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {tzidIn, withoutStandardTimezones, withStandardTimezones} from '../../src/ical/standard-timezones-in.ts';
import {zonesOf} from '../../src/ical/time-zones.ts';
import {timesAsLong} from '../support/cost.ts';
import {at, component, vcalendar} from './text.ts';

const zone = (tzid: string) => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid}`,
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
  'END:VTIMEZONE',
];
const event = (...lines: string[]) => component('VEVENT', ...lines);
const tzidsIn = (text: string) =>
  jcalOf(parseCalendar(text))[2]
    .filter(([name]) => name === 'vtimezone')
    .map(([, properties]) => properties.find(([name]) => name === 'tzid')![3]);

describe('RFC 7809 §3.1.3 without standard time zones', () => {
  test.each([
    ['a standard one goes', zone('Europe/Berlin'), []],
    ['an alias goes', zone('US/Eastern'), []],
    ['one of another spelling stays', zone('europe/berlin'), ['europe/berlin']],
    ['Windows’ stays', zone('W. Europe Standard Time'), ['W. Europe Standard Time']],
    [
      'a vendor’s stays',
      zone('/freeassociation.sourceforge.net/Europe/Berlin'),
      ['/freeassociation.sourceforge.net/Europe/Berlin'],
    ],
    ['of several the standard ones go', [...zone('Mine'), ...zone('Asia/Tokyo'), ...zone('Asia/Seoul')], ['Mine']],
    ['one with a folded name goes', zone('Europe/\r\n Berlin'), []],
    ['one with parameters at its name goes', zone('x').map(line => line.replace('TZID:x', 'TZID;X-A=1:Asia/Tokyo')), []],
  ])('%s', (_, lines, left) => {
    const text = withoutStandardTimezones(vcalendar(...lines, ...event('DTSTART;TZID=Mine:20260101T000000')));
    expect(tzidsIn(text)).toEqual(left);
  });

  test('the rest is left to the byte, whatever its line ends', () => {
    const text = vcalendar(...event('SUMMARY:x\ty', 'X-A:  b ')).replaceAll('\r\n', '\n');
    const withZone = text.replace('BEGIN:VEVENT', `${zone('Asia/Tokyo').join('\n')}\nBEGIN:VEVENT`);
    expect(withoutStandardTimezones(withZone)).toBe(text);
  });
});

describe('RFC 7809 §3.1.3 with standard time zones', () => {
  test.each([
    ['a parameter', ['DTSTART;TZID=Asia/Tokyo:20260101T000000'], ['Asia/Tokyo']],
    ['a quoted one', ['DTSTART;TZID="Asia/Tokyo":20260101T000000'], ['Asia/Tokyo']],
    ['one among others', ['RDATE;VALUE=DATE-TIME;X="a;b:c";TZID=Asia/Tokyo;Y=1:20260101T000000'], ['Asia/Tokyo']],
    ['a folded one', ['DTSTART;TZID=Asia/\r\n Tokyo:20260101T000000'], ['Asia/Tokyo']],
    ['each once', ['DTSTART;TZID=Asia/Tokyo:20260101T000000', 'DTEND;TZID=Asia/Tokyo:20260101T010000'], ['Asia/Tokyo']],
    ['Outlook’s', ['DTSTART;TZID=Pacific Standard Time:20260101T000000'], ['Pacific Standard Time']],
    ['none of an unknown name', ['DTSTART;TZID=Nowhere:20260101T000000'], []],
    ['none of a text', ['DESCRIPTION:a;TZID=Asia/Tokyo:b'], []],
    ['none of a date in UTC', ['DTSTART:20260101T000000Z'], []],
  ])('%s', (_, lines, tzids) => {
    expect(tzidsIn(withStandardTimezones(vcalendar(...event(...lines))))).toEqual(tzids);
  });

  test('one that is there stays as it is', () => {
    const text = vcalendar(...zone('Asia/Tokyo'), ...event('DTSTART;TZID=Asia/Tokyo:20260101T000000'));
    expect(withStandardTimezones(text)).toBe(text);
  });

  test('it tells as much of the past as the object needs', () => {
    const text = withStandardTimezones(
      vcalendar(...event('DTSTART;TZID=Europe/London:20260701T000000', 'RDATE;TZID=Europe/London:19690701T000000')),
    );
    expect(text.length).toBeLessThan(3000);
    const findZone = zonesOf(parseCalendar(text));
    expect(findZone('Europe/London')!.offsetAt(at('19700101'))).toBe(3_600_000);
    expect(findZone('Europe/London')!.offsetAt(at('20260101'))).toBe(0);
    expect(withStandardTimezones(vcalendar(...event('DTSTART;TZID=Europe/London:20260701T000000')), true)).toContain(
      'DTSTART:1847',
    );
  });

  test('put in and taken out again, a text is what it was', () => {
    const line = fc.oneof(
      fc.constantFrom('DTSTART;TZID=Asia/Tokyo:20260101T000000', 'RDATE;TZID="Europe/Berlin":20260101T000000', 'X-A;TZID=:1'),
      fc.string().map(text => `X-TEXT:${text.replaceAll(/[\r\n]/g, '')}`),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\r\n', '\n'), (lines, end) => {
        const text = vcalendar(...event(...lines)).replaceAll('\r\n', end);
        expect(withoutStandardTimezones(withStandardTimezones(text))).toBe(text);
      }),
    );
  });

  test.each([
    ['parameters without end', `DTSTART${';TZID=a'.repeat(100_000)}`],
    ['quotes without end', `DTSTART${';TZID="'.repeat(100_000)}`],
    ['names without end', 'a-'.repeat(200_000)],
    ['folds without end', `X:${'\r\n '.repeat(200_000)}`],
  ])('%s take about as long as plain text', (_, line) => {
    const hurting = vcalendar(...event(line));
    const plain = vcalendar(...event(`X:${'a'.repeat(line.length)}`));
    expect(
      timesAsLong(
        () => withStandardTimezones(hurting),
        () => withStandardTimezones(plain),
      ),
    ).toBeLessThan(500);
  });
});

test('the name of a zone that has none', () => {
  expect(tzidIn('BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\n')).toBeUndefined();
});
