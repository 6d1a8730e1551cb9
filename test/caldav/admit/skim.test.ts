import {globSync, readFileSync} from 'node:fs';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {calendarObject} from '../../../src/caldav/admit/calendar-object.ts';
import {requireWithinLimits} from '../../../src/caldav/admit/object-limits.ts';
import {IcalError} from '../../../src/ical/ical-error.ts';
import {type JcalComponent, jcalOf} from '../../../src/ical/jcal.ts';
import {type Calendar, parseCalendar, parseProperty} from '../../../src/ical/parse.ts';
import {isUnread, skimCalendar} from '../../../src/ical/skim.ts';
import {unlimited} from '../../support/unlimited.ts';

const limits = {...unlimited, maxInstances: 50, maxAttendeesPerInstance: 3};
const berlin = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Berlin',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'DTSTART:19810329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'DTSTART:19961027T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'END:VTIMEZONE',
];
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What is refused, and why; or the index. */
function verdict(calendar: Calendar): unknown {
  try {
    return requireWithinLimits(calendarObject(calendar), limits);
  } catch (error) {
    return String((error as Error).message);
  }
}

/** A component without what may be passed over. */
function read([name, properties, components]: JcalComponent): JcalComponent {
  return [name, properties.filter(([property]) => !isUnread(property.toUpperCase(), name)), components.map(read)];
}

/** Holds a text's skimmed reading against the whole one; answers whether it was skimmed. */
function compare(bytes: Uint8Array): boolean {
  const skimmed = skimCalendar(bytes);
  if (!skimmed) return false;
  const whole = parseCalendar(bytes);
  expect(read(jcalOf(skimmed))).toEqual(read(jcalOf(whole)));
  expect(verdict(skimmed)).toEqual(verdict(whole));
  return true;
}

beforeAll(() => void vi.useFakeTimers({toFake: ['Date'], now: Date.UTC(2026, 0, 1)}));
afterAll(() => void vi.useRealTimers());

describe('what is skimmed of a calendar object is what a whole reading gives', () => {
  test('of an event as clients send it', () => {
    const text = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Example//EN',
      ...berlin,
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTAMP:20260101T000000Z',
      'DTSTART;TZID=Europe/Berlin:20260105T100000',
      'DTEND;TZID=Europe/Berlin:20260105T110000',
      'RRULE:FREQ=DAILY;COUNT=3',
      'SUMMARY:Eins\\, zwei',
      'DESCRIPTION:folded over',
      '  two lines, with ümlauts',
      'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="a:b":geo:1,2',
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'TRIGGER:-PT15M',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ];
    expect(compare(bytesOf(text.join('\r\n')))).toBe(true);
    expect(compare(bytesOf(text.join('\n')))).toBe(true);
  });

  test('of recorded ones', () => {
    const files = globSync('test/**/*.ics');
    expect(files.filter(file => compare(readFileSync(file))).length).toBeGreaterThan(files.length / 2);
  });

  const value = fc.oneof(
    fc.constantFrom(
      '20260105T100000Z',
      '20260105T100000',
      '20260105',
      '20261305T100000',
      '1',
      'a\\,b',
      'PT1H',
      '',
      ' x ',
      '2.0',
      '1.0',
    ),
    fc.string({
      maxLength: 12,
      unit: fc.constantFrom('a', '1', ':', ';', ',', '"', '\\', ' ', '=', 'é', '\u{1f600}', '\t', '\u00a0'),
    }),
    fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;COUNT=4', 'FREQ=YEARLY;UNTIL=20300101T000000Z', 'FREQ=DAILY;COUNT=60'),
  );
  const name = fc.constantFrom(
    ...[
      'DTSTART',
      'DTEND',
      'DUE',
      'DURATION',
      'RECURRENCE-ID',
      'EXDATE',
      'RDATE',
      'RRULE',
      'UID',
      'CREATED',
      'COMPLETED',
      'METHOD',
    ],
    ...[
      'SUMMARY',
      'Summary',
      'dtstart',
      'X-A',
      'X-CALENDARSERVER-ACCESS',
      'x-b',
      'ATTENDEE',
      'CATEGORIES',
      'VERSION',
      'ACKNOWLEDGED',
    ],
    ...[
      'SEQUENCE',
      'TRIGGER',
      'DTSTAMP',
      'BEGIN',
      'END',
      'begin',
      'SUM MARY',
      'X-',
      '',
      'GEO',
      'ATTACH',
      'REQUEST-STATUS',
      'TZID',
    ],
  );
  const parameter = fc.constantFrom(
    '',
    '',
    '',
    ';TZID=Europe/Berlin',
    ';TZID=Nowhere',
    ';VALUE=DATE',
    ';X="a:b"',
    ';X',
    ';VALUE=BOOLEAN',
  );
  const newline = fc.constantFrom(
    '\r\n',
    '\r\n',
    '\r\n',
    '\n',
    '\r\n ',
    '\n\t',
    '\r\r\n',
    '\r\n\r\n',
    '\r',
    '\u0000\r\n',
    ' \r\n',
  );
  const property = fc.tuple(name, parameter, value).map(([a, b, c]) => `${a}${b}:${c}`);
  const usual = fc.constantFrom('UID:1', 'DTSTART:20260105T100000Z', 'DTSTART;TZID=Europe/Berlin:20260105T100000', 'SUMMARY:x');
  const line = fc.oneof({weight: 3, arbitrary: usual}, {weight: 2, arbitrary: property});
  const part = fc
    .tuple(
      fc.oneof(
        {weight: 5, arbitrary: fc.constant('VEVENT')},
        fc.constantFrom('VTODO', 'VJOURNAL', 'VALARM', 'VTIMEZONE', 'vevent'),
      ),
      fc.array(line, {maxLength: 6}),
      fc.option(fc.array(line, {maxLength: 3})),
    )
    .map(([component, lines, alarm]) => [
      `BEGIN:${component}`,
      ...lines,
      ...(alarm ? ['BEGIN:VALARM', ...alarm, 'END:VALARM'] : []),
      `END:${component}`,
    ]);
  const calendar = fc
    .tuple(fc.boolean(), fc.array(property, {maxLength: 2}), fc.array(part, {minLength: 1, maxLength: 3}))
    .map(([zoned, properties, parts]) => [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      ...properties,
      ...(zoned ? berlin : []),
      ...parts.flat(),
      'END:VCALENDAR',
      '',
    ]);

  test('of whatever comes together of usual and of odd lines', () => {
    let skimmed = 0;
    fc.assert(
      fc.property(calendar, lines => {
        if (compareOrRefuse(lines.join('\r\n'))) skimmed++;
      }),
      {numRuns: 1000},
    );
    expect(skimmed).toBeGreaterThan(100);
  });

  test('however its lines end, are folded and are cut off', () => {
    fc.assert(
      fc.property(calendar, fc.array(fc.tuple(fc.nat(), newline), {maxLength: 4}), fc.nat(30), (lines, breaks, cut) => {
        let text = lines.join('\r\n');
        for (const [at, end] of breaks) text = text.slice(0, at % text.length) + end + text.slice(at % text.length);
        compareOrRefuse(cut < 5 ? text.slice(0, -cut) : text);
      }),
      {numRuns: 1000},
    );
  });

  /** What the parser refuses is never skimmed. */
  function compareOrRefuse(text: string): boolean {
    const bytes = bytesOf(text);
    try {
      parseCalendar(bytes);
    } catch (error) {
      if (!(error instanceof IcalError)) throw error;
      expect(skimCalendar(bytes)).toBe(undefined);
      return false;
    }
    return compare(bytes);
  }

  test('a blank line before a fold, which goes on from the line before that', () => {
    for (const at of ['VERSION', 'BEGIN:VEVENT', 'END:VCALENDAR']) {
      const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
      expect(compareOrRefuse(text.replace(at, `\r\n ${at}`))).toBe(false);
    }
  });

  test('what is passed over could have been read whatever it holds', () => {
    const places = ['vcalendar', 'vevent', 'vtodo', 'valarm'] as const;
    const passedOver = fc.constantFrom(
      ...['PRODID', 'CALSCALE', 'CLASS', 'STATUS', 'TRANSP', 'SUMMARY', 'LOCATION', 'DESCRIPTION', 'COMMENT', 'CATEGORIES'],
      ...['PRIORITY', 'SEQUENCE', 'DTSTAMP', 'LAST-MODIFIED', 'CREATED', 'PERCENT-COMPLETE', 'ACTION', 'TRIGGER', 'X-A', 'UID'],
    );
    const unread = fc.tuple(passedOver, fc.constantFrom(...places)).filter(([property, place]) => isUnread(property, place));
    const all = fc.string({unit: 'grapheme'}).map(text => text.replace(/[\r\n]/g, ''));
    fc.assert(fc.property(unread, fc.oneof(value, all), ([property], text) => void parseProperty(`${property}:${text}`, 1)));
  });

  test('bytes that are no UTF-8, and more of them than an object usually has, are left to the parser', () => {
    expect(skimCalendar(Buffer.from('BEGIN:VCALENDAR\r\nX-A:\xff\r\nEND:VCALENDAR\r\n', 'latin1'))).toBe(undefined);
    expect(skimCalendar(bytesOf(`BEGIN:VCALENDAR\r\nX-A:${'a'.repeat(70_000)}\r\nEND:VCALENDAR\r\n`))).toBe(undefined);
  });
});
