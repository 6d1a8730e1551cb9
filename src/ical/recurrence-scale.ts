import {type Complete, has, weekdayFits} from './recurrence-complete.ts';
import type {Scale, ScaleMonth} from './scale.ts';

/** The periods that a rule of a calendar system steps by, and what it costs to look at one. Days since 1970. */
export interface ScalePeriod {
  index(day: number): number;
  begin(index: number): number;
  readonly cost: number;
}

export function periodOf({freq, interval}: Pick<Complete, 'freq' | 'interval'>, scale: Scale): ScalePeriod {
  return freq === 'YEARLY'
    ? {index: scale.yearOf, begin: index => scale.year(index).start, cost: scale.cost}
    : {
        index: scale.monthOf,
        begin: index => scale.month(index).start,
        // One year is worked out for as many of its months as there are.
        cost: Math.ceil((scale.cost * Math.min(interval, 12)) / 12),
      };
}

/**
 * The days of a year or month that a YEARLY or MONTHLY rule means, rising (RFC 7529 §4.1): those that are not there are left out or moved
 * as SKIP says, and may then lie beside their period. SKIP is for what is counted out; what only limits names nothing that is missing.
 */
export function daysInPeriod(rule: Complete, scale: Scale, index: number): number[] {
  const yearly = rule.freq === 'YEARLY';
  const months = yearly ? monthsIn(rule, scale, index) : [scale.month(index)].filter(month => fitsMonth(rule, month));
  const year = yearly ? index : scale.yearOf(scale.month(index).start);
  const sets: ReadonlySet<number>[] = [];
  if (rule.monthDays) sets.push(new Set(months.flatMap(month => places(month, rule.monthDays!, rule.skip))));
  else if (rule.months || !yearly || !(rule.yearDays || rule.weeks)) sets.push(new Set(months.flatMap(daysOf)));
  if (rule.yearDays) sets.push(new Set(places(scale.year(year), rule.yearDays, rule.skip)));
  if (rule.weeks) sets.push(new Set(weeksIn(rule, scale, year)));
  const [first, ...others] = sets;
  return [...first!].filter(day => others.every(set => set.has(day)) && fitsWeekday(rule, scale, day)).sort((a, b) => a - b);
}

/** Whether a day is one that a WEEKLY rule or one of shorter periods allows. */
export function fitsScale(rule: Complete, scale: Scale, day: number): boolean {
  if (!fitsWeekday(rule, scale, day)) return false;
  if (rule.yearDays && !isAmong(rule.yearDays, scale.year(scale.yearOf(day)), day)) return false;
  if (!rule.months && !rule.monthDays) return true;
  const month = scale.month(scale.monthOf(day));
  return fitsMonth(rule, month) && (!rule.monthDays || isAmong(rule.monthDays, month, day));
}

function fitsMonth({months}: Complete, month: ScaleMonth): boolean {
  return !months || months.has(month.number);
}

/** Days from `start` on, `end` not included: a month, a year. */
interface Days {
  readonly start: number;
  readonly end: number;
}

function isAmong(set: ReadonlySet<number>, {start, end}: Days, day: number): boolean {
  return has(set, day - start + 1, end - start);
}

function daysOf({start, end}: Days): number[] {
  return Array.from({length: end - start}, (_, at) => start + at);
}

function fitsWeekday(rule: Complete, scale: Scale, day: number): boolean {
  if (!rule.weekdays) return true;
  const weekday = (((day + 4) % 7) + 7) % 7;
  if (!rule.scope) return rule.weekdays.has(weekday);
  const {start, end} = rule.scope === 'month' ? scale.month(scale.monthOf(day)) : scale.year(scale.yearOf(day));
  return weekdayFits(rule, weekday, day - start + 1, end - start);
}

/** BYMONTH: only a leap month can be missing. */
function monthsIn({months, skip}: Complete, scale: Scale, index: number): readonly ScaleMonth[] {
  const year = scale.year(index);
  if (!months) return year.months;
  return [...months].flatMap(number => {
    const there = year.months.find(month => month.number === number);
    if (there || skip === 'OMIT') return there ?? [];
    if (skip === 'BACKWARD') return year.months.find(month => month.number === number - 0.5) ?? [];
    return year.months.find(month => month.number === number + 0.5) ?? scale.year(index + 1).months[0]!;
  });
}

/** The days at places counted from 1, or from the end as -1. */
function places(of: Days, wanted: ReadonlySet<number>, skip: Complete['skip']): number[] {
  return [...wanted].flatMap(place => {
    const day = place > 0 ? of.start + place - 1 : of.end + place;
    if (day >= of.start && day < of.end) return day;
    if (skip === 'OMIT') return [];
    const [before, after] = place > 0 ? [of.end - 1, of.end] : [of.start - 1, of.start];
    return skip === 'BACKWARD' ? before : after;
  });
}

/** BYWEEKNO: all days of those weeks, of which the first is the one with four days of the year. */
function weeksIn({weeks, wkst, skip}: Complete, scale: Scale, index: number): number[] {
  // Weeks are numbered from the one that began, or would have, before 1970.
  const offset = wkst - 4;
  const firstWeek = (year: number) => Math.floor((scale.year(year).start + 3 - offset) / 7);
  return places({start: firstWeek(index), end: firstWeek(index + 1)}, weeks!, skip).flatMap(week =>
    daysOf({start: week * 7 + offset, end: week * 7 + offset + 7}),
  );
}
