import {tzdataVersion} from '../../ical/tzdata.ts';
import {type Action, json} from '../action.ts';
import {readLeapSeconds} from '../leap-seconds.ts';

/** RFC 7808 §5.6: when UTC was set back a second. */
export const leapseconds: Action = {
  name: 'leapseconds',
  template: '/leapseconds',
  parameters: [],
  answer: () => json({publisher: 'IERS', version: tzdataVersion, ...readLeapSeconds()}),
};
