import type {Frequency, Rule, Skip} from './recurrence-rule.ts';
import type {Scale} from './scale.ts';
import {day} from './time.ts';

/** A rule whose unsaid parts have been taken from the start, as RFC 5545 §3.3.10 has it, with its lists as sets. */
export interface Complete {
  readonly scale: Scale | undefined;
  readonly skip: Skip;
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

export const subDaily: Partial<Record<Frequency, number>> = {HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1000};

/** The rule as it is counted by, from a start in local time. */
export function complete(rule: Rule, start: number, date: boolean): Complete {
  const freq = date && subDaily[rule.freq] ? 'DAILY' : rule.freq;
  const begin = new Date(start);
  const {scale} = rule;
  let {bymonth, bymonthday, byday} = rule;
  if (!rule.byweekno && !rule.byyearday && !bymonthday && !byday) {
    const number = Math.floor(start / day);
    const month = scale?.month(scale.monthOf(number));
    if (freq === 'YEARLY') bymonth ??= [month?.number ?? begin.getUTCMonth() + 1];
    if (freq === 'YEARLY' || freq === 'MONTHLY') bymonthday = [month ? number - month.start + 1 : begin.getUTCDate()];
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
    scale,
    skip: rule.skip ?? 'OMIT',
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

/** Whether a set holds a place counted from 1, or from the end as -1. */
export function has(set: ReadonlySet<number>, place: number, of: number): boolean {
  return set.has(place) || set.has(place - of - 1);
}

export function weekdayFits({weekdays}: Pick<Complete, 'weekdays'>, weekday: number, place: number, of: number): boolean {
  if (!weekdays) return true;
  const ordinals = weekdays.get(weekday);
  if (!ordinals) return false;
  return ordinals.has(0) || ordinals.has(Math.ceil(place / 7)) || ordinals.has(-Math.ceil((of - place + 1) / 7));
}

/** ISO 8601 weeks, beginning on `wkst`: week 1 is the first with four days of the year. */
export function weekFits(weeks: ReadonlySet<number>, number: number, wkst: number): boolean {
  const weekStart = (of: number) => of - ((((of + 4 - wkst) % 7) + 7) % 7);
  const year = new Date((weekStart(number) + 3) * day).getUTCFullYear();
  const first = weekStart(firstDay(year, 0) + 3);
  const count = (weekStart(firstDay(year + 1, 0) + 3) - first) / 7;
  return has(weeks, (weekStart(number) - first) / 7 + 1, count);
}

/** The first day of a month (0 to 11, or beyond), as days since 1970. */
export function firstDay(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / day;
}
