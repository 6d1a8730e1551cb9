import {type Scale, scaleOf} from './scale.ts';
import {type FindZone, type IcalTime, parseTime} from './time.ts';

export type Frequency = 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** What becomes of a date that is not there (RFC 7529 §4.1). */
export type Skip = 'OMIT' | 'BACKWARD' | 'FORWARD';

/** A recurrence rule (RFC 5545 §3.3.10). Weekdays are 0 (Sunday) to 6; a part that is absent is undefined. */
export interface Rule {
  /** The calendar system that an RSCALE names (RFC 7529); undefined: there is none, and no SKIP. */
  readonly scale?: Scale;
  readonly skip?: Skip;
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | undefined;
  readonly until: IcalTime | undefined;
  readonly wkst: number;
  readonly bysecond?: readonly number[];
  readonly byminute?: readonly number[];
  readonly byhour?: readonly number[];
  readonly byday?: readonly WeekdayNumber[];
  readonly bymonthday?: readonly number[];
  readonly byyearday?: readonly number[];
  readonly byweekno?: readonly number[];
  /** 5.5 is the leap month after the fifth, `5L` (RFC 7529 §4.2). */
  readonly bymonth?: readonly number[];
  readonly bysetpos?: readonly number[];
}

/** `-1SU` is {weekday: 0, ordinal: -1}; an ordinal of 0: every one. */
export interface WeekdayNumber {
  readonly weekday: number;
  readonly ordinal: number;
}

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

const frequencies: readonly string[] = [
  'SECONDLY',
  'MINUTELY',
  'HOURLY',
  'DAILY',
  'WEEKLY',
  'MONTHLY',
  'YEARLY',
] satisfies Frequency[];

/**
 * The parts that are lists of numbers, with their largest value, whether negative ones count from the end, and the largest value in the
 * calendar systems that have years of 385 days.
 */
const lists = [
  ['bysecond', 60, false, 60],
  ['byminute', 59, false, 59],
  ['byhour', 23, false, 23],
  ['bymonthday', 31, true, 31],
  ['byyearday', 366, true, 385],
  ['byweekno', 53, true, 56],
  ['bymonth', 12, false, 13],
  ['bysetpos', 366, true, 385],
] as const;

const noZone: FindZone = () => undefined;

/** Reads a rule from its jCal form (RFC 7265 §3.6.10). Throws an Error whose message is a sentence where the rule is not valid. */
export function parseRule(data: unknown): Rule {
  if (typeof data !== 'object' || data === null) throw new Error('a recurrence rule is empty');
  const parts = data as Record<string, unknown>;
  const {freq} = parts;
  if (typeof freq !== 'string' || !frequencies.includes(freq)) throw new Error('a recurrence rule has no FREQ');
  const until = parts.until === undefined ? undefined : parseTime(parts.until, undefined, noZone);
  if (parts.until !== undefined && !until) throw new Error('UNTIL is neither a date nor a date with time');
  const rule: {-readonly [K in keyof Rule]: Rule[K]} = {
    freq: freq as Frequency,
    interval: parts.interval === undefined ? 1 : Math.max(1, wholeNumber('INTERVAL', parts.interval)),
    count: parts.count === undefined ? undefined : Math.max(1, wholeNumber('COUNT', parts.count)),
    until,
    wkst: weekStart(parts.wkst),
  };
  if (parts.byday !== undefined) rule.byday = listOf(parts.byday).map(weekdayNumber);
  const {scale, skip} = scaleIn(parts);
  if (scale) Object.assign(rule, {scale, skip});
  for (const [name, largest, negative, largestScaled] of lists) {
    if (parts[name] === undefined) continue;
    const most = !scale ? largest : name === 'bymonth' ? scale.months : largestScaled;
    rule[name] = listOf(parts[name]).map(value => {
      const leap = scale && name === 'bymonth' && /^(\d{1,2})L$/.exec(String(value))?.[1];
      return leap ? inRange(name, leap, most, negative) + 0.5 : inRange(name, value, most, negative);
    });
  }
  return rule;
}

/** RFC 7529 §4. */
function scaleIn({rscale, skip}: Record<string, unknown>): Pick<Rule, 'scale' | 'skip'> {
  if (rscale === undefined) {
    if (skip !== undefined) throw new Error('SKIP is there without RSCALE');
    return {};
  }
  const scale = scaleOf(String(rscale));
  if (!scale) throw new Error(`the calendar system ${JSON.stringify(rscale)} is not known`);
  const upper = skip === undefined ? 'OMIT' : String(skip).toUpperCase();
  if (!skips.has(upper)) throw new Error(`SKIP is ${String(skip)}`);
  return {scale, skip: upper as Skip};
}

const skips = new Set<string>(['OMIT', 'BACKWARD', 'FORWARD'] satisfies Skip[]);

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function wholeNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${name} is not a whole number`);
  return number;
}

function inRange(name: string, value: unknown, largest: number, negative: boolean): number {
  const number = Number(value);
  const least = negative ? -largest : name === 'bymonth' ? 1 : 0;
  if (!Number.isInteger(number) || number < least || number > largest || (negative && number === 0)) {
    throw new Error(`${name.toUpperCase()} holds ${String(value)}`);
  }
  return number;
}

function weekdayNumber(value: unknown): WeekdayNumber {
  const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(String(value));
  const ordinal = Number(match?.[1] ?? 0);
  if (!match || Math.abs(ordinal) > 53) throw new Error(`BYDAY holds ${String(value)}`);
  return {weekday: weekdays.indexOf(match[2]!), ordinal};
}

function weekStart(value: unknown): number {
  const index = weekdays.indexOf(String(value ?? 'MO').toUpperCase());
  if (index < 0) throw new Error(`WKST holds ${String(value)}`);
  return index;
}
