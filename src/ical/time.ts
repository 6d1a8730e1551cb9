import type {JcalProperty} from './jcal.ts';
import {toInstant, toLocal, utc, type Zone} from './zone.ts';

/** A DATE or DATE-TIME (RFC 5545 §3.3.4, §3.3.5). */
export interface IcalTime {
  /** What calendar and clock show, as milliseconds since 1970 as if the zone were UTC. */
  readonly local: number;
  /** A DATE. */
  readonly date: boolean;
  /** Undefined: floating; DATEs always are. */
  readonly zone: Zone | undefined;
}

/** Finds the zone a TZID means; undefined: nothing known, the time is taken as floating. */
export type FindZone = (tzid: string) => Zone | undefined;

export const day = 86_400_000;

/** 9999-12-31T23:59:59: RFC 5545 can say no later time. */
export const lastLocal = 253_402_300_799_000;

/** The instant of a time; `floating` is the zone that floating times and DATEs are taken in. */
export function instantOf(time: IcalTime, floating: Zone): number {
  return toInstant(time.local, time.zone ?? floating);
}

/** An instant as the clocks of a zone show it; in UTC where they show it for the second time, and would be read as the first. */
export function timeAt(instant: number, zone: Zone): IcalTime {
  const local = toLocal(instant, zone);
  return toInstant(local, zone) === instant ? {local, date: false, zone} : {local: instant, date: false, zone: utc};
}

/** The values of a property that holds DATEs or DATE-TIMEs; what is malformed is left out. */
export function timesOf(property: JcalProperty, findZone: FindZone): IcalTime[] {
  return property.slice(3).flatMap(value => parseTime(value, tzidOf(property), findZone) ?? []);
}

/** The TZID parameter; undefined where there is none. */
export function tzidOf(property: JcalProperty): string | undefined {
  const {tzid} = property[1];
  return typeof tzid === 'string' && tzid !== '' ? tzid : undefined;
}

const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ?)?$/;

/** A jCal DATE (`2026-01-31`) or DATE-TIME (`2026-01-31T10:00:00Z`); undefined where it is malformed or not in the calendar. */
export function parseTime(value: unknown, tzid: string | undefined, findZone: FindZone): IcalTime | undefined {
  if (typeof value !== 'string' || !form.test(value)) return undefined;
  const [year, month, dayOfMonth] = [twoDigits(value, 0) * 100 + twoDigits(value, 2), twoDigits(value, 5), twoDigits(value, 8)];
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysIn(year, month)) return undefined;
  // Date.UTC takes the years before 100 for others; the calendar comes round every 400 years.
  const midnight = Date.UTC(2000 + (year % 400), month - 1, dayOfMonth) + (Math.floor(year / 400) - 5) * 146_097 * day;
  if (value.length === 10) return {local: midnight, date: true, zone: undefined};
  const [hour, minute, second] = [twoDigits(value, 11), twoDigits(value, 14), twoDigits(value, 17)];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const local = midnight + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000;
  return {local, date: false, zone: value.length === 20 ? utc : tzid === undefined ? undefined : findZone(tzid)};
}

function twoDigits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A time in jCal, in the form of its kind: `2026-01-31`, `2026-01-31T10:00:00`, with `Z` where its zone is UTC. */
export function printTime(time: IcalTime): string {
  const iso = new Date(Math.min(time.local, lastLocal)).toISOString();
  return time.date ? iso.slice(0, 10) : iso.slice(0, 19) + (time.zone === utc ? 'Z' : '');
}
