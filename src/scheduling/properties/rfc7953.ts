import {kept, properties} from '../../webdav/tables.ts';
import {element, text} from '../../xml/element.ts';
import {calendarserver} from '../../xml/names.ts';
import {parseXml} from '../../xml/parse.ts';
import {calendarAvailability, requireAvailability} from '../availability.ts';
import {inbox} from '../kinds.ts';

/** RFC 7953 §7.2.4, and the name that CalendarServer had for it before. */
export const availabilityProperties = properties(
  [inbox],
  [
    {
      name: calendarAvailability,
      allprop: false,
      get: of => kept(calendarAvailability, of),
      set: value => {
        if (value) requireAvailability(value);
        return value;
      },
    },
    {
      name: calendarserver('calendar-availability'),
      allprop: false,
      keptAs: calendarAvailability,
      get: of => {
        const set = kept(calendarAvailability, of);
        return set && text(parseXml(set.raw));
      },
      set: value => {
        if (value) requireAvailability(value);
        return value && element(calendarAvailability, text(value));
      },
    },
  ],
);
