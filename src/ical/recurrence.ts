import {type Complete, complete, firstDay, has, subDaily, weekdayFits, weekFits} from './recurrence-complete.ts';
import type {Rule} from './recurrence-rule.ts';
import {daysInPeriod, fitsScale, periodOf} from './recurrence-scale.ts';
import type {Scale} from './scale.ts';
import {day, lastLocal} from './time.ts';

/** How much may be spent on one recurrence set; what an impossible or very dense rule uses up. Changed by whoever spends. */
export interface Budget {
  /** Steps that are left: a day or shorter period looked at, or an occurrence answered, is one. */
  steps: number;
  /** Set when the steps ran out: what lies after this local time has not been looked at. */
  reached: number | undefined;
}

export interface Bounds {
  /** Occurrences before this local time may be left out (they are where no COUNT has to be counted). */
  readonly from?: number;
  /** The last local time that may occur. */
  readonly until?: number;
  /** Whether the start is a DATE, so that there is no time of day. */
  readonly date: boolean;
  readonly budget: Budget;
}

/**
 * The local times a rule recurs at, rising (RFC 5545 §3.3.10). The start is the first, whether the rule fits it or not (§3.8.5.3).
 * ical.js has this too, but loops for ever on rules that never occur, which anyone who may PUT could send.
 */
export function* occurrences(
  rule: Rule,
  start: number,
  {from = -Infinity, until = lastLocal, date, budget}: Bounds,
): Generator<number> {
  if (start > until) return;
  let left = (rule.count ?? Infinity) - 1;
  if (start >= from) yield start;
  const skipTo = rule.count === undefined ? Math.max(from, start) : start;
  if (!spend(budget, start)) return;
  const completed = complete(rule, start, date);
  // A day may have a time for each of its seconds; one costs less than a step.
  budget.steps -= completed.times.length >> 3;
  for (const local of candidates(completed, start, date, {from: skipTo, until}, budget)) {
    if (local <= start) continue;
    if (local > until || left-- <= 0) return;
    if (local >= from) yield local;
  }
}

/** Where to begin and to stop looking, in local time. */
interface Window {
  readonly from: number;
  readonly until: number;
}

function candidates(rule: Complete, start: number, date: boolean, window: Window, budget: Budget): Generator<number> {
  const unit = rule.freq === 'DAILY' || date ? day : subDaily[rule.freq];
  if (rule.scale && (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY')) return byScale(rule, rule.scale, start, window, budget);
  if (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY' || rule.freq === 'WEEKLY') return byDays(rule, start, window, budget);
  return byUnits(rule, unit!, start, window, budget);
}

/** YEARLY, MONTHLY, WEEKLY: each period's days are found, then their times of day. */
function* byDays(rule: Complete, start: number, {from, until}: Window, budget: Budget): Generator<number> {
  const period = periods[rule.freq as keyof typeof periods];
  const first = period.index(start, rule.wkst);
  const skipped = Math.floor((period.index(from, rule.wkst) - first) / rule.interval) - 1;
  for (let index = first + Math.max(0, skipped) * rule.interval; ; index += rule.interval) {
    const [begin, end] = period.days(index, rule.wkst);
    // An INTERVAL may lead beyond what a Date can say: then nothing compares.
    if (!(begin * day <= until)) return;
    const days: number[] = [];
    for (let number = begin; number < end; number++) {
      if (!spend(budget, begin * day)) return;
      const next = nextAllowedDay(rule, number);
      if (next === number) days.push(number * day);
      else number = next - 1;
    }
    yield* select(rule, days, budget);
  }
}

/** YEARLY and MONTHLY of a calendar system (RFC 7529): weeks, and what SKIP has moved, may lie in the period before or after their own. */
function* byScale(rule: Complete, scale: Scale, start: number, {from, until}: Window, budget: Budget): Generator<number> {
  const period = periodOf(rule, scale);
  const first = period.index(Math.floor(start / day));
  const skipped = Math.floor((period.index(Math.floor(from / day)) - first) / rule.interval) - 2;
  const end = period.index(Math.floor(until / day) + 7);
  let waiting: number[] = [];
  let last = -Infinity;
  for (let index = first + Math.max(0, skipped) * rule.interval; index <= end; index += rule.interval) {
    const begin = period.begin(index);
    budget.steps -= period.cost;
    if (!spend(budget, begin * day)) return;
    const days = daysInPeriod(rule, scale, index).map(number => number * day);
    waiting = [...waiting, ...select(rule, days, budget)].sort((a, b) => a - b);
    const settled = index + rule.interval > end ? Infinity : (period.begin(index + rule.interval) - 7) * day;
    const open = waiting.findIndex(local => local >= settled);
    for (const local of waiting.splice(0, open < 0 ? waiting.length : open)) {
      if (local > last) yield local;
      last = local;
    }
  }
}

/** The periods a rule steps by: the number of the one a local time lies in, and its days (numbers since 1970, end not included). */
const periods = {
  YEARLY: {
    index: (local: number) => new Date(local).getUTCFullYear(),
    days: (year: number): [number, number] => [firstDay(year, 0), firstDay(year + 1, 0)],
  },
  MONTHLY: {
    index: (local: number) => new Date(local).getUTCFullYear() * 12 + new Date(local).getUTCMonth(),
    days: (month: number): [number, number] => [firstDay(0, month), firstDay(0, month + 1)],
  },
  WEEKLY: {
    index: (local: number, wkst: number) => Math.floor((Math.floor(local / day) + 4 - wkst) / 7),
    days: (week: number, wkst: number): [number, number] => [week * 7 - 4 + wkst, week * 7 + 3 + wkst],
  },
};

/** DAILY and shorter: the clock is stepped, whole months, days, hours that cannot be are stepped over. */
function* byUnits(rule: Complete, unit: number, start: number, {from, until}: Window, budget: Budget): Generator<number> {
  const base = Math.floor(start / unit) * unit;
  const step = unit * rule.interval;
  let count = Math.max(0, Math.floor((from - base) / step));
  for (;;) {
    const local = base + count * step;
    if (local > until || !spend(budget, local)) return;
    const next = nextAllowed(rule, local, unit);
    if (next > local) {
      count = Math.max(count + 1, Math.ceil((next - base) / step));
      continue;
    }
    yield* select(rule, [local], budget);
    count++;
  }
}

/** The set of one period, BYSETPOS applied. */
function* select({times, positions}: Complete, starts: readonly number[], budget: Budget): Generator<number> {
  const size = starts.length * times.length;
  const at = (index: number) => starts[Math.floor(index / times.length)]! + times[index % times.length]!;
  const chosen =
    positions && [...new Set(positions.map(position => (position > 0 ? position - 1 : size + position)))].sort((a, b) => a - b);
  const length = chosen ? chosen.length : size;
  for (let number = 0; number < length; number++) {
    const index = chosen ? chosen[number]! : number;
    if (index < 0 || index >= size) continue;
    if (!spend(budget, at(index))) return;
    yield at(index);
  }
}

function spend(budget: Budget, at: number): boolean {
  if (budget.steps <= 0) {
    budget.reached ??= at;
    return false;
  }
  budget.steps--;
  return true;
}

/** `local` where the rule's parts allow it; else the next time at which they might. */
function nextAllowed(rule: Complete, local: number, unit: number): number {
  const number = Math.floor(local / day);
  const allowed = nextAllowedDay(rule, number);
  if (allowed > number) return allowed * day;
  const time = new Date(local);
  if (unit <= 3_600_000 && rule.hours && !rule.hours.has(time.getUTCHours()))
    return (Math.floor(local / 3_600_000) + 1) * 3_600_000;
  if (unit <= 60_000 && rule.minutes && !rule.minutes.has(time.getUTCMinutes())) return (Math.floor(local / 60_000) + 1) * 60_000;
  if (unit <= 1000 && rule.seconds && !rule.seconds.has(time.getUTCSeconds())) return local + 1000;
  return local;
}

/** `number` (a day since 1970) where the rule's parts allow it; else the next day at which they might. */
function nextAllowedDay(rule: Complete, number: number): number {
  if (rule.scale) return fitsScale(rule, rule.scale, number) ? number : number + 1;
  if (rule.onlyWeekdays) {
    return !rule.weekdays || rule.weekdays.has((((number + 4) % 7) + 7) % 7) ? number : number + 1;
  }
  const date = new Date(number * day);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  if (rule.months && !rule.months.has(month + 1)) return firstDay(year, month + 1);
  const dayOfMonth = date.getUTCDate();
  const inMonth = firstDay(year, month + 1) - (number - dayOfMonth + 1);
  if (rule.monthDays && !has(rule.monthDays, dayOfMonth, inMonth)) return number + 1;
  if (rule.yearDays || rule.scope === 'year') {
    const begin = firstDay(year, 0);
    const inYear = firstDay(year + 1, 0) - begin;
    if (rule.yearDays && !has(rule.yearDays, number - begin + 1, inYear)) return number + 1;
    if (rule.scope === 'year' && !weekdayFits(rule, date.getUTCDay(), number - begin + 1, inYear)) return number + 1;
  }
  if (rule.scope === 'month' && !weekdayFits(rule, date.getUTCDay(), dayOfMonth, inMonth)) return number + 1;
  if (rule.scope === undefined && rule.weekdays && !rule.weekdays.has(date.getUTCDay())) return number + 1;
  if (rule.weeks && !weekFits(rule.weeks, number, rule.wkst)) return number + 1;
  return number;
}
