import type {JcalComponent} from '../../ical/jcal.ts';
import {printJcalComponent} from '../../ical/jcal-print.ts';
import {printComponent} from '../../ical/print.ts';
import {standardCalendar} from '../../ical/standard-timezone.ts';
import {timezone, timezoneDigest} from '../../ical/tzdata.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import {type Action, caching} from '../action.ts';
import {Problem} from '../problem.ts';
import {parseRange} from '../range.ts';

/** The formats there are, the one first that is given to those who do not ask (RFC 7808 §4.1.2). */
export const formats: readonly {readonly type: string; print(calendar: JcalComponent): string}[] = [
  {type: 'text/calendar', print: printComponent},
  {type: 'application/calendar+json', print: printJcalComponent},
];

/** RFC 7808 §5.3: one zone as a VTIMEZONE. */
export const get: Action = {
  name: 'get',
  template: '/zones{/tzid}{?start,end}',
  parameters: [
    {name: 'start', required: false},
    {name: 'end', required: false},
  ],
  answer({http, tzid, parameters}) {
    const zone = timezone(tzid);
    if (!zone) throw new Problem('tzid-not-found');
    const format = http.headers.accept === undefined ? formats[0] : chooseForm(http, formats);
    if (!format) throw new Problem('invalid-format');
    const range = parseRange(parameters, false);
    const etag = format === formats[0] ? timezoneDigest(zone.id) : `${timezoneDigest(zone.id)}-json`;
    const headers = {etag: `"${etag}"`, vary: 'Accept', ...caching};
    const type = `${format.type}; charset=utf-8`;
    return {status: 200, headers: {'content-type': type, ...headers}, body: format.print(standardCalendar(tzid, range)!)};
  },
};
