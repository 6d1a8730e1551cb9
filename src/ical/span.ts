import type {TimeRange} from '../base/time-range.ts';
import {addDuration, parseDuration} from './duration.ts';
import {allProperties, type JcalComponent} from './jcal.ts';
import {anchorOf, type Timing, timeOf} from './recurrence-set.ts';
import {day, type FindZone, type IcalTime, instantOf, parseTime, timeAt, tzidOf} from './time.ts';
import {toLocal, type Zone} from './zone.ts';

/** When one instance of a component begins and ends; undefined where the component does not say. */
export interface Placed {
  readonly start: IcalTime | undefined;
  readonly end: IcalTime | undefined;
}

/**
 * A component, or its instance at another start, placed in time: DURATION is added to the start, DTEND and DUE keep their exact distance
 * from it (RFC 5545 §3.8.5.3). Of a VTODO that has DUE alone, `start` is where DUE comes to lie.
 */
export function placeAt(timing: Timing, start: IcalTime | undefined, floating: Zone): Placed {
  if (!start) return {start, end: timing.end};
  if (!timing.start) return anchorOf(timing) ? {start: undefined, end: start} : {start, end: timing.end};
  if (!timing.end) return {start, end: timing.duration && addDuration(start, timing.duration)};
  if (start === timing.start) return {start, end: timing.end};
  if (start.date || timing.end.date || !(start.zone || timing.end.zone)) {
    return {start, end: {...timing.end, local: start.local + timing.end.local - timing.start.local}};
  }
  const end = instantOf(start, floating) + instantOf(timing.end, floating) - instantOf(timing.start, floating);
  return {start, end: timing.end.zone ? timeAt(end, timing.end.zone) : {...timing.end, local: toLocal(end, floating)}};
}

/**
 * The ranges of time in which RFC 4791 §9.9 finds a component, as one range (or, for a VFREEBUSY, several) that `overlaps` tests. Where
 * the RFC counts an end in, the range is a millisecond longer on that side: iCalendar has whole seconds. None: it is found in no range.
 */
export function spansOf({component}: Timing, placed: Placed, findZone: FindZone, floating: Zone): TimeRange[] {
  const start = placed.start && instantOf(placed.start, floating);
  const end = placed.end && instantOf(placed.end, floating);
  switch (component[0]) {
    case 'vtodo':
      return [todoSpan(component, start, end, findZone, floating)];
    case 'vjournal':
      return start === undefined ? [] : [{start, end: placed.start!.date ? endOfDay(placed.start!, floating) : start}];
    case 'vavailability':
      // RFC 7953 §7.2.2: open at the side that is not said.
      return [{start: start ?? -Infinity, end: end ?? Infinity}];
    case 'vfreebusy':
      return start !== undefined && end !== undefined
        ? [{start, end: Math.max(start, end) + 1}]
        : busySpans(component, findZone, floating);
    default:
      if (start === undefined) return [];
      if (end === undefined) return [{start, end: placed.start!.date ? endOfDay(placed.start!, floating) : start}];
      return [{start, end: Math.max(start, end)}];
  }
}

function endOfDay(date: IcalTime, floating: Zone): number {
  return instantOf({...date, local: date.local + day}, floating);
}

/** RFC 4791 §9.9, the table of VTODO. `end` is DUE, or DTSTART + DURATION. */
function todoSpan(
  component: JcalComponent,
  start: number | undefined,
  end: number | undefined,
  findZone: FindZone,
  floating: Zone,
): TimeRange {
  if (start !== undefined) {
    if (end === undefined) return {start, end: start};
    const due = component[1].some(([name]) => name === 'due');
    if (end > start) return {start, end: due ? end : end + 1};
    return {start: Math.min(start, end) - 1, end: start + 1};
  }
  if (end !== undefined) return {start: end - 1, end};
  const [completed, created] = ['completed', 'created'].map(name => {
    const time = timeOf(component, name, findZone);
    return time && instantOf(time, floating);
  });
  if (completed === undefined) return {start: created ?? -Infinity, end: Infinity};
  return {start: Math.min(completed, created ?? completed) - 1, end: Math.max(completed, created ?? completed) + 1};
}

function busySpans(component: JcalComponent, findZone: FindZone, floating: Zone): TimeRange[] {
  return allProperties(component, 'freebusy').flatMap(property =>
    property.slice(3).flatMap(value => parsePeriod(value, tzidOf(property), findZone, floating) ?? []),
  );
}

/** A PERIOD value (RFC 5545 §3.3.9) in jCal; undefined where it is malformed. */
export function parsePeriod(value: unknown, tzid: string | undefined, findZone: FindZone, floating: Zone): TimeRange | undefined {
  if (!Array.isArray(value)) return undefined;
  const start = parseTime(value[0], tzid, findZone);
  if (!start) return undefined;
  const duration = parseDuration(value[1]);
  const end = duration ? addDuration(start, duration) : parseTime(value[1], tzid, findZone);
  return end && {start: instantOf(start, floating), end: Math.max(instantOf(start, floating), instantOf(end, floating))};
}
