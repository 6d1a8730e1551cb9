import {type Duration, parseDuration} from './duration.ts';
import {allProperties, firstProperty, type JcalComponent, type JcalProperty, mainComponents, textOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import {parseRule, type Rule} from './recurrence-rule.ts';
import {day, type FindZone, type IcalTime, instantOf, parseTime, timeAt, timesOf, tzidOf} from './time.ts';
import {toInstant, toLocal} from './zone.ts';

/** The components of one UID: the one that recurs, and those that override instances of it (RFC 5545 §3.8.4.4). */
export interface RecurrenceSet {
  readonly master: JcalComponent | undefined;
  readonly overrides: readonly JcalComponent[];
}

/** Groups a calendar's components by type and UID, in their order. A second one without RECURRENCE-ID is a set of its own. */
export function recurrenceSets(calendar: Calendar): RecurrenceSet[] {
  const sets: {master: JcalComponent | undefined; overrides: JcalComponent[]}[] = [];
  const byUid = new Map<string, {master: JcalComponent | undefined; overrides: JcalComponent[]}>();
  for (const component of mainComponents(calendar)) {
    const key = `${component[0]} ${textOf(component, 'uid') ?? ''}`;
    const override = firstProperty(component, 'recurrence-id') !== undefined;
    let set = byUid.get(key);
    if (!set || (!override && set.master)) {
      set = {master: undefined, overrides: []};
      sets.push(set);
      if (!byUid.has(key)) byUid.set(key, set);
    }
    if (override) set.overrides.push(component);
    else set.master = component;
  }
  return sets;
}

/** When a component is: what of it says so, read once. */
export interface Timing {
  readonly component: JcalComponent;
  readonly start: IcalTime | undefined;
  /** DTEND or DUE. */
  readonly end: IcalTime | undefined;
  readonly duration: Duration | undefined;
}

/** The properties that say when a component is (RFC 5545 §3.8.2), each undefined where it is not there or cannot be read. */
export function timingOf(component: JcalComponent, findZone: FindZone): Timing {
  const start = timeOf(component, 'dtstart', findZone);
  const end = timeOf(component, component[0] === 'vtodo' ? 'due' : 'dtend', findZone);
  return {component, start, end: endAfter(start, end), duration: parseDuration(textOf(component, 'duration'))};
}

/**
 * An end that clocks show after the start, but that is none where they skip the start and it is read as a later time (RFC 5545 §3.3.5):
 * then what lies between is what the clocks would have shown. Without that all of a series would have no length.
 */
function endAfter(start: IcalTime | undefined, end: IcalTime | undefined): IcalTime | undefined {
  if (!start?.zone || end?.zone !== start.zone || end.local <= start.local) return end;
  const begins = instantOf(start, start.zone);
  return instantOf(end, start.zone) > begins ? end : timeAt(begins + end.local - start.local, start.zone);
}

/**
 * What an instance is counted by: DTSTART, or DUE for a VTODO without one. RFC 5545 §3.8.2.4 wants one of what recurs; clients leave it
 * out all the same.
 */
export function anchorOf({component, start, end}: Timing): IcalTime | undefined {
  return start ?? (component[0] === 'vtodo' ? end : undefined);
}

/** The value of a property that holds one DATE or DATE-TIME; undefined where it is missing or malformed. */
export function timeOf(component: JcalComponent, name: string, findZone: FindZone): IcalTime | undefined {
  const property = firstProperty(component, name);
  return property && timesOf(property, findZone)[0];
}

/** An RDATE: a start, and for a PERIOD what its end is. */
export interface ExtraDate {
  readonly start: IcalTime;
  readonly end: IcalTime | Duration | undefined;
}

/** Which times a master says it recurs at (RFC 5545 §3.8.5). Keys, see `keyOf`, tell instances apart. */
export interface Pattern {
  readonly rules: readonly Rule[];
  readonly exceptRules: readonly Rule[];
  readonly extra: readonly ExtraDate[];
  readonly excludedKeys: ReadonlySet<number>;
  /** Local midnights: EXDATE as DATE excludes the whole day of a series of DATE-TIMEs (Evolution sends this). */
  readonly excludedDays: ReadonlySet<number>;
}

/** RFC 5545 §3.8.5.3 wants one RRULE at most; each of many would be asked for every instance. */
export const maxRules = 20;

/** Rules that cannot be read are left out: what is validated is validated when it is stored. */
export function patternOf(master: JcalComponent, start: IcalTime, findZone: FindZone): Pattern {
  const rules = (name: string) =>
    allProperties(master, name)
      .slice(0, maxRules)
      .flatMap(property => {
        try {
          return [parseRule(property[3])];
        } catch {
          return [];
        }
      });
  const excludedKeys = new Set<number>();
  const excludedDays = new Set<number>();
  for (const property of allProperties(master, 'exdate')) {
    for (const time of timesOf(property, findZone)) {
      if (time.date && !start.date) excludedDays.add(time.local);
      else excludedKeys.add(keyOf(time, start));
    }
  }
  return {
    rules: rules('rrule'),
    exceptRules: rules('exrule'),
    extra: allProperties(master, 'rdate').flatMap(property => extraDates(property, findZone)),
    excludedKeys,
    excludedDays,
  };
}

function extraDates(property: JcalProperty, findZone: FindZone): ExtraDate[] {
  return property.slice(3).flatMap((value): ExtraDate[] => {
    const [from, to] = Array.isArray(value) ? value : [value, undefined];
    const start = parseTime(from, tzidOf(property), findZone);
    return start ? [{start, end: parseDuration(to) ?? parseTime(to, tzidOf(property), findZone)}] : [];
  });
}

/**
 * A number that is the same for two ways of naming one instance of a series: the instant where the series has a zone, else the local
 * time; for a series of DATEs the day.
 */
export function keyOf(time: IcalTime, start: IcalTime): number {
  if (start.date) return Math.floor(time.local / day) * day;
  if (!start.zone) return time.local;
  return toInstant(time.local, time.zone ?? start.zone);
}

/** A time as the clocks in the zone of a series show it. */
export function localIn(time: IcalTime, start: IcalTime): number {
  if (start.date) return Math.floor(time.local / day) * day;
  if (time.date) return time.local + (((start.local % day) + day) % day);
  if (!start.zone || !time.zone || time.zone === start.zone) return time.local;
  return toLocal(toInstant(time.local, time.zone), start.zone);
}
