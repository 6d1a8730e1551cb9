import {describe, expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {calendarDifference} from '../../src/tester/calendar-compare.ts';

const calendar = (...lines: string[]) =>
  parseCalendar(['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n'));
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'];
const options = {filters: ['DTSTAMP', 'TRANSP=OPAQUE', 'ATTENDEE:EMAIL'], timezones: true};
const difference = (a: string[], b: string[], given = options) => calendarDifference(calendar(...a), calendar(...b), given);

describe('two calendars are the same', () => {
  test.each([
    ['in another order', event('SUMMARY:x', 'DTSTART:20260101T100000Z'), event('DTSTART:20260101T100000Z', 'SUMMARY:x')],
    ['with parameters in another order', event('ATTENDEE;CN=a;RSVP=TRUE:x:y'), event('ATTENDEE;RSVP=TRUE;CN=a:x:y')],
    [
      'but for what is left out',
      event('DTSTAMP:20260101T100000Z', 'TRANSP:OPAQUE', 'ATTENDEE;EMAIL=e:x:y'),
      event('ATTENDEE:x:y'),
    ],
    [
      'with DURATION for DTEND',
      event('DTSTART:20260101T100000Z', 'DURATION:PT90M'),
      event('DTSTART:20260101T100000Z', 'DTEND:20260101T113000Z'),
    ],
    [
      'with the parts of a rule in another order',
      event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=2'),
      event('DTSTART:20260101T100000Z', 'RRULE:COUNT=2;FREQ=DAILY'),
    ],
    [
      'with exceptions on one line or two',
      event('DTSTART:20260101T100000Z', 'EXDATE:20260102T100000Z,20260103T100000Z'),
      event('DTSTART:20260101T100000Z', 'EXDATE:20260103T100000Z', 'EXDATE:20260102T100000Z'),
    ],
    [
      'with an override that says what the master says',
      [
        ...event('DTSTART:20260101T100000Z', 'DTEND:20260101T110000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:x'),
        ...event('RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T100000Z', 'DTEND:20260102T110000Z', 'SUMMARY:x'),
      ],
      event('DTSTART:20260101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:x'),
    ],
  ])('%s', (_, a, b) => {
    expect(difference(a, b)).toBeUndefined();
    expect(difference(b, a)).toBeUndefined();
  });

  test('with other time zones, where those do not count', () => {
    const zone = ['BEGIN:VTIMEZONE', 'TZID:A', 'END:VTIMEZONE'];
    expect(difference(zone, [], {...options, timezones: false})).toBeUndefined();
    expect(difference(zone, [])).toContain('+ TZID:A');
  });
});

describe('two calendars are not the same', () => {
  test.each([
    ['for a value', event('SUMMARY:x'), event('SUMMARY:y'), /- SUMMARY:y\s+\+ SUMMARY:x/],
    ['for a DATE in place of a time', event('DTSTART;VALUE=DATE:20260101'), event('DTSTART:20260101T000000Z'), /DTSTART/],
    ['for a value that is left out only as it is by default', event('TRANSP:TRANSPARENT'), event(), /TRANSPARENT/],
    ['for a parameter', event('ATTENDEE;CN=a:x:y'), event('ATTENDEE:x:y'), /CN=a/],
    [
      'for an override that says something else',
      [
        ...event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:x'),
        ...event('RECURRENCE-ID:20260102T100000Z', 'DTSTART:20260102T110000Z', 'SUMMARY:x'),
      ],
      event('DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:x'),
      /DTSTART:2026-01-02T11:00:00Z/,
    ],
  ])('%s', (_, a, b, said) => {
    expect(difference(a, b)).toMatch(said);
  });
});
