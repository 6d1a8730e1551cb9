import {changesWithin, knownUntil} from '../../ical/standard-timezone.ts';
import {spellingOf, timezone, timezoneDigest} from '../../ical/tzdata.ts';
import {type Action, json} from '../action.ts';
import {printUtc} from '../parameters.ts';
import {Problem} from '../problem.ts';
import {parseRange} from '../range.ts';

/** RFC 7808 §5.4: when a zone's clocks are set, and to what. Where the data end sooner than the range, the answer says so. */
export const expand: Action = {
  name: 'expand',
  template: '/zones{/tzid}/observances{?start,end}',
  parameters: [
    {name: 'start', required: true},
    {name: 'end', required: true},
  ],
  answer({tzid, parameters}) {
    const zone = timezone(tzid);
    if (!zone) throw new Problem('tzid-not-found');
    const {start, end} = parseRange(parameters, true);
    const until = knownUntil(zone);
    if (start! >= until) throw new Problem('invalid-start');
    const observances = changesWithin(zone, {start, end}).map(({at, from, to, daylight}) => ({
      name: daylight ? 'Daylight' : 'Standard',
      onset: printUtc(at),
      'utc-offset-from': from / 1000,
      'utc-offset-to': to / 1000,
    }));
    const shortened = end! > until ? {end: printUtc(until)} : {};
    return json({tzid: spellingOf(tzid), ...shortened, observances}, {etag: `"${timezoneDigest(zone.id)}"`});
  },
};
