import type {FindZone, IcalTime} from './time.ts';
import {parseTime} from './time.ts';

export type Frequency = 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A recurrence rule (RFC 5545 §3.3.10). Weekdays are 0 (Sunday) to 6; a part that is absent is undefined. */
export interface Rule {
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

/** The parts that are lists of numbers, with their largest value and whether negative ones count from the end. */
const lists = [
  ['bysecond', 60, false],
  ['byminute', 59, false],
  ['byhour', 23, false],
  ['bymonthday', 31, true],
  ['byyearday', 366, true],
  ['byweekno', 53, true],
  ['bymonth', 12, false],
  ['bysetpos', 366, true],
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
  for (const [name, largest, negative] of lists) {
    if (parts[name] === undefined) continue;
    rule[name] = listOf(parts[name]).map(value => inRange(name, value, largest, negative));
  }
  return rule;
}

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
