import type {Frequency, Rule} from './recurrence-rule.ts';
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
  for (const local of candidates(completed, start, date, skipTo, budget)) {
    if (local <= start) continue;
    if (local > until || left-- <= 0) return;
    if (local >= from) yield local;
  }
}

/** A rule whose unsaid parts have been taken from the start, as RFC 5545 §3.3.10 has it, with its lists as sets. */
interface Complete {
  readonly freq: Frequency;
  readonly interval: number;
  readonly wkst: number;
  readonly months: ReadonlySet<number> | undefined;
  readonly weeks: ReadonlySet<number> | undefined;
  readonly yearDays: ReadonlySet<number> | undefined;
  readonly monthDays: ReadonlySet<number> | undefined;
  /** Ordinals by weekday; 0: every one. */
  readonly weekdays: ReadonlyMap<number, ReadonlySet<number>> | undefined;
  /** What the ordinals count within. */
  readonly scope: 'month' | 'year' | undefined;
  /** Whether nothing but the weekday says which days are allowed: most rules there are. */
  readonly onlyWeekdays: boolean;
  readonly hours: ReadonlySet<number> | undefined;
  readonly minutes: ReadonlySet<number> | undefined;
  readonly seconds: ReadonlySet<number> | undefined;
  /** Offsets within a day (or the period, where it is shorter), rising. */
  readonly times: readonly number[];
  readonly positions: readonly number[] | undefined;
}

const subDaily: Partial<Record<Frequency, number>> = {HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1000};

function complete(rule: Rule, start: number, date: boolean): Complete {
  const freq = date && subDaily[rule.freq] ? 'DAILY' : rule.freq;
  const begin = new Date(start);
  let {bymonth, bymonthday, byday} = rule;
  if (!rule.byweekno && !rule.byyearday && !bymonthday && !byday) {
    if (freq === 'YEARLY') bymonth ??= [begin.getUTCMonth() + 1];
    if (freq === 'YEARLY' || freq === 'MONTHLY') bymonthday = [begin.getUTCDate()];
    if (freq === 'WEEKLY') byday = [{weekday: begin.getUTCDay(), ordinal: 0}];
  } else if (rule.byweekno && !rule.byyearday && !bymonthday && !byday) {
    byday = [{weekday: begin.getUTCDay(), ordinal: 0}];
  }
  const weekdays = byday && new Map<number, Set<number>>();
  for (const {weekday, ordinal} of byday ?? []) {
    weekdays!.set(weekday, (weekdays!.get(weekday) ?? new Set()).add(ordinal));
  }
  const scope =
    freq === 'MONTHLY' || (freq === 'YEARLY' && bymonth) ? 'month' : freq === 'YEARLY' && !rule.byweekno ? 'year' : undefined;
  return {
    freq,
    interval: rule.interval,
    wkst: rule.wkst,
    months: setOf(bymonth),
    weeks: freq === 'YEARLY' ? setOf(rule.byweekno) : undefined,
    yearDays: setOf(rule.byyearday),
    monthDays: setOf(bymonthday),
    weekdays,
    scope,
    onlyWeekdays: !(scope || bymonth || bymonthday || rule.byyearday || rule.byweekno),
    hours: setOf(rule.byhour),
    minutes: setOf(rule.byminute),
    seconds: setOf(rule.bysecond),
    times: date ? [0] : timesWithin(freq, rule, begin),
    positions: rule.bysetpos,
  };
}

function setOf(values: readonly number[] | undefined): ReadonlySet<number> | undefined {
  return values && new Set(values);
}

function timesWithin(freq: Frequency, rule: Rule, start: Date): number[] {
  const hours = subDaily[freq] ? [0] : (rule.byhour ?? [start.getUTCHours()]);
  const minutes = freq === 'MINUTELY' || freq === 'SECONDLY' ? [0] : (rule.byminute ?? [start.getUTCMinutes()]);
  const seconds = freq === 'SECONDLY' ? [0] : (rule.bysecond ?? [start.getUTCSeconds()]).filter(second => second < 60);
  const times = new Set<number>();
  for (const hour of hours)
    for (const minute of minutes) for (const second of seconds) times.add(((hour * 60 + minute) * 60 + second) * 1000);
  return [...times].sort((a, b) => a - b);
}

function candidates(rule: Complete, start: number, date: boolean, from: number, budget: Budget): Generator<number> {
  const unit = rule.freq === 'DAILY' || date ? day : subDaily[rule.freq];
  if (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY' || rule.freq === 'WEEKLY') return byDays(rule, start, from, budget);
  return byUnits(rule, unit!, start, from, budget);
}

/** YEARLY, MONTHLY, WEEKLY: each period's days are found, then their times of day. */
function* byDays(rule: Complete, start: number, from: number, budget: Budget): Generator<number> {
  const period = periods[rule.freq as keyof typeof periods];
  const first = period.index(start, rule.wkst);
  const skipped = Math.floor((period.index(from, rule.wkst) - first) / rule.interval) - 1;
  for (let index = first + Math.max(0, skipped) * rule.interval; ; index += rule.interval) {
    const [begin, end] = period.days(index, rule.wkst);
    // An INTERVAL may lead beyond what a Date can say: then nothing compares.
    if (!(begin * day <= lastLocal)) return;
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
function* byUnits(rule: Complete, unit: number, start: number, from: number, budget: Budget): Generator<number> {
  const base = Math.floor(start / unit) * unit;
  const step = unit * rule.interval;
  let count = Math.max(0, Math.floor((from - base) / step));
  for (;;) {
    const local = base + count * step;
    if (local > lastLocal || !spend(budget, local)) return;
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

/** Whether a set holds a place counted from 1, or from the end as -1. */
function has(set: ReadonlySet<number>, place: number, of: number): boolean {
  return set.has(place) || set.has(place - of - 1);
}

function weekdayFits({weekdays}: Complete, weekday: number, place: number, of: number): boolean {
  if (!weekdays) return true;
  const ordinals = weekdays.get(weekday);
  if (!ordinals) return false;
  return ordinals.has(0) || ordinals.has(Math.ceil(place / 7)) || ordinals.has(-Math.ceil((of - place + 1) / 7));
}

/** ISO 8601 weeks, beginning on `wkst`: week 1 is the first with four days of the year. */
function weekFits(weeks: ReadonlySet<number>, number: number, wkst: number): boolean {
  const weekStart = (of: number) => of - ((((of + 4 - wkst) % 7) + 7) % 7);
  const year = new Date((weekStart(number) + 3) * day).getUTCFullYear();
  const first = weekStart(firstDay(year, 0) + 3);
  const count = (weekStart(firstDay(year + 1, 0) + 3) - first) / 7;
  return has(weeks, (weekStart(number) - first) / 7 + 1, count);
}

/** The first day of a month (0 to 11, or beyond), as days since 1970. */
function firstDay(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / day;
}
