import {lastLocal} from '../ical/time.ts';
import {DavError} from '../webdav/error.ts';
import type {Limits} from '../webdav/limits.ts';
import {type Element, elements} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {maxDateTime, minDateTime} from './preconditions.ts';

type DateLimits = Pick<Limits, 'minDateTime' | 'maxDateTime'>;

/** Whatever iCalendar's four digits can say from year 1 on: address books give birthdays without a year in 1604 and in year 1. */
const widest = {min: '00010101T000000Z', max: '99991231T235959Z'};

/** CALDAV:min-date-time and CALDAV:max-date-time (RFC 4791 §5.2.6 and §5.2.7). Being in UTC and of one form, they compare as texts. */
export function dateLimits({minDateTime, maxDateTime}: DateLimits): {readonly min: string; readonly max: string} {
  return {min: minDateTime || widest.min, max: maxDateTime || widest.max};
}

/** A time, `20260131T100000Z`, and what is said to lie there, is within the limits. Throws DavError with the condition of the limit. */
export function requireDateTime(time: string, what: string, limits: DateLimits): void {
  const {min, max} = dateLimits(limits);
  if (time < min) throw new DavError(minDateTime, {message: `${what} is before ${min}.`});
  if (time > max) throw new DavError(maxDateTime, {message: `${what} is after ${max}.`});
}

/** The same of an instant; what is said in whole seconds is cut off to them. */
export function requireInstant(instant: number, what: string, limits: DateLimits): void {
  const {min, max} = instantLimits(limits);
  if (!(instant >= min && instant <= max)) requireDateTime(basicOf(instant), what, limits);
}

const instants = new WeakMap<DateLimits, {readonly min: number; readonly max: number}>();

/** Within these an instant is surely within the limits: printing each takes longer. */
function instantLimits(limits: DateLimits): {readonly min: number; readonly max: number} {
  let known = instants.get(limits);
  if (!known) {
    const {min, max} = dateLimits(limits);
    known = {min: instantIn(min), max: instantIn(max)};
    instants.set(limits, known);
  }
  return known;
}

function instantIn(basic: string): number {
  return Date.parse(basic.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** An instant as iCalendar writes it; the last day of the last year ends later elsewhere, and what was before year 0 was long ago. */
function basicOf(instant: number): string {
  const iso = new Date(Math.min(instant, lastLocal)).toISOString();
  return iso.startsWith('-') ? '' : `${iso.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

const ranges: ReadonlySet<string> = new Set(
  ['time-range', 'expand', 'limit-recurrence-set', 'limit-freebusy-set'].map(name => caldav(name)),
);

/** RFC 4791 §7.8 to §7.10: so are all ranges of time in the body of a report. What is no time at all is for its parser to refuse. */
export function requireRangesWithin(body: Element, limits: DateLimits): void {
  for (const part of elements(body)) {
    const {start = '', end = ''} = ranges.has(part.name) ? part.attributes : {};
    for (const time of [start.trim(), end.trim()]) {
      if (/^\d{8}T\d{6}Z$/.test(time)) requireDateTime(time, 'The range of time', limits);
    }
    requireRangesWithin(part, limits);
  }
}
