import {scaleNames} from '../../ical/scale.ts';
import {properties} from '../../webdav/tables.ts';
import {element} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {calendar, calendarHome} from '../kinds.ts';

/** RFC 7529 §10.1: the calendar systems that a recurrence rule can count in. */
export const rscaleProperties = properties(
  [calendar, calendarHome],
  [
    {
      name: caldav('supported-rscale-set'),
      allprop: false,
      get: () => scaleNames.map(name => element(caldav('supported-rscale'), name)),
    },
  ],
);
