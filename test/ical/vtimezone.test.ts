import {expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {calendarTimezone} from '../../src/ical/time-zones.ts';
import {appendixB} from '../caldav/rfc4791.ts';

test('a look at the end of all times makes no nearer one wrong', () => {
  const zone = calendarTimezone(parseCalendar(new TextEncoder().encode(appendixB['abcd1.ics'])))!;
  zone.offsetAt(Date.UTC(9999, 11, 31));
  expect([Date.UTC(2006, 0, 4), Date.UTC(2006, 6, 4)].map(instant => zone.offsetAt(instant) / 3_600_000)).toEqual([-5, -4]);
});
