import {kept, properties} from '../../webdav/tables.ts';
import {text} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {calendar} from '../kinds.ts';
import {requireTimezoneId} from '../timezone.ts';

/** RFC 7809 §5.2, by which clients name a calendar's time zone; the identifiers are IANA's. */
export const timezoneIdProperties = properties(
  [calendar],
  [
    {
      name: caldav('calendar-timezone-id'),
      allprop: false,
      get: of => kept(caldav('calendar-timezone-id'), of),
      set: value => {
        if (value) requireTimezoneId(text(value).trim());
        return value;
      },
    },
  ],
);
