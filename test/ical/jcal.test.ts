import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {IcalError} from '../../src/ical/ical-error.ts';
import {type JcalProperty, jcalOf} from '../../src/ical/jcal.ts';
import {JcalError} from '../../src/ical/jcal-error.ts';
import {parseJcal} from '../../src/ical/jcal-parse.ts';
import {printJcal} from '../../src/ical/jcal-print.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {component, crlf, vcalendar} from './text.ts';

/** A content line as a jCal property, and what it is in iCalendar again. */
function both(line: string): {property: JcalProperty; line: string} {
  const jcal = printJcal(parseCalendar(vcalendar(...component('VEVENT', line))));
  const property = (JSON.parse(jcal) as [string, [], [[string, JcalProperty[]]]])[2][0][1].at(-1)!;
  return {property, line: lineOf(property)};
}

/** The content line of a jCal property. */
function lineOf(property: unknown): string {
  const text = printCalendar(parseJcal(JSON.stringify(['vcalendar', [], [['vevent', [property], []]]])));
  return text.replaceAll('\r\n ', '').split('\r\n')[2]!;
}

describe('RFC 7265 §3 and §5, from iCalendar to jCal and back', () => {
  test.each<[string, string, unknown]>([
    ['§3.4 one value', 'SUMMARY:Meeting with Fred', ['summary', {}, 'text', 'Meeting with Fred']],
    ['§3.4 many values', 'CATEGORIES:Meetings,Work', ['categories', {}, 'text', 'Meetings', 'Work']],
    ['§3.4.1.1 GEO', 'GEO:37.386013;-122.082932', ['geo', {}, 'float', [37.386013, -122.082932]]],
    ['§3.4.1.2 REQUEST-STATUS', 'REQUEST-STATUS:2.0;Success', ['request-status', {}, 'text', ['2.0', 'Success']]],
    [
      '§3.4.1.2 with data',
      'REQUEST-STATUS:3.7;Invalid calendar user;ATTENDEE:mailto:jsmith@example.com',
      ['request-status', {}, 'text', ['3.7', 'Invalid calendar user', 'ATTENDEE:mailto:jsmith@example.com']],
    ],
    [
      '§3.5 parameters',
      'ATTENDEE;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:jsmith@example.org',
      ['attendee', {partstat: 'ACCEPTED', rsvp: 'TRUE'}, 'cal-address', 'mailto:jsmith@example.org'],
    ],
    [
      '§3.5.2 parameters with many values',
      'ATTENDEE;DELEGATED-TO="mailto:jdoe@example.org","mailto:jq@example.org":mailto:jsmith@example.org',
      [
        'attendee',
        {'delegated-to': ['mailto:jdoe@example.org', 'mailto:jq@example.org']},
        'cal-address',
        'mailto:jsmith@example.org',
      ],
    ],
    [
      'RFC 7986 §6.3 FEATURE',
      'CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:tel:1',
      ['conference', {feature: ['AUDIO', 'VIDEO']}, 'uri', 'tel:1'],
    ],
    ['RFC 6868', "X-A;X-P=a^'b^nc^^d:1", ['x-a', {'x-p': 'a"b\nc^d'}, 'unknown', '1']],
    ['§3.6.1 binary', 'ATTACH;ENCODING=BASE64;VALUE=BINARY:SGVsbG8gV29ybGQh', ['attach', {}, 'binary', 'SGVsbG8gV29ybGQh']],
    ['§3.6.2 boolean', 'X-NON-SMOKING;VALUE=BOOLEAN:TRUE', ['x-non-smoking', {}, 'boolean', true]],
    ['§3.6.4 date', 'DTSTART;VALUE=DATE:20110517', ['dtstart', {}, 'date', '2011-05-17']],
    ['§3.6.5 floating', 'DTSTART:20121017T120000', ['dtstart', {}, 'date-time', '2012-10-17T12:00:00']],
    ['§3.6.5 in UTC', 'DTSTAMP:20121017T120000Z', ['dtstamp', {}, 'date-time', '2012-10-17T12:00:00Z']],
    [
      '§3.6.5 zoned',
      'DTEND;TZID=Europe/Berlin:20111017T130000',
      ['dtend', {tzid: 'Europe/Berlin'}, 'date-time', '2011-10-17T13:00:00'],
    ],
    ['§3.6.6 duration', 'DURATION:P1D', ['duration', {}, 'duration', 'P1D']],
    ['§3.6.7 float', 'X-GRADE;VALUE=FLOAT:1.3', ['x-grade', {}, 'float', 1.3]],
    ['§3.6.8 integer', 'PERCENT-COMPLETE:42', ['percent-complete', {}, 'integer', 42]],
    [
      '§3.6.9 period',
      'FREEBUSY;FBTYPE=FREE:19970308T160000Z/P1D',
      ['freebusy', {fbtype: 'FREE'}, 'period', ['1997-03-08T16:00:00Z', 'P1D']],
    ],
    [
      '§3.6.9 of RDATE',
      'RDATE;VALUE=PERIOD:20060102T150000Z/20060102T160000Z,20060103T150000Z/PT2H',
      ['rdate', {}, 'period', ['2006-01-02T15:00:00Z', '2006-01-02T16:00:00Z'], ['2006-01-03T15:00:00Z', 'PT2H']],
    ],
    [
      '§3.6.10 rule',
      'RRULE:FREQ=YEARLY;COUNT=5;BYDAY=-1SU,2MO;BYMONTH=10',
      ['rrule', {}, 'recur', {freq: 'YEARLY', count: 5, byday: ['-1SU', '2MO'], bymonth: 10}],
    ],
    [
      '§3.6.10 UNTIL and WKST',
      'RRULE:FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,15,-1;UNTIL=20131001;WKST=SU',
      ['rrule', {}, 'recur', {freq: 'MONTHLY', interval: 2, bymonthday: [1, 15, -1], until: '2013-10-01', wkst: 'SU'}],
    ],
    [
      'RFC 7529 §9',
      'RRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L,7;SKIP=FORWARD',
      ['rrule', {}, 'recur', {rscale: 'HEBREW', freq: 'YEARLY', bymonth: ['5L', 7], skip: 'FORWARD'}],
    ],
    ['§3.6.11 text', 'COMMENT:hello\\, world\\; \\\\ \\n', ['comment', {}, 'text', 'hello, world; \\ \n']],
    ['§3.6.12 time', 'X-TIME-UTC;VALUE=TIME:123000Z', ['x-time-utc', {}, 'time', '12:30:00Z']],
    [
      '§3.6.13 uri',
      'TZURL:http://example.org/tz/Europe-Berlin.ics',
      ['tzurl', {}, 'uri', 'http://example.org/tz/Europe-Berlin.ics'],
    ],
    ['§3.6.14 offset', 'TZOFFSETFROM:-0500', ['tzoffsetfrom', {}, 'utc-offset', '-05:00']],
    ['§3.6.14 with seconds', 'TZOFFSETFROM:+005328', ['tzoffsetfrom', {}, 'utc-offset', '+00:53:28']],
    [
      '§5.3 unknown property',
      'X-COMPLAINT-DEADLINE:20110512T120000Z',
      ['x-complaint-deadline', {}, 'unknown', '20110512T120000Z'],
    ],
    [
      '§5.3 is not unescaped',
      'X-COFFEE-DATA:Stenophylla;Guinea\\,Africa',
      ['x-coffee-data', {}, 'unknown', 'Stenophylla;Guinea\\,Africa'],
    ],
    [
      '§5.3 unknown parameter',
      'DTSTART;X-SLACK=30.3;VALUE=DATE:20110512',
      ['dtstart', {'x-slack': '30.3'}, 'date', '2011-05-12'],
    ],
  ])('%s', (_, line, property) => {
    const found = both(line);
    expect(found.property).toEqual(property);
    expect(found.line.replace('VALUE=BINARY;ENCODING=BASE64', 'ENCODING=BASE64;VALUE=BINARY')).toBe(line);
  });

  test('§3.1 text in base64 is decoded', () => {
    expect(both('DESCRIPTION;ENCODING=BASE64:R3LDvMOfZQ==').property).toEqual(['description', {}, 'text', 'Gr\u00fc\u00dfe']);
  });

  test.each(['DTSTAMP:yesterday', 'PRIORITY:99999999999', 'TZOFFSETFROM:x', 'ATTACH;VALUE=BINARY:!!'])(
    '§5 what is not of its type is jCal all the same: %s',
    line => {
      const found = both(line);
      expect(found.property[2]).toBe('unknown');
    },
  );

  test.each(['CREATED: 51222T205954Z', 'RRULE:FREQ=MONTHLY;BYDAY=+1,3MO', 'PRIORITY;X-P="a:b":99999999999', 'DTSTAMP:yesterday'])(
    '§5 what is not of its type comes back as it was written: %s',
    line => {
      const found = both(line);
      expect(found.property[2]).toBe('unknown');
      expect(found.line).toBe(line);
    },
  );

  test('Appendix B.1', () => {
    const text = crlf(`BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Example Inc.//Example Calendar//EN
VERSION:2.0
BEGIN:VEVENT
DTSTAMP:20080205T191224Z
DTSTART:20081006
SUMMARY:Planning meeting
UID:4088E990AD89CB3DBB484909
END:VEVENT
END:VCALENDAR
`);
    const jcal = [
      'vcalendar',
      [
        ['calscale', {}, 'text', 'GREGORIAN'],
        ['prodid', {}, 'text', '-//Example Inc.//Example Calendar//EN'],
        ['version', {}, 'text', '2.0'],
      ],
      [
        [
          'vevent',
          [
            ['dtstamp', {}, 'date-time', '2008-02-05T19:12:24Z'],
            ['dtstart', {}, 'date', '2008-10-06'],
            ['summary', {}, 'text', 'Planning meeting'],
            ['uid', {}, 'text', '4088E990AD89CB3DBB484909'],
          ],
          [],
        ],
      ],
    ];
    expect(JSON.parse(printJcal(parseCalendar(text)))).toEqual(jcal);
    expect(printCalendar(parseJcal(JSON.stringify(jcal)))).toBe(text.replace('DTSTART:', 'DTSTART;VALUE=DATE:'));
  });

  test.each<[string, unknown, string]>([
    [
      'one value in an array',
      ['rrule', {}, 'recur', {freq: 'YEARLY', bymonth: [10], byday: ['1SU']}],
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU',
    ],
    [
      'a parameter in an array',
      ['dtstart', {tzid: ['Europe/Berlin']}, 'date-time', '2026-01-01T10:00:00'],
      'DTSTART;TZID=Europe/Berlin:20260101T100000',
    ],
    ['an unknown parameter with two', ['x-a', {'x-p': ['a', 'b,c']}, 'unknown', '1'], 'X-A;X-P=a,"b,c":1'],
    ['an unknown property with two', ['x-a', {}, 'text', 'a', 'b,c'], 'X-A;VALUE=TEXT:a,b\\,c'],
    [
      'a period as Appendix B.2 has it',
      ['rdate', {}, 'period', '2006-01-02T15:00:00Z/PT2H'],
      'RDATE;VALUE=PERIOD:20060102T150000Z/PT2H',
    ],
    ['a known property of no type', ['priority', {}, 'unknown', '5'], 'PRIORITY:5'],
    ['lines ended by CRLF', ['summary', {}, 'text', 'a\r\nb'], 'SUMMARY:a\\nb'],
  ])('can be said in another way: %s', (_, property, line) => {
    expect(lineOf(property)).toBe(line);
  });
});

describe('round trips, by property', () => {
  const character = fc.oneof(
    {weight: 3, arbitrary: fc.string({unit: 'grapheme', minLength: 1, maxLength: 1})},
    {weight: 1, arbitrary: fc.constantFrom('\n', '\t', '"', '\\', ';', ',', ':', '^', "^'", '^n', '\\n', '\u2028', '\u00a0')},
  );
  const clean = (text: string) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').toWellFormed();
  const anyText = fc.array(character, {maxLength: 60}).map(parts => clean(parts.join('')));
  const oneLine = anyText.map(text => text.replaceAll('\n', ''));
  const parameters = fc.dictionary(
    fc.constantFrom('x-p', 'cn', 'language', 'tzid'),
    // Space about a TZID is known for a fault, and clients escape in parameters what only a value escapes: both are mended when read.
    oneLine.map(text => text.replaceAll('\\', '').trim() || 'a'),
    {maxKeys: 3},
  );
  const property = fc.oneof(
    fc.tuple(fc.constant('summary'), parameters, fc.constant('text'), anyText),
    fc.tuple(fc.constant('categories'), parameters, fc.constant('text'), anyText, anyText),
    fc.tuple(fc.constant('x-raw'), parameters, fc.constant('unknown'), oneLine),
    fc.tuple(fc.constant('x-text'), parameters, fc.constant('text'), anyText),
    fc.tuple(
      fc.constant('percent-complete'),
      parameters,
      fc.constant('integer'),
      fc.integer({min: -2147483647, max: 2147483647}),
    ),
    fc.tuple(fc.constant('request-status'), parameters, fc.constant('text'), fc.tuple(fc.constant('2.0'), anyText)),
  );

  test('jCal, made iCalendar and read again, is the same jCal', () => {
    fc.assert(
      fc.property(fc.array(property, {minLength: 1, maxLength: 4}), properties => {
        const jcal = ['vcalendar', [], [['vevent', properties, []]]];
        const text = printCalendar(parseJcal(JSON.stringify(jcal)));
        expect(text.split('\r\n').every(line => Buffer.byteLength(line) <= 75)).toBe(true);
        expect(JSON.parse(printJcal(parseCalendar(text)))).toEqual(jcal);
      }),
      {numRuns: 500},
    );
  });

  test('iCalendar, made jCal and read again, is the same calendar', () => {
    const line = fc
      .tuple(fc.constantFrom('SUMMARY', 'X-A', 'CATEGORIES', 'ATTENDEE;CN="a,b"', 'REQUEST-STATUS'), oneLine)
      .map(([name, value]) => `${name}:${value}`);
    fc.assert(
      fc.property(fc.array(line, {maxLength: 5}), lines => {
        const calendar = parseCalendar(vcalendar(...component('VEVENT', ...lines)));
        const again = parseCalendar(printCalendar(parseJcal(printJcal(calendar))));
        expect(jcalOf(again)).toEqual(jcalOf(parseCalendar(printCalendar(calendar))));
      }),
      {numRuns: 500},
    );
  });
});

describe('what is no jCal is refused', () => {
  const vevent = (...properties: unknown[]) => JSON.stringify(['vcalendar', [], [['vevent', properties, []]]]);
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  test.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', 'BEGIN:VCALENDAR'],
    ['null', 'null'],
    ['an object', '{"0":"vcalendar","1":[],"2":[],"length":3}'],
    ['another component', '["vevent",[],[]]'],
    ['two of three', '["vcalendar",[]]'],
    ['four of three', '["vcalendar",[],[],[]]'],
    ['an array of objects', '[["vcalendar",[],[]]]'],
    ['deep arrays', deep(100_000)],
    [
      'a list without end',
      JSON.stringify(['vcalendar', [['x-a', {}, 'integer', ...Array.from({length: 101_000}, () => 1)]], []]),
    ],
    ['deep components', `${'["vcalendar",[],['.repeat(5000)}${']]'.repeat(5000)}`],
    ['a deep value', vevent(['summary', {}, 'text', 'x']).replace('"x"', deep(50_000))],
    ['a name in upper case', vevent(['SUMMARY', {}, 'text', 'x'])],
    ['a name with a line in it', vevent(['summary:x\r\nattach', {}, 'text', 'x'])],
    ['BEGIN as a property', vevent(['begin', {}, 'text', 'VALARM'])],
    ['a component with a line in its name', '["vcalendar",[],[["vevent\\r\\nx:y",[],[]]]]'],
    ['a prototype as a property', vevent(['__proto__', {}, 'text', 'x'])],
    ['a prototype as a type', vevent(['summary', {}, '__proto__', 'x'])],
    ['a prototype as a parameter', vevent(['summary', {x: 1}, 'text', 'x']).replace('"x":1', '"__proto__":"x"')],
    ['VALUE as a parameter', vevent(['dtstart', {value: 'DATE'}, 'date', '2026-01-01'])],
    ['parameters in an array', vevent(['summary', [], 'text', 'x'])],
    ['no parameters', vevent(['summary', null, 'text', 'x'])],
    ['a parameter that is a number', vevent(['summary', {'x-p': 1}, 'text', 'x'])],
    ['a parameter without values', vevent(['summary', {'x-p': []}, 'text', 'x'])],
    ['no value', vevent(['summary', {}, 'text'])],
    ['two values of one', vevent(['summary', {}, 'text', 'x', 'y'])],
    ['a number as a date', vevent(['dtstart', {}, 'date', 20260101])],
    ['a date in the basic form', vevent(['dtstart', {}, 'date', '20260101'])],
    ['a date that is none', vevent(['dtstart', {}, 'date', '2026-02-30'])],
    ['a time without its date', vevent(['dtstart', {}, 'date-time', '10:00:00'])],
    ['a fraction as an integer', vevent(['priority', {}, 'integer', 1.5])],
    ['a large integer', vevent(['priority', {}, 'integer', 2_147_483_648])],
    ['text as a boolean', vevent(['x-a', {}, 'boolean', 'TRUE'])],
    ['an object as text', vevent(['summary', {}, 'text', {a: 1}])],
    ['null as text', vevent(['summary', {}, 'text', null])],
    ['a rule as text', vevent(['rrule', {}, 'recur', 'FREQ=DAILY'])],
    ['a rule in an array', vevent(['rrule', {}, 'recur', [{freq: 'DAILY'}]])],
    ['an unknown part of a rule', vevent(['rrule', {}, 'recur', {freq: 'DAILY', constructor: 'x'}])],
    ['an object in a rule', vevent(['rrule', {}, 'recur', {freq: 'DAILY', bymonth: {a: 1}}])],
    ['a line in a rule', vevent(['rrule', {}, 'recur', {freq: 'DAILY\r\nX:1'}])],
    ['a period of one', vevent(['freebusy', {}, 'period', ['2026-01-01T10:00:00Z']])],
    ['a line in a URI', vevent(['url', {}, 'uri', 'http://a\nATTACH:x'])],
    ['a line in what is unknown', vevent(['x-a', {}, 'unknown', 'a\nb'])],
    ['a control character', vevent(['summary', {}, 'text', 'a\u0007b'])],
    ['half of a surrogate', '["vcalendar",[],[["vevent",[["summary",{},"text","\\ud800"]],[]]]]'],
    ['base64 that is none', vevent(['attach', {}, 'binary', '!!!'])],
  ])('%s', (_, source) => {
    expect(() => parseJcal(source)).toThrow(JcalError);
  });

  test('anything at all is jCal that can be said in iCalendar, or refused', () => {
    const value = fc.anything({
      withNullPrototype: false,
      maxDepth: 3,
      key: fc.constantFrom('freq', 'value', '__proto__', 'length'),
    });
    const name = fc.oneof(
      fc.constantFrom('rrule', 'dtstart', 'geo', 'x-a', 'constructor', 'request-status', 'categories'),
      value,
    );
    const type = fc.oneof(
      fc.constantFrom('recur', 'date', 'float', 'text', 'period', 'constructor', 'x-b', 'unknown', 'integer'),
      value,
    );
    const property = fc.oneof(fc.tuple(name, fc.oneof(fc.constant({}), value), type, value), value);
    fc.assert(
      fc.property(fc.array(property, {maxLength: 3}), properties => {
        let source: string | undefined;
        try {
          source = JSON.stringify(['vcalendar', [], [['vevent', properties, []]]]);
        } catch {
          return;
        }
        try {
          parseCalendar(printCalendar(parseJcal(source)));
        } catch (error) {
          if (!(error instanceof JcalError || error instanceof IcalError)) throw error;
        }
      }),
      {numRuns: 2000},
    );
  });
});
