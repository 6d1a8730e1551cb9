import {overlaps, type TimeRange} from '../../base/time-range.ts';
import {type Instance, instancesOf, instancesOfSet, newBudget} from '../../ical/expand.ts';
import {firstProperty, type JcalComponent, type JcalProperty, jcalOf, mainComponents, textOf} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {printValue} from '../../ical/print.ts';
import type {Budget} from '../../ical/recurrence.ts';
import {parsePeriod} from '../../ical/span.ts';
import {day, type FindZone, instantOf, timesOf, tzidOf} from '../../ical/time.ts';
import {zonesOf} from '../../ical/time-zones.ts';
import type {Zone} from '../../ical/zone.ts';
import {alarmReach, goesOffIn} from './alarm.ts';
import type {Collation} from './collation.ts';
import {contains} from './contains.ts';
import type {CompFilter, MatchType, ParamFilter, PropFilter, TextMatch} from './filter.ts';

/** What one calendar is matched with. */
interface Matching {
  readonly calendar: Calendar;
  readonly findZone: FindZone;
  /** For floating times and DATEs. */
  readonly zone: Zone;
  readonly budget: Budget;
  /** What is in the ranges asked for. */
  readonly components: Map<TimeRange, Sweep>;
  readonly alarms: Map<TimeRange, Sweep>;
  /** Values as collations make them, so that each is made once. */
  readonly texts: Map<Collation, Map<JcalProperty, string>>;
}

/** Whether a calendar object matches a filter (RFC 4791 §9.7); `zone` is the one for floating times and DATEs (§9.8). */
export function matches(calendar: Calendar, filter: CompFilter, zone: Zone): boolean {
  const matching: Matching = {
    calendar,
    findZone: zonesOf(calendar),
    zone,
    budget: newBudget(),
    components: new Map(),
    alarms: new Map(),
    texts: new Map(),
  };
  return compMatches(jcalOf(calendar), undefined, filter, matching);
}

/**
 * A component that is there, against a filter of its name. A time-range is met by the instances that this very component stands for.
 * What is asked is answered as soon as one part decides it: the first that fails where all must hold, the first that holds where any may.
 */
function compMatches(
  component: JcalComponent,
  parent: JcalComponent | undefined,
  filter: CompFilter,
  matching: Matching,
): boolean {
  const {isNotDefined, timeRange, propFilters, compFilters, anyOf} = filter;
  if (isNotDefined) return false;
  if (!timeRange && propFilters.length === 0 && compFilters.length === 0) return true;
  if (propFilters.some(each => propFilterMatches(component, each, matching) === anyOf)) return anyOf;
  if (timeRange && isWithin(component, parent, timeRange, matching) === anyOf) return anyOf;
  if (compFilters.some(each => innerMatches(component, each, matching) === anyOf)) return anyOf;
  return !anyOf;
}

function innerMatches(component: JcalComponent, filter: CompFilter, matching: Matching): boolean {
  const candidates = filter.name === '*' ? component[2] : component[2].filter(([name]) => name === filter.name);
  if (filter.isNotDefined) return candidates.length === 0;
  return candidates.some(part => compMatches(part, component, filter, matching));
}

/** Whether a component, or an alarm in one, is in a range: as soon as an instance says so, all being looked at once for each range. */
function isWithin(component: JcalComponent, parent: JcalComponent | undefined, range: TimeRange, matching: Matching): boolean {
  const {findZone, zone} = matching;
  const isAlarm = component[0] === 'valarm';
  if (isAlarm && parent === undefined) return false;
  if (isAlarm && alarmReach(component) === undefined) {
    return goesOffIn(component, {start: undefined, end: undefined}, range, findZone, zone);
  }
  if (component[0] === 'available' && parent) return isAvailableIn(component, parent, range, matching);
  const sweep = sweepOf(range, isAlarm, matching);
  const single = isSingle(isAlarm ? parent! : component);
  while (!sweep.seen.has(component)) {
    if (single && sweep.inSeries) return false;
    if (sweep.tooMuch !== undefined) return sweep.tooMuch;
    const next = sweep.more.next();
    if (next.done) sweep.tooMuch = next.value;
    else if (next.value === series) sweep.inSeries = true;
    else sweep.seen.add(next.value);
  }
  return true;
}

/** RFC 7953 §7.2.2: an AVAILABLE recurs as an event does; another of its VAVAILABILITY may stand for one of its instances. */
function isAvailableIn(
  component: JcalComponent,
  parent: JcalComponent,
  range: TimeRange,
  {findZone, zone, budget}: Matching,
): boolean {
  const uid = textOf(component, 'uid');
  const same = parent[2].filter(part => part[0] === 'available' && textOf(part, 'uid') === uid);
  const overrides = same.filter(part => firstProperty(part, 'recurrence-id'));
  const master = overrides.includes(component) ? same.find(part => !overrides.includes(part)) : component;
  for (const instance of instancesOfSet({master, overrides}, findZone, {range, zone, budget})) {
    if (budget.steps-- <= 0) return true;
    if (instance.component === component && instance.spans.some(span => overlaps(span, range))) return true;
  }
  return budget.reached !== undefined && budget.reached < range.end + day;
}

/** What a look at all instances has found in a range so far. */
interface Sweep {
  readonly seen: Set<JcalComponent>;
  readonly more: Iterator<JcalComponent | typeof series, boolean>;
  /** Whether all overrides have been looked at. */
  inSeries: boolean;
  /** Once it has ended: whether the instances were too many to be followed to the end; then a client is better told too much. */
  tooMuch: boolean | undefined;
}

/** Stands between the overrides, which come first, and the instances that a rule makes. */
const series = Symbol('series');

/** Whether a component is an override that stands for its own instance and no other. */
function isSingle(component: JcalComponent): boolean {
  const id = firstProperty(component, 'recurrence-id');
  return id !== undefined && String(id[1].range).toUpperCase() !== 'THISANDFUTURE';
}

function sweepOf(range: TimeRange, alarms: boolean, matching: Matching): Sweep {
  const sweeps = alarms ? matching.alarms : matching.components;
  let sweep = sweeps.get(range);
  if (!sweep) {
    sweep = {seen: new Set(), more: (alarms ? alarmsIn : componentsIn)(range, matching), inSeries: false, tooMuch: undefined};
    sweeps.set(range, sweep);
  }
  return sweep;
}

/** The components with instances in a range, again and again. Ends with whether that was not all. */
function* componentsIn(range: TimeRange, matching: Matching): Found {
  if (matching.budget.steps <= 0) return true;
  for (const instance of instances(range, matching)) {
    if (instance === series) yield series;
    else if (instance.spans.some(span => overlaps(span, range))) yield instance.component;
  }
  return isTooMuch(range, matching);
}

type Found = Generator<JcalComponent | typeof series, boolean>;

/** RFC 4791 §9.9: the alarms that go off in a range, for any instance of the component they belong to. */
function* alarmsIn(range: TimeRange, matching: Matching): Found {
  const {calendar, findZone, zone, budget} = matching;
  if (budget.steps <= 0) return true;
  let reach = 0;
  for (const part of jcalOf(calendar)[2]) for (const alarm of alarmsOf(part)) reach = Math.max(reach, alarmReach(alarm) ?? 0);
  const wide = {start: range.start - reach, end: range.end + reach};
  for (const instance of instances(wide, matching)) {
    if (instance === series) yield series;
    else {
      for (const alarm of alarmsOf(instance.component)) {
        budget.steps -= stepsOfAlarm;
        if (budget.steps <= 0) return true;
        if (goesOffIn(alarm, instance, range, findZone, zone)) yield alarm;
      }
    }
  }
  return isTooMuch(wide, matching);
}

/** What it costs to read when an alarm goes off, in steps of a recurrence. */
const stepsOfAlarm = 4;

function alarmsOf(component: JcalComponent): JcalComponent[] {
  return component[2].filter(([name]) => name === 'valarm');
}

/** One budget is for all that a filter asks of an object; an instance looked at is a step of it. */
function* instances(range: TimeRange, {calendar, zone, budget}: Matching): Generator<Instance | typeof series> {
  let explicit = true;
  for (const instance of instancesOf(calendar, {range, zone, budget})) {
    if (explicit && !instance.explicit && isOneSeries(calendar)) yield series;
    explicit = instance.explicit;
    if (budget.steps-- <= 0) return;
    yield instance;
  }
}

function isOneSeries(calendar: Calendar): boolean {
  return new Set(mainComponents(calendar).map(part => textOf(part, 'uid'))).size === 1;
}

function isTooMuch({end}: TimeRange, {budget}: Matching): boolean {
  return budget.steps <= 0 && (budget.reached ?? -Infinity) < end + day;
}

function propFilterMatches(component: JcalComponent, filter: PropFilter, matching: Matching): boolean {
  const candidates = component[1].filter(([name]) => name === filter.name);
  if (filter.isNotDefined) return candidates.length === 0;
  return candidates.some(property => propMatches(property, filter, matching));
}

function propMatches(property: JcalProperty, filter: PropFilter, {findZone, zone, texts}: Matching): boolean {
  const {timeRange, textMatch, paramFilters, anyOf} = filter;
  if (!timeRange && !textMatch && paramFilters.length === 0) return true;
  if (timeRange && timesIn(property, findZone, zone).some(time => overlaps(time, timeRange)) === anyOf) return anyOf;
  if (textMatch && textMatches(collated(property, textMatch.collation, texts), textMatch) === anyOf) return anyOf;
  if (paramFilters.some(each => paramFilterMatches(property[1], each) === anyOf)) return anyOf;
  return !anyOf;
}

/** RFC 4791 §9.9, of properties: a DATE-TIME is an instant, a DATE the day, a PERIOD what it says. */
function timesIn(property: JcalProperty, findZone: FindZone, zone: Zone): TimeRange[] {
  const times = timesOf(property, findZone).map(time => {
    const start = instantOf(time, zone);
    return {start, end: time.date ? instantOf({...time, local: time.local + day}, zone) : start};
  });
  const periods = property.slice(3).flatMap(value => parsePeriod(value, tzidOf(property), findZone, zone) ?? []);
  return [...times, ...periods];
}

function paramFilterMatches(
  parameters: Record<string, string | string[]>,
  {name, isNotDefined, textMatch}: ParamFilter,
): boolean {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (isNotDefined) return value === undefined;
  if (value === undefined) return false;
  return !textMatch || textMatches(textMatch.collation(String(value)), textMatch);
}

/** RFC 4791 §9.7.5: the text is in the value as is wanted, or, negated, is not. `value` is as the collation makes it. */
function textMatches(value: string, {text, type, negate}: TextMatch): boolean {
  return comparisons[type](value, text) !== negate;
}

const comparisons: Readonly<Record<MatchType, (value: string, text: string) => boolean>> = {
  contains,
  equals: (value, text) => value === text,
  'starts-with': (value, text) => value.startsWith(text),
  'ends-with': (value, text) => value.endsWith(text),
};

function collated(property: JcalProperty, collation: Collation, texts: Matching['texts']): string {
  let ofAll = texts.get(collation);
  if (!ofAll) {
    ofAll = new Map();
    texts.set(collation, ofAll);
  }
  let value = ofAll.get(property);
  if (value === undefined) {
    value = collation(printedValue(property));
    ofAll.set(property, value);
  }
  return value;
}

/** A property's value as text: TEXT without its escapes, lists with commas, anything else as iCalendar writes it. */
function printedValue(property: JcalProperty): string {
  const values = property.slice(3);
  if (values.every(value => typeof value === 'string') && !/^(date|date-time|time|utc-offset)$/.test(property[2]))
    return values.join(',');
  return printValue(property);
}
