import {describe, expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {dataFault} from '../../src/ical/validate.ts';
import {component, event, vcalendar} from './text.ts';

describe('dataFault', () => {
  test.each([
    ['DTSTART is malformed', ['DTSTART:yesterday'], 'DTSTART'],
    ['a day that is not in the calendar', ['DTSTART:20260230T100000Z'], 'DTSTART'],
    ['an hour that is not in the day', ['DTSTART:20260210T250000Z'], 'DTSTART'],
    ['no DTSTART', [], 'has no DTSTART'],
    ['two DTSTARTs', ['DTSTART:20260101T100000Z', 'DTSTART:20260102T100000Z'], 'more than one DTSTART'],
    ['EXDATE is malformed', ['DTSTART:20260101T100000Z', 'EXDATE:20260102T100000Z,x'], 'EXDATE'],
    ['RDATE is malformed', ['DTSTART:20260101T100000Z', 'RDATE;VALUE=PERIOD:x/PT1H'], 'RDATE'],
    ['DURATION is malformed', ['DTSTART:20260101T100000Z', 'DURATION:1 hour'], 'DURATION'],
    ['RRULE holds what it cannot', ['DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;BYMONTHDAY=0'], 'BYMONTHDAY'],
    ['more rules than one can mean', ['DTSTART:20260101T100000Z', ...Array(21).fill('RRULE:FREQ=DAILY')], 'more than 20'],
    [
      'an alarm dismissed at a time that is not UTC',
      ['DTSTART:20260101T100000Z', 'BEGIN:VALARM', 'ACKNOWLEDGED:20260101T095000', 'END:VALARM'],
      'ACKNOWLEDGED',
    ],
    ['UNTIL is malformed', ['DTSTART:20260101T100000Z', 'RRULE:FREQ=DAILY;UNTIL=soon'], 'UNTIL'],
  ])('%s', (_, lines, message) => {
    expect(dataFault(event(...lines))).toContain(message);
  });

  test('VERSION is not 2.0', () => {
    expect(dataFault(parseCalendar('BEGIN:VCALENDAR\nVERSION:1.0\nEND:VCALENDAR\n'))).toContain('VERSION');
  });

  test.each([
    ['a whole event', ['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20260102', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3']],
    ['a leap second', ['DTSTART:20161231T235960Z']],
    ['the last second there is', ['DTSTART:99991231T235959Z']],
    ['a DURATION of zero, an end before the start', ['DTSTART:20260101T100000Z', 'DURATION:PT0S', 'DTEND:20250101T100000Z']],
    ['a DURATION with nothing after its T', ['DTSTART:20260101T100000Z', 'DURATION:P1DT']],
    ['EXDATE with the wrong VALUE', ['DTSTART:20260101T100000Z', 'EXDATE;VALUE=DATE:20260102T100000']],
    ['an alarm dismissed', ['DTSTART:20260101T100000Z', 'BEGIN:VALARM', 'ACKNOWLEDGED:20260101T095000Z', 'END:VALARM']],
    ['a zone that nobody knows', ['DTSTART;TZID=Nowhere:20260101T100000']],
  ])('%s is taken', (_, lines) => {
    expect(dataFault(event(...lines))).toBeUndefined();
  });

  test('a task needs no time', () => {
    expect(dataFault(parseCalendar(vcalendar(...component('VTODO'))))).toBeUndefined();
  });
});
