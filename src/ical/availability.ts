import ICAL from 'ical.js';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {instancesOf, newBudget} from './expand.ts';
import {type BusyPeriod, type BusyType, cut} from './free-busy.ts';
import {type JcalComponent, jcalOf, textOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import type {Budget} from './recurrence.ts';
import {timingOf} from './recurrence-set.ts';
import {placeAt} from './span.ts';
import {instantOf} from './time.ts';
import {zonesOf} from './time-zones.ts';
import type {Zone} from './zone.ts';

/** A calendar with VAVAILABILITY components, and the zone for what is floating in it. */
export interface Availability {
  readonly calendar: Calendar;
  readonly zone: Zone;
}

/** The VAVAILABILITY components of a calendar (RFC 7953 §3.1). */
export function availabilitiesIn(calendar: Calendar): JcalComponent[] {
  return jcalOf(calendar)[2].filter(([name]) => name === 'vavailability');
}

/**
 * The time within a range that VAVAILABILITY components leave no choice of (RFC 7953 §4): all that one covers is of its BUSYTYPE, save
 * its AVAILABLE instances; one of higher priority is laid over those of lower. Cut to the range, nothing twice. Undefined: it takes too much
 * to be found.
 */
export function unavailablePeriods(
  said: readonly Availability[],
  range: TimeRange,
  budget: Budget = newBudget(),
): BusyPeriod[] | undefined {
  const layers = said.flatMap(each => availabilitiesIn(each.calendar).map(component => ({...each, component})));
  layers.sort((a, b) => rankOf(b.component) - rankOf(a.component));
  let busy: BusyPeriod[] = [];
  for (const {calendar, zone, component} of layers) {
    const covered = rangeOf(component, calendar, zone);
    if (!overlaps(covered, range)) continue;
    const within = cut({...covered, type: busyTypeOf(component)}, range);
    const free: TimeRange[] = [];
    for (const instance of instancesOf(availableOf(calendar, component), {range: within, zone, budget})) {
      for (const span of instance.spans) if (span.start < span.end && overlaps(span, within)) free.push(span);
      if (free.length > maxPeriods) return undefined;
    }
    busy = [...without(busy, [within]), ...without([within], free)];
    if (busy.length > maxPeriods) return undefined;
  }
  return budget.reached === undefined ? busy : undefined;
}

const maxPeriods = 20_000;

/** RFC 7953 §3.1 by RFC 5545 §3.8.1.9: 1 is the highest, 0 and nothing the lowest. */
function rankOf(component: JcalComponent): number {
  const priority = Number(component[1].find(([name]) => name === 'priority')?.[3] ?? 0);
  return priority >= 1 && priority <= 9 ? priority : 10;
}

/** RFC 7953 §3.2: a value that is not known counts as the default. */
function busyTypeOf(component: JcalComponent): BusyType {
  const said = textOf(component, 'busytype')?.trim().toUpperCase();
  return said === 'BUSY' || said === 'BUSY-TENTATIVE' ? said : 'BUSY-UNAVAILABLE';
}

/** Without DTSTART it has always been, without DTEND or DURATION it will always be. */
function rangeOf(component: JcalComponent, calendar: Calendar, zone: Zone): TimeRange {
  const timing = timingOf(component, zonesOf(calendar));
  const {start, end} = placeAt(timing, timing.start, zone);
  const ends = component[1].some(([name]) => name === 'dtend' || name === 'duration');
  return {start: start ? instantOf(start, zone) : -Infinity, end: ends && end ? instantOf(end, zone) : Infinity};
}

/** Its AVAILABLE components recur as events do (RFC 7953 §3.1). */
function availableOf(calendar: Calendar, [, , components]: JcalComponent): Calendar {
  const zones = jcalOf(calendar)[2].filter(([name]) => name === 'vtimezone');
  const events = components
    .filter(([name]) => name === 'available')
    .map(([, properties, inner]): JcalComponent => ['vevent', properties, inner]);
  return {component: new ICAL.Component(['vcalendar', [], [...zones, ...events]])};
}

/** What is left of periods when ranges are taken out. */
function without(periods: readonly BusyPeriod[], taken: readonly TimeRange[]): BusyPeriod[] {
  const sorted = [...taken].sort((a, b) => a.start - b.start);
  return periods.flatMap(({start, end, type}) => {
    const left: BusyPeriod[] = [];
    let from = start;
    for (const each of sorted) {
      if (each.start >= end) break;
      if (each.start > from) left.push({start: from, end: each.start, type});
      from = Math.max(from, each.end);
    }
    if (from < end) left.push({start: from, end, type});
    return left;
  });
}
