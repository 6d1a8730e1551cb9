import {describe, expect, test} from 'vitest';
import {matches} from '../../../src/caldav/filter/match.ts';
import {parseFilter} from '../../../src/caldav/filter/parse.ts';
import {ianaZone} from '../../../src/ical/iana-zone.ts';
import {type Calendar, parseCalendar} from '../../../src/ical/parse.ts';
import {utc, type Zone} from '../../../src/ical/zone.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {component, event, iso, vcalendar} from '../../ical/text.ts';

/** Whether a calendar matches what stands within the comp-filter of VCALENDAR. */
function isMatch(calendar: Calendar, inner: string, zone: Zone = utc): boolean {
  const filter = parseXml(
    `<C:filter xmlns:C="urn:ietf:params:xml:ns:caldav"><C:comp-filter name="VCALENDAR">${inner}</C:comp-filter></C:filter>`,
  );
  return matches(calendar, parseFilter(filter), zone);
}

const vevent = (inner: string) => `<C:comp-filter name="VEVENT">${inner}</C:comp-filter>`;
const range = (start: string, end: string) => `<C:time-range${start && ` start="${start}"`}${end && ` end="${end}"`}/>`;
const prop = (name: string, inner = '') => vevent(`<C:prop-filter name="${name}">${inner}</C:prop-filter>`);
const text = (value: string, attributes = '') => `<C:text-match ${attributes}>${value}</C:text-match>`;

const at10 = event('DTSTART:20260110T100000Z', 'DURATION:PT1H');

describe('RFC 4791 §9.7.1 CALDAV:comp-filter', () => {
  test('a component is there, or is not', () => {
    expect(isMatch(at10, '')).toBe(true);
    expect(isMatch(at10, vevent(''))).toBe(true);
    expect(isMatch(at10, '<C:comp-filter name="vevent"/>')).toBe(true);
    expect(isMatch(at10, '<C:comp-filter name="VTODO"/>')).toBe(false);
    expect(isMatch(at10, '<C:comp-filter name="VTODO"><C:is-not-defined/></C:comp-filter>')).toBe(true);
    expect(isMatch(at10, vevent('<C:is-not-defined/>'))).toBe(false);
    expect(isMatch(at10, vevent('<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>'))).toBe(true);
  });

  test.each([
    '<C:comp-filter name="VAVAILABILITY"><C:comp-filter name="AVAILABLE"/></C:comp-filter>',
    vevent('<C:comp-filter name="VALARM"><C:comp-filter name="VLOCATION"/></C:comp-filter>'),
    vevent('<C:comp-filter name="X-PART"><C:comp-filter name="VALARM"/></C:comp-filter>'),
    '<C:comp-filter name="VPOLL"><C:comp-filter name="VVOTER"/></C:comp-filter>',
    '<C:comp-filter name="constructor"><C:comp-filter name="VEVENT"/></C:comp-filter>',
  ])('%s may be asked for', filter => {
    expect(isMatch(at10, filter)).toBe(false);
  });

  test('all that a filter says is said of one and the same component', () => {
    const calendar = parseCalendar(
      vcalendar(
        ...component('VEVENT', 'DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:plain'),
        ...component('VEVENT', 'RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260110T100000Z', 'SUMMARY:moved'),
      ),
    );
    const both = (summary: string, start: string, end: string) =>
      isMatch(calendar, vevent(`${range(start, end)}<C:prop-filter name="SUMMARY">${text(summary)}</C:prop-filter>`));
    expect(both('plain', '20260101T000000Z', '20260102T000000Z')).toBe(true);
    expect(both('moved', '20260110T000000Z', '20260111T000000Z')).toBe(true);
    expect(both('plain', '20260110T000000Z', '20260111T000000Z')).toBe(false);
    expect(both('plain', '20260102T000000Z', '20260103T000000Z')).toBe(false);
  });
});

describe('RFC 4791 §9.9 CALDAV:time-range', () => {
  const forever = event('DTSTART:20260110T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY');

  test.each([
    ['open at its end', at10, '20260110T103000Z', '', true],
    ['open at its end, too late', at10, '20260110T110000Z', '', false],
    ['open at its start', at10, '', '20260110T100001Z', true],
    ['open at its start, too early', at10, '', '20260110T100000Z', false],
    ['a series without an end, years later', forever, '20460113T000000Z', '20460114T000000Z', true],
    ['a series without an end, open', forever, '20460113T000000Z', '', true],
    ['a series without an end, before it', forever, '', '20260110T000000Z', false],
    ['a day of the year 2500', forever, '25000101T000000Z', '25000108T000000Z', true],
  ])('%s', (_, calendar, start, end, expected) => {
    expect(isMatch(calendar, vevent(range(start, end)))).toBe(expected);
  });

  test('floating times and DATEs lie in the zone that is given', () => {
    const tokyo = ianaZone('Asia/Tokyo')!;
    const day = event('DTSTART;VALUE=DATE:20260110');
    expect(isMatch(day, vevent(range('20260109T150000Z', '20260109T160000Z')))).toBe(false);
    expect(isMatch(day, vevent(range('20260109T150000Z', '20260109T160000Z')), tokyo)).toBe(true);
    expect(isMatch(day, vevent(range('20260110T150000Z', '20260110T160000Z')), tokyo)).toBe(false);
  });

  test('of a property: an instant, or for a DATE its day', () => {
    const calendar = event('DTSTART;VALUE=DATE:20260110', 'LAST-MODIFIED:20260101T120000Z');
    const found = (name: string, start: string, end: string) => isMatch(calendar, prop(name, range(start, end)));
    expect(found('LAST-MODIFIED', '20260101T120000Z', '20260101T120001Z')).toBe(true);
    expect(found('LAST-MODIFIED', '20260101T110000Z', '20260101T120000Z')).toBe(false);
    expect(found('DTSTART', '20260110T230000Z', '20260111T000000Z')).toBe(true);
    expect(found('COMPLETED', '20260101T000000Z', '')).toBe(false);
  });
});

describe('RFC 4791 §9.9, VALARM', () => {
  const alarm = (...lines: string[]) => ['BEGIN:VALARM', 'ACTION:AUDIO', ...lines, 'END:VALARM'];
  const goesOff = (calendar: Calendar, start: string, end: string) =>
    isMatch(calendar, vevent(`<C:comp-filter name="VALARM">${range(start, end)}</C:comp-filter>`));
  const hour = ['DTSTART:20260110T100000Z', 'DTEND:20260110T110000Z'];

  test.each([
    ['before the start', ['TRIGGER:-PT15M'], '20260110T094500Z'],
    ['after the end', ['TRIGGER;RELATED=END:PT5M'], '20260110T110500Z'],
    ['at a time', ['TRIGGER;VALUE=DATE-TIME:20260105T080000Z'], '20260105T080000Z'],
    ['for the third time', ['TRIGGER:-PT15M', 'REPEAT:2', 'DURATION:PT5M'], '20260110T095500Z'],
    ['a week before', ['TRIGGER:-P1W'], '20260103T100000Z'],
  ])('%s', (_, lines, time) => {
    const calendar = event(...hour, ...alarm(...lines));
    const second = time.replace(/00Z$/, '01Z');
    expect(goesOff(calendar, time, second)).toBe(true);
    expect(goesOff(calendar, second, time.replace(/00Z$/, '30Z'))).toBe(false);
  });

  test('for each instance of a series', () => {
    const calendar = event(...hour, 'RRULE:FREQ=DAILY', ...alarm('TRIGGER:-PT15M'));
    expect(goesOff(calendar, '20280601T094500Z', '20280601T094600Z')).toBe(true);
    expect(goesOff(calendar, '20280601T100000Z', '20280601T110000Z')).toBe(false);
  });

  test('one that goes off at a time of its own is not asked of each instance', () => {
    const calendar = event(...hour, 'RRULE:FREQ=SECONDLY', ...alarm('TRIGGER;VALUE=DATE-TIME:20260105T080000Z'));
    expect(goesOff(calendar, '20270101T000000Z', '20270102T000000Z')).toBe(false);
  });
});

describe('RFC 4791 §9.7.2 CALDAV:prop-filter and §9.7.3 CALDAV:param-filter', () => {
  const calendar = event(
    'DTSTART:20260110T100000Z',
    'SUMMARY:Caf\\, semi\\; new\\nline',
    'CATEGORIES:Work,Home Office',
    'ATTENDEE;PARTSTAT=ACCEPTED;CN=Ann:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com',
    'RRULE:FREQ=DAILY;COUNT=2',
  );
  const param = (name: string, inner = '') => `<C:param-filter name="${name}">${inner}</C:param-filter>`;

  test.each([
    ['there', prop('SUMMARY'), true],
    ['in small letters', prop('summary'), true],
    ['not there', prop('LOCATION'), false],
    ['not there, as wanted', prop('LOCATION', '<C:is-not-defined/>'), true],
    ['there, and not wanted', prop('SUMMARY', '<C:is-not-defined/>'), false],
    ['text without its escapes', prop('SUMMARY', text('caf, semi; new\nline')), true],
    ['a word of a list', prop('CATEGORIES', text('home office')), true],
    ['a list as it is written', prop('CATEGORIES', text('Work,Home')), true],
    ['a date as it is written', prop('DTSTART', text('20260110T10')), true],
    ['a rule as it is written', prop('RRULE', text('FREQ=DAILY')), true],
    ['a parameter of the same property', prop('ATTENDEE', text('bob') + param('PARTSTAT', text('DECLINED'))), true],
    ['a parameter of another', prop('ATTENDEE', text('bob') + param('PARTSTAT', text('ACCEPTED'))), false],
    ['a parameter is there', prop('ATTENDEE', param('CN')), true],
    ['a parameter is not there', prop('ATTENDEE', text('bob') + param('CN', '<C:is-not-defined/>')), true],
    ['a name that JavaScript knows', prop('ATTENDEE', param('constructor')), false],
    ['no text at all is in every text', prop('SUMMARY', text('')), true],
  ])('%s', (_, filter, expected) => {
    expect(isMatch(calendar, filter)).toBe(expected);
  });
});

describe('RFC 4791 §9.7.5 CALDAV:text-match', () => {
  const calendar = event('DTSTART:20260110T100000Z', 'SUMMARY:Größe und Ångström');
  const found = (value: string, collation?: string, more = '') =>
    isMatch(calendar, prop('SUMMARY', text(value, `${collation ? `collation="${collation}"` : ''} ${more}`)));

  test('i;ascii-casemap, the default, knows the letters of ASCII alone', () => {
    expect(found('GRöSSE')).toBe(false);
    expect(found('GRößE')).toBe(true);
    expect(found('GRÖßE', 'i;ascii-casemap')).toBe(false);
    expect(found('grö', 'default')).toBe(true);
  });

  test('i;octet knows no case', () => {
    expect(found('größe', 'i;octet')).toBe(false);
    expect(found('Größe', 'i;octet')).toBe(true);
  });

  test('i;unicode-casemap knows all letters, however they are composed', () => {
    expect(found('GRÖ', 'i;unicode-casemap')).toBe(true);
    expect(found('a\u030angstro\u0308m', 'i;unicode-casemap')).toBe(true);
  });

  test('negate-condition', () => {
    expect(found('größe', undefined, 'negate-condition="yes"')).toBe(false);
    expect(found('small', undefined, 'negate-condition="yes"')).toBe(true);
    expect(found('small', undefined, 'negate-condition="no"')).toBe(false);
  });
});

test('a rule that is meant to hurt is asked with a limit', () => {
  const start = performance.now();
  for (const rule of ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=SECONDLY', 'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30']) {
    const calendar = event('DTSTART:20260110T100000Z', `RRULE:${rule}`);
    expect(isMatch(calendar, vevent(range('20250101T000000Z', '20250201T000000Z')))).toBe(false);
    isMatch(calendar, vevent(range('20270101T000000Z', '')));
    isMatch(calendar, prop('SUMMARY', text('x')));
  }
  expect(performance.now() - start).toBeLessThan(2000);
});

describe('what is meant to hurt', () => {
  const days = Array.from(
    {length: 4000},
    (_, at) =>
      `${iso(Date.UTC(2000, 0, 2 + at))
        .slice(0, 10)
        .replaceAll('-', '')}T100000Z`,
  );

  test('a range and a text are asked of a series with thousands of overrides', () => {
    const overrides = days.flatMap(at => component('VEVENT', `RECURRENCE-ID:${at}`, `DTSTART:${at}`, 'SUMMARY:here'));
    const calendar = parseCalendar(
      vcalendar(...component('VEVENT', 'DTSTART:20000101T100000Z', 'RRULE:FREQ=DAILY', 'SUMMARY:here'), ...overrides),
    );
    const asked = (start: string, end: string) =>
      isMatch(calendar, vevent(`${range(start, end)}<C:prop-filter name="SUMMARY">${text('here')}</C:prop-filter>`));
    expect(asked('19500101T000000Z', '19500102T000000Z')).toBe(false);
    expect(asked('20100101T000000Z', '20100102T000000Z')).toBe(true);
  });

  test('thousands of alarms are asked of a series', () => {
    const alarms = days.flatMap((_, at) => ['BEGIN:VALARM', `TRIGGER:-P${at}D`, 'END:VALARM']);
    const calendar = event('DTSTART:20000101T100000Z', 'RRULE:FREQ=DAILY;COUNT=2', ...alarms);
    const valarm = (start: string, end: string) =>
      isMatch(calendar, vevent(`<C:comp-filter name="VALARM">${range(start, end)}</C:comp-filter>`));
    expect(valarm('20200101T000000Z', '20210101T000000Z')).toBe(false);
    expect(valarm('19950101T000000Z', '19950102T000000Z')).toBe(true);
  });

  test('an alarm repeats for longer than any Date', () => {
    const calendar = event(
      ...['DTSTART;TZID=Europe/Berlin:20260101T100000', 'RRULE:FREQ=DAILY;COUNT=3'],
      ...['BEGIN:VALARM', 'TRIGGER:-PT15M', 'REPEAT:1000', 'DURATION:P9999999D', 'END:VALARM'],
    );
    const valarm = (start: string, end: string) =>
      isMatch(calendar, vevent(`<C:comp-filter name="VALARM">${range(start, end)}</C:comp-filter>`));
    expect(valarm('20260101T084000Z', '20260101T084600Z')).toBe(true);
    expect(valarm('19950101T000000Z', '19950102T000000Z')).toBe(false);
  });

  test('a long text is sought in a long text', () => {
    const calendar = event('DTSTART:20260101T100000Z', `DESCRIPTION:${'a'.repeat(900_000)}`);
    const half = 'a'.repeat(100_000);
    expect(isMatch(calendar, prop('DESCRIPTION', text(`${half}b${half}`)))).toBe(false);
    expect(isMatch(calendar, prop('DESCRIPTION', text(`${half}${half}`)))).toBe(true);
  });
});

describe('draft-daboo-caldav-extensions §3 calendar-query-extended', () => {
  const calendar = event('DTSTART:20260110T100000Z', 'SUMMARY:Lunch', 'ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.com');
  const any = 'test="anyof"';
  const vcalendarWith = (attributes: string, inner: string) =>
    matches(
      calendar,
      parseFilter(
        parseXml(
          `<C:filter xmlns:C="urn:ietf:params:xml:ns:caldav"><C:comp-filter name="VCALENDAR" ${attributes}>${inner}</C:comp-filter></C:filter>`,
        ),
      ),
      utc,
    );

  test('§3.1 test="anyof" on a component: one of time, properties and components is enough', () => {
    const later = range('20270101T000000Z', '');
    const summary = (value: string) => `<C:prop-filter name="SUMMARY">${text(value)}</C:prop-filter>`;
    const either = (inner: string) => isMatch(calendar, `<C:comp-filter name="VEVENT" ${any}>${inner}</C:comp-filter>`);
    expect(either(later + summary('lunch'))).toBe(true);
    expect(either(later + summary('dinner'))).toBe(false);
    expect(either(`${range('20260110T000000Z', '20260111T000000Z')}${summary('dinner')}`)).toBe(true);
    expect(either(`${later}<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>`)).toBe(true);
    expect(either(`${later}<C:comp-filter name="VALARM"/>`)).toBe(false);
    expect(either('')).toBe(true);
    expect(isMatch(calendar, vevent(later + summary('lunch')))).toBe(false);
  });

  test('§3.1 test="anyof" on the calendar: a component of either type', () => {
    const types = '<C:comp-filter name="VTODO"/><C:comp-filter name="VEVENT"/>';
    expect(vcalendarWith(any, types)).toBe(true);
    expect(vcalendarWith('test="allof"', types)).toBe(false);
    expect(vcalendarWith(any, '<C:comp-filter name="VTODO"/><C:comp-filter name="VJOURNAL"/>')).toBe(false);
  });

  test('§3.1 name="*": a component of whatever type', () => {
    const anything = (inner: string) => isMatch(calendar, `<C:comp-filter name="*">${inner}</C:comp-filter>`);
    expect(anything('')).toBe(true);
    expect(anything('<C:is-not-defined/>')).toBe(false);
    expect(anything('<C:comp-filter name="VALARM"/>')).toBe(false);
    expect(anything(`<C:prop-filter name="SUMMARY">${text('lunch')}</C:prop-filter>`)).toBe(true);
    expect(anything(range('20260110T000000Z', '20260111T000000Z'))).toBe(true);
    expect(anything(range('20260111T000000Z', ''))).toBe(false);
  });

  test('§3.2 test="anyof" on a property: one of time, text and parameters is enough, and of the same property', () => {
    const attendee = (inner: string, attributes = any) =>
      isMatch(calendar, vevent(`<C:prop-filter name="ATTENDEE" ${attributes}>${inner}</C:prop-filter>`));
    const partstat = (value: string) => `<C:param-filter name="PARTSTAT">${text(value)}</C:param-filter>`;
    expect(attendee(text('bob') + partstat('DECLINED'))).toBe(true);
    expect(attendee(text('ann') + partstat('ACCEPTED'))).toBe(true);
    expect(attendee(text('bob') + partstat('ACCEPTED'))).toBe(false);
    expect(attendee(partstat('ACCEPTED') + partstat('DECLINED'))).toBe(true);
    expect(attendee(text('bob') + partstat('DECLINED'), '')).toBe(false);
  });

  test.each([
    ['equals', 'lunch', true],
    ['equals', 'lun', false],
    ['starts-with', 'lun', true],
    ['starts-with', 'unch', false],
    ['ends-with', 'unch', true],
    ['ends-with', 'lun', false],
    ['contains', 'unc', true],
    ['contains', 'bun', false],
  ])('§3.3 match-type="%s" of %s', (type, value, expected) => {
    expect(isMatch(calendar, prop('SUMMARY', text(value, `match-type="${type}"`)))).toBe(expected);
    expect(isMatch(calendar, prop('SUMMARY', text(value, `match-type="${type}" negate-condition="yes"`)))).toBe(!expected);
  });

  test.each([
    ['test', () => isMatch(calendar, '<C:comp-filter name="VEVENT" test="someof"/>')],
    ['match-type', () => isMatch(calendar, prop('SUMMARY', text('x', 'match-type="like"')))],
  ])('another %s is refused', (_, ask) => {
    expect(ask).toThrow(/not valid/);
  });
});
