import type {Change} from './tzdata.ts';

/** A change as the clocks show it that are about to be set. */
export interface Onset {
  readonly local: number;
  readonly change: Change;
}

/** Onsets of one month of each year, on the day that a rule says. */
export interface Yearly {
  readonly onsets: readonly Onset[];
  /** The last of the recurrence; of a rule for a part of it, it may lie after all of `onsets`. */
  readonly last: Onset;
  readonly month: number;
  /** BYDAY: `-1SU`, or `SU` of `days`. */
  readonly day: string;
  /** BYMONTHDAY. */
  readonly days: readonly number[] | undefined;
}

export function onsetAt(change: Change): Onset {
  return {local: change.at + change.from, change};
}

/** Fewer are told one by one. */
const fewest = 3;

/** Finds the rules by which onsets of one kind, in order of time, recur yearly, and what is left over as single dates. */
export function yearly(onsets: readonly Onset[]): {rules: Yearly[]; dates: Onset[]} {
  const rules: Yearly[] = [];
  const dates: Onset[] = [];
  for (let at = 0; at < onsets.length; ) {
    const run = runFrom(onsets, at);
    const found = run.onsets.length < fewest ? undefined : rulesOf(run);
    if (found) rules.push(...found);
    else dates.push(...run.onsets);
    at += run.onsets.length;
  }
  return {rules, dates};
}

/** Onsets year after year at one hour of one weekday, within one week of the month; days are counted from both of its ends. */
interface Run {
  readonly onsets: Onset[];
  /** The month of the first: days of the months around it are counted on, below 1 and beyond its end. */
  readonly month: number;
  readonly fromStart: Week;
  readonly fromEnd: Week;
}

interface Week {
  low: number;
  high: number;
}

const day = 86_400_000;
/** A week that any day widens to that day. */
const nothing: Week = {low: Infinity, high: -Infinity};

function runFrom(onsets: readonly Onset[], at: number): Run {
  const first = onsets[at]!;
  const {year, month} = partsOf(first);
  const run: Run = {onsets: [], month, fromStart: {...nothing}, fromEnd: {...nothing}};
  for (let index = at; index < onsets.length; index++) {
    const onset = onsets[index]!;
    const expected = year + run.onsets.length;
    // A change of late December may slip into the next year: it is no rule then.
    if (partsOf(onset).year !== expected || !sameHour(onset, first)) break;
    const date = Math.floor((onset.local - startOf(expected, month)) / day) + 1;
    const fromStart = widened(run.fromStart, date);
    const fromEnd = widened(run.fromEnd, date - daysIn(expected, month) - 1);
    if (fromStart.high - fromStart.low > 6 && fromEnd.high - fromEnd.low > 6) break;
    Object.assign(run.fromStart, fromStart);
    Object.assign(run.fromEnd, fromEnd);
    run.onsets.push(onset);
  }
  return run;
}

function widened({low, high}: Week, date: number): Week {
  return {low: Math.min(low, date), high: Math.max(high, date)};
}

function sameHour(one: Onset, other: Onset): boolean {
  return (one.local - other.local) % (7 * day) === 0;
}

const names = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** Undefined: no rule of iCalendar says it. */
function rulesOf({onsets, month, fromStart, fromEnd}: Run): Yearly[] | undefined {
  const last = onsets.at(-1)!;
  const weekday = names[new Date(onsets[0]!.local).getUTCDay()]!;
  const plain = (prefix: number): Yearly[] => [{onsets, last, month: month + 1, day: `${prefix}${weekday}`, days: undefined}];
  if (fromEnd.low >= -7 && fromEnd.high <= -1) return plain(-1);
  const week = Math.ceil(fromStart.high / 7);
  if (week >= 1 && week <= 4 && fromStart.low > 7 * (week - 1)) return plain(week);
  if (fromStart.high - fromStart.low > 6) return undefined;
  const {low, high} = fromStart;
  const from = low < 1 || high > 28 ? low : Math.max(1, high - 6);
  const dates = Array.from({length: 7}, (_, more) => from + more);
  if (month === 1 && dates[6]! > 28) return undefined;
  return inMonths(onsets, month, dates).map(part => ({...part, last, day: weekday}));
}

/** A week that lies in two months is a rule for each: only one of them has the weekday in a year. */
function inMonths(onsets: readonly Onset[], month: number, dates: readonly number[]): Omit<Yearly, 'day' | 'last'>[] {
  const length = daysIn(2001, month);
  const parts = [
    // Counted from the end, so that it holds for any February.
    {month: ((month + 11) % 12) + 1, days: dates.filter(date => date < 1).map(date => date - 1)},
    {month: month + 1, days: dates.filter(date => date >= 1 && date <= length)},
    {month: ((month + 1) % 12) + 1, days: dates.filter(date => date > length).map(date => date - length)},
  ];
  return parts.flatMap(part => {
    const own = onsets.filter(onset => partsOf(onset).month + 1 === part.month);
    return own.length > 0 ? [{...part, onsets: own}] : [];
  });
}

function partsOf({local}: Onset): {year: number; month: number} {
  const date = new Date(local);
  return {year: date.getUTCFullYear(), month: date.getUTCMonth()};
}

function daysIn(year: number, month: number): number {
  return (startOf(year, month + 1) - startOf(year, month)) / day;
}

/** Unlike Date.UTC, takes the years 0 to 99 for what they are. */
function startOf(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}
