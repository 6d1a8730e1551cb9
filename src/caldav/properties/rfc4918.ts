import {pageType} from '../../webdav/listing.ts';
import {properties} from '../../webdav/tables.ts';
import {dav} from '../../xml/names.ts';
import {icalendar} from '../calendar-format.ts';
import {calendar, calendarObject} from '../kinds.ts';

/** RFC 4918 §15.5: what is in a calendar is iCalendar, whatever its name ends in. Without spaces, as CalDAVTester compares it. */
export const calendarObjectProperties = properties(
  [calendarObject],
  [{name: dav('getcontenttype'), lasting: true, get: () => icalendar.contentType}],
);

/** The same of a calendar, where GET gives it as one object. */
export const calendarContentProperties = properties(
  [calendar],
  [
    {
      name: dav('getcontenttype'),
      get: ({context}) => (context.limits.enableMonolithicCalendars === false ? pageType : icalendar.contentType),
    },
  ],
);
