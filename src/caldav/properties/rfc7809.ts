import {tzidIn} from '../../ical/standard-timezones-in.ts';
import {kept, properties} from '../../webdav/tables.ts';
import {element, text} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {parseXml} from '../../xml/parse.ts';
import {calendar, calendarHome} from '../kinds.ts';
import {calendarTimezoneFor} from '../timezone.ts';

/** RFC 7809 §5.1: where time zones are to be had that are left out of data. */
export const timezoneServiceProperties = properties(
  [calendarHome, calendar],
  [{name: caldav('timezone-service-set'), allprop: false, get: () => element(dav('href'), '/stdtimezones')}],
);

/** RFC 7809 §5.2, by which clients name a calendar's time zone: the TZID of its calendar-timezone, of which it is but another view. */
export const timezoneIdProperties = properties(
  [calendar],
  [
    {
      name: caldav('calendar-timezone-id'),
      allprop: false,
      keptAs: caldav('calendar-timezone'),
      get: of => {
        const printed = of.stored.properties.get(caldav('calendar-timezone'));
        return printed === undefined ? kept(caldav('calendar-timezone-id'), of) : tzidIn(text(parseXml(printed)));
      },
      set: value => value && calendarTimezoneFor(text(value).trim()),
    },
  ],
);
