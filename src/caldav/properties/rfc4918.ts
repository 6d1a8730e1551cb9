import {properties} from '../../webdav/tables.ts';
import {dav} from '../../xml/names.ts';
import {calendarObject} from '../kinds.ts';

/** RFC 4918 §15.5: what is in a calendar is iCalendar, whatever its name ends in. Without spaces, as CalDAVTester compares it. */
export const calendarObjectProperties = properties(
  [calendarObject],
  [{name: dav('getcontenttype'), get: () => 'text/calendar;charset=utf-8'}],
);
