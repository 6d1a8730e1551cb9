import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {IcalError} from '../../src/ical/ical-error.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {splitCalendar} from '../../src/ical/split.ts';
import {dataFault} from '../../src/ical/validate.ts';
import {crlf, vcalendar} from './text.ts';

const zone = (tzid: string) =>
  crlf(`BEGIN:VTIMEZONE
TZID:${tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE`);

const event = (uid: string, ...lines: string[]) =>
  ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTART:20260101T100000Z', ...lines, 'END:VEVENT'].join('\r\n');

describe('splitCalendar', () => {
  test('an object a UID, master and overrides together, in the order of the file', () => {
    const source = vcalendar(
      event('b', 'RRULE:FREQ=DAILY'),
      event('a'),
      event('b', 'RECURRENCE-ID:20260102T100000Z', 'SUMMARY:moved'),
    );
    const {objects, refused} = splitCalendar(source);
    expect(refused).toEqual([]);
    expect(objects.map(({uid, component, line}) => ({uid, component, line}))).toEqual([
      {uid: 'b', component: 'VEVENT', line: 4},
      {uid: 'a', component: 'VEVENT', line: 9},
    ]);
    expect(objects[0]!.text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
  });

  test('each has the time zones it names, wherever in the file they stand, and no others', () => {
    const source = vcalendar(
      zone('Unused'),
      event('a', 'RDATE;TZID=Mine:20260105T100000', 'BEGIN:VALARM', 'TRIGGER:-PT5M', 'X-AT;TZID="Other, one":1', 'END:VALARM'),
      event('b'),
      zone('Mine'),
      zone('Other, one'),
    );
    const [a, b] = splitCalendar(source).objects;
    expect(a!.text.match(/^TZID:.*$/gm)!.map(line => line.trim())).toEqual(['TZID:Mine', 'TZID:Other, one']);
    expect(b!.text).not.toContain('VTIMEZONE');
  });

  test('what is of the whole calendar is no part of an object: METHOD, its name and colour', () => {
    const source = vcalendar(
      'METHOD:PUBLISH',
      'CALSCALE:GREGORIAN',
      'X-WR-CALNAME:Work',
      'X-APPLE-CALENDAR-COLOR:#fff',
      event('a'),
    );
    const {text} = splitCalendar(source).objects[0]!;
    expect(text).toContain('CALSCALE:GREGORIAN');
    expect(text).not.toMatch(/METHOD|X-WR|COLOR/);
  });

  test('lines stay as they are folded', () => {
    const long = `DESCRIPTION:${'x'.repeat(60)}\r\n ${'y'.repeat(40)}\r\n\t z`;
    expect(splitCalendar(vcalendar(event('a', long))).objects[0]!.text).toContain(long.replace('\r\n\t', '\r\n '));
  });

  test('several VCALENDARs in one file, each with its own zones', () => {
    const {objects} = splitCalendar(
      vcalendar(zone('Mine'), event('a', 'RDATE;TZID=Mine:20260105T100000')) +
        vcalendar(event('b', 'RDATE;TZID=Mine:20260105T100000')),
    );
    expect(objects.map(({uid, text}) => [uid, text.includes('BEGIN:VTIMEZONE')])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  test('what is refused is named by line, and the rest goes on', () => {
    const source = vcalendar(
      event('good'),
      event('line', 'this is no property'),
      'BEGIN:VEVENT\r\nDTSTART:20260101T100000Z\r\nEND:VEVENT',
      event('date', 'DTEND:tomorrow'),
      event('nested', 'BEGIN:VALARM', 'TRIGGER:-PT5M'),
      event('last'),
    );
    const {objects, refused} = splitCalendar(source);
    expect(objects.map(({uid}) => uid)).toEqual(['good', 'last']);
    expect(refused.map(({line, uid, message}) => [line, uid, message.slice(0, 20)])).toEqual([
      [11, 'line', 'this line is neither'],
      [13, undefined, 'this VEVENT has no U'],
      [16, 'date', 'DTEND of a VEVENT ho'],
      [26, 'nested', 'END:VEVENT ends noth'],
    ]);
  });

  test('a file that breaks off', () => {
    const {objects, refused} = splitCalendar(
      `${vcalendar(event('a')).replace('END:VCALENDAR\r\n', '')}BEGIN:VEVENT\r\nUID:b\r\n`,
    );
    expect(objects.map(({uid}) => uid)).toEqual(['a']);
    expect(refused).toEqual([{line: 8, uid: 'b', message: 'this VEVENT does not end'}]);
  });

  test('what is no calendar at all', () => {
    expect(() => splitCalendar('hello')).toThrow(IcalError);
    expect(() => splitCalendar('')).toThrow(IcalError);
    expect(splitCalendar(vcalendar())).toEqual({objects: [], refused: []});
  });

  test('20,000 events take their time, and no more', () => {
    const source = vcalendar(...Array.from({length: 20_000}, (_, number) => event(`u${number}`)));
    const start = performance.now();
    expect(splitCalendar(source).objects).toHaveLength(20_000);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('whatever lines are lost, nothing is taken that cannot be read', () => {
    const lines = vcalendar(
      zone('Mine'),
      event('a', 'RDATE;TZID=Mine:20260105T100000'),
      event('b', 'BEGIN:VALARM', 'TRIGGER:-PT5M', 'END:VALARM'),
    ).split('\r\n');
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({min: 1, max: lines.length - 1}), {maxLength: 5}), gone => {
        const {objects} = splitCalendar(lines.filter((_, index) => !gone.includes(index)).join('\r\n'));
        for (const {text} of objects) expect(dataFault(parseCalendar(text))).toBeUndefined();
      }),
    );
  });
});
