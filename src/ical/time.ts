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

/** A jCal DATE (`2026-01-31`) or DATE-TIME (`2026-01-31T10:00:00Z`); undefined where it is malformed or not in the calendar. */
export function parseTime(value: unknown, tzid: string | undefined, findZone: FindZone): IcalTime | undefined {
  const match = typeof value === 'string' && /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(Z)?)?$/.exec(value);
  if (!match) return undefined;
  const [, year, month, dayOfMonth, hour, minute, second, z] = match;
  const midnight = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(dayOfMonth));
  if (new Date(midnight).getUTCDate() !== Number(dayOfMonth) || Number(month) > 12) return undefined;
  if (hour === undefined) return {local: midnight, date: true, zone: undefined};
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const local = midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Math.min(Number(second), 59)) * 1000;
  return {local, date: false, zone: z ? utc : tzid === undefined ? undefined : findZone(tzid)};
}

/** A time in jCal, in the form of its kind: `2026-01-31`, `2026-01-31T10:00:00`, with `Z` where its zone is UTC. */
export function printTime(time: IcalTime): string {
  const iso = new Date(Math.min(time.local, lastLocal)).toISOString();
  return time.date ? iso.slice(0, 10) : iso.slice(0, 19) + (time.zone === utc ? 'Z' : '');
}
