import {jcalOf} from '../ical/jcal.ts';
import {indexObject} from '../ical/object-index.ts';
import type {Calendar} from '../ical/parse.ts';
import {day} from '../ical/time.ts';

/**
 * Whether an event, all instances of it, is over, wherever on Earth its floating times are taken for. What has no date never is; nor what
 * somebody asks to be told of all the same (SCHEDULE-FORCE-SEND, RFC 6638 §7.2).
 */
export function isOver(calendar: Calendar, now: number): boolean {
  if (isForced(calendar)) return false;
  const {spans, horizon} = indexObject(calendar, {horizon: now, minInstances: 1});
  return horizon === undefined && spans.length > 0 && spans.every(({end}) => end + day <= now);
}

function isForced(calendar: Calendar): boolean {
  return jcalOf(calendar)[2].some(([, properties]) =>
    properties.some(([, parameters]) => Object.hasOwn(parameters, 'schedule-force-send')),
  );
}
