import type {TimeRange} from '../../base/time-range.ts';
import {addToInstant, parseDuration} from '../../ical/duration.ts';
import {firstProperty, type JcalComponent} from '../../ical/jcal.ts';
import type {Placed} from '../../ical/span.ts';
import {day, type FindZone, instantOf, parseTime} from '../../ical/time.ts';
import type {Zone} from '../../ical/zone.ts';

const maxRepeats = 1000;

/** Whether an alarm goes off in a range for one instance (RFC 5545 §3.6.6), its repetitions counted. */
export function goesOffIn(alarm: JcalComponent, instance: Placed, range: TimeRange, findZone: FindZone, floating: Zone): boolean {
  const first = firstTrigger(alarm, instance, findZone, floating);
  if (first === undefined) return false;
  const pause = parseDuration(firstProperty(alarm, 'duration')?.[3]);
  const step = pause ? pause.days * day + pause.milliseconds : 0;
  const repeats = step === 0 ? 0 : repeatsOf(alarm);
  const earliest = step < 0 ? first + repeats * step : first;
  const number = repeats === 0 ? 0 : Math.max(0, Math.ceil((range.start - earliest) / Math.abs(step)));
  const at = earliest + number * Math.abs(step);
  return number <= repeats && at >= range.start && at < range.end;
}

/** How far from the instance an alarm can go off at most, milliseconds; undefined: when it goes off has nothing to do with the instance. */
export function alarmReach(alarm: JcalComponent): number | undefined {
  const trigger = firstProperty(alarm, 'trigger');
  const offset = parseDuration(trigger?.[3]);
  if (!offset) return undefined;
  const pause = parseDuration(firstProperty(alarm, 'duration')?.[3]);
  const length = (duration: {days: number; milliseconds: number}) =>
    Math.abs(duration.days) * day + Math.abs(duration.milliseconds);
  return length(offset) + (pause ? length(pause) * repeatsOf(alarm) : 0) + day;
}

function repeatsOf(alarm: JcalComponent): number {
  const repeat = Number(firstProperty(alarm, 'repeat')?.[3] ?? 0);
  return Math.min(Math.max(0, Number.isFinite(repeat) ? repeat : 0), maxRepeats);
}

function firstTrigger(alarm: JcalComponent, {start, end}: Placed, findZone: FindZone, floating: Zone): number | undefined {
  const trigger = firstProperty(alarm, 'trigger');
  const offset = parseDuration(trigger?.[3]);
  if (!offset) {
    const absolute = parseTime(trigger?.[3], undefined, findZone);
    return absolute && instantOf(absolute, floating);
  }
  // A VEVENT that says no end ends as it starts, or, being a DATE, with its day (RFC 5545 §3.6.1).
  const implied = start?.date ? {...start, local: start.local + day} : start;
  const base = String(trigger?.[1].related).toUpperCase() === 'END' ? (end ?? implied) : (start ?? end);
  return base && addToInstant(instantOf(base, floating), offset, base.zone ?? floating);
}
