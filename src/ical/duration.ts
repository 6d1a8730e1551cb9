import {day, type IcalTime, timeAt} from './time.ts';
import {toInstant, toLocal, type Zone} from './zone.ts';

/** RFC 5545 §3.3.6: days and weeks are nominal (a day may have 23 hours), the rest is exact. */
export interface Duration {
  readonly days: number;
  readonly milliseconds: number;
}

/** Parses a DURATION value, `-P1DT2H`; undefined where it is malformed. `P1DT`, which Apple's clients send, is `P1D`. */
export function parseDuration(value: unknown): Duration | undefined {
  const match =
    typeof value === 'string' &&
    /^([+-])?P(?:(\d{1,8})W)?(?:(\d{1,8})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,10})S)?)?$/i.exec(value.trim());
  if (!match || /PT?$/i.test(match[0])) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(2).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const sign = match[1] === '-' ? -1 : 1;
  return {
    days: sign * Math.min(weeks * 7 + days, maxDays),
    milliseconds: sign * Math.min(((hours * 60 + minutes) * 60 + seconds) * 1000, maxDays * day),
  };
}

/** Ten thousand years: whatever is longer ends after the last day that iCalendar knows, and must not leave what a Date can hold. */
const maxDays = 3_700_000;

/** Exact time as a DURATION: `PT1H30M`; a day is 24 hours. */
export function printLength(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600) % 24, 'H'],
    [Math.floor(seconds / 60) % 60, 'M'],
    [seconds % 60, 'S'],
  ] as const;
  const days = Math.floor(seconds / 86_400);
  const time = parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
  return `P${days > 0 ? `${days}D` : ''}${time || days === 0 ? `T${time || '0S'}` : ''}`;
}

/** The time a duration after another: nominal days by the calendar, the rest by the clock. */
export function addDuration(time: IcalTime, {days, milliseconds}: Duration): IcalTime {
  const local = time.local + days * day;
  if (time.date) return {...time, local: local + Math.floor(milliseconds / day) * day};
  if (!time.zone || milliseconds === 0) return {...time, local: local + milliseconds};
  return timeAt(toInstant(local, time.zone) + milliseconds, time.zone);
}

/** The same from an instant, in a zone. */
export function addToInstant(instant: number, {days, milliseconds}: Duration, zone: Zone): number {
  return (days === 0 ? instant : toInstant(toLocal(instant, zone) + days * day, zone)) + milliseconds;
}
