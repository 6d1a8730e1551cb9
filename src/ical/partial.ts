import ICAL from 'ical.js';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {type Instance, instancesOf, newBudget} from './expand.ts';
import {firstProperty, type JcalComponent, type JcalProperty, jcalOf} from './jcal.ts';
import type {Calendar} from './parse.ts';
import {anchorOf, timeOf, timingOf} from './recurrence-set.ts';
import {parsePeriod, placeAt, spansOf} from './span.ts';
import {type FindZone, type IcalTime, instantOf, printTime, timesOf, tzidOf} from './time.ts';
import {zonesOf} from './time-zones.ts';
import {utc, type Zone} from './zone.ts';

/** What is wanted of a component (RFC 4791 §9.6.1 to §9.6.4); names in lower case, undefined: all. */
export interface Selection {
  /** Properties by name; whether their values are wanted too. */
  readonly properties: ReadonlyMap<string, {readonly value: boolean}> | undefined;
  readonly components: ReadonlyMap<string, Selection> | undefined;
}

/** The calendar with nothing but what is wanted. */
export function select(calendar: Calendar, selection: Selection): Calendar {
  return {component: new ICAL.Component(selectFrom(jcalOf(calendar), selection))};
}

function selectFrom(
  [name, properties, components]: JcalComponent,
  {properties: wanted, components: inner}: Selection,
): JcalComponent {
  return [
    name,
    wanted ? properties.flatMap(property => selectProperty(property, wanted.get(property[0]))) : properties,
    inner ? components.flatMap(part => (inner.has(part[0]) ? [selectFrom(part, inner.get(part[0])!)] : [])) : components,
  ];
}

function selectProperty(property: JcalProperty, wanted: {readonly value: boolean} | undefined): JcalProperty[] {
  if (!wanted) return [];
  return [wanted.value ? property : [property[0], property[1], property[2]]];
}

/**
 * CALDAV:expand (RFC 4791 §9.6.5): the instances in a range, each a component of its own, in UTC and without time zones, save those that
 * AVAILABLEs recur by. Floating times and DATEs stay as they are; `zone` says where they lie. Undefined: there are more than `limit`, or more than can be found.
 */
export function expandCalendar(
  calendar: Calendar,
  range: TimeRange,
  {zone, limit}: {zone: Zone; limit: number},
): Calendar | undefined {
  const [name, properties, components] = jcalOf(calendar);
  const findZone = zonesOf(calendar);
  const budget = newBudget();
  const zones = components.some(([each]) => each === 'vavailability') ? components.filter(([each]) => each === 'vtimezone') : [];
  const found: {start: number; component: JcalComponent}[] = [];
  const sizes = new Map<JcalComponent, number>();
  let size = 0;
  for (const instance of instancesOf(calendar, {range, zone, budget})) {
    if (!instance.spans.some(span => overlaps(span, range))) continue;
    size += sizeOf(instance.component, sizes);
    if (found.length >= limit || size > maxExpandedSize) return undefined;
    found.push({start: instance.spans[0]!.start, component: expanded(instance, findZone)});
  }
  if (budget.reached !== undefined) return undefined;
  found.sort((a, b) => a.start - b.start);
  return {component: new ICAL.Component([name, properties, [...zones, ...found.map(({component}) => component)]])};
}

/** As many characters, roughly: each instance is told in full, and all of them are put together at once. */
const maxExpandedSize = 6_000_000;

function sizeOf(component: JcalComponent, known: Map<JcalComponent, number>): number {
  let size = known.get(component);
  if (size === undefined) {
    size = JSON.stringify(component).length;
    known.set(component, size);
  }
  return size;
}

const recurring = new Set(['rrule', 'exrule', 'rdate', 'exdate', 'recurrence-id']);

function expanded(instance: Instance, findZone: FindZone): JcalComponent {
  const [name, properties, components] = instance.component;
  const end = name === 'vtodo' ? 'due' : 'dtend';
  const isPeriod = instance.end !== undefined && !instance.explicit && !firstProperty(instance.component, end);
  const own = isPeriod && !lastsAsLong(instance, findZone);
  const kept = properties.flatMap((property): JcalProperty[] => {
    if (recurring.has(property[0]) || (own && property[0] === 'duration')) return [];
    if (property[0] === 'dtstart') return start(instance, end, own);
    if (property[0] === end && instance.end) return [printed(end, instance.end, property[1])];
    return [inUtc(property, findZone)];
  });
  if (instance.recurrenceId && !isInitial(instance, findZone)) kept.push(printed('recurrence-id', instance.recurrenceId, {}));
  return [name, kept, components];
}

/** RFC 4791 §9.6.5: the instance that the master itself is has no RECURRENCE-ID, unless an override stands for it. */
function isInitial({component, explicit, recurrenceId}: Instance, findZone: FindZone): boolean {
  if (explicit || firstProperty(component, 'recurrence-id')) return false;
  return anchorOf(timingOf(component, findZone))?.local === recurrenceId?.local;
}

function start({start: from, end: to}: Instance, name: string, own: boolean): JcalProperty[] {
  return [...(from ? [printed('dtstart', from, {})] : []), ...(own && to ? [printed(name, to, {})] : [])];
}

/** Whether DURATION says of the instance what it says of the series; not so where a PERIOD gave it an end of its own. */
function lastsAsLong({component, start: from, end: to}: Instance, findZone: FindZone): boolean {
  if (!firstProperty(component, 'duration')) return false;
  const usual = placeAt(timingOf(component, findZone), from, utc).end;
  return usual !== undefined && to !== undefined && instantOf(usual, utc) === instantOf(to, utc);
}

/** A property that holds one time, in UTC where it has a zone. */
function printed(name: string, time: IcalTime, parameters: JcalProperty[1]): JcalProperty {
  const {tzid: _, range: __, ...others} = parameters;
  const shown = time.zone ? {local: instantOf(time, utc), date: false, zone: utc} : time;
  return [name, others, time.date ? 'date' : 'date-time', printTime(shown)];
}

/** Any other property whose times have a zone, in UTC. */
function inUtc(property: JcalProperty, findZone: FindZone): JcalProperty {
  if (tzidOf(property) === undefined || property[2] !== 'date-time') return property;
  const times = timesOf(property, findZone);
  if (times.length !== property.length - 3 || !times.every(time => time.zone)) return property;
  const {tzid: _, ...others} = property[1];
  return [
    property[0],
    others,
    property[2],
    ...times.map(time => printTime({local: instantOf(time, utc), date: false, zone: utc})),
  ];
}

/**
 * CALDAV:limit-recurrence-set (RFC 4791 §9.6.6): the master, and of the overrides those that lie in the range, have been moved out of it,
 * or bear on what follows them.
 */
export function limitRecurrenceSet(calendar: Calendar, range: TimeRange, zone: Zone): Calendar {
  const [name, properties, components] = jcalOf(calendar);
  const findZone = zonesOf(calendar);
  const kept = components.filter(component => {
    const id = timeOf(component, 'recurrence-id', findZone);
    if (!id) return true;
    if (String(firstProperty(component, 'recurrence-id')?.[1].range).toUpperCase() === 'THISANDFUTURE') {
      return instantOf(id, zone) < range.end;
    }
    const timing = timingOf(component, findZone);
    const at = instantOf(id, zone);
    if (at >= range.start && at < range.end) return true;
    return [timing.start, id].some(begin =>
      spansOf(timing, placeAt(timing, begin, zone), findZone, zone).some(span => overlaps(span, range)),
    );
  });
  return {component: new ICAL.Component([name, properties, kept])};
}

/** CALDAV:limit-freebusy-set (RFC 4791 §9.6.7): of FREEBUSY only the periods that overlap the range. */
export function limitFreebusySet(calendar: Calendar, range: TimeRange): Calendar {
  const [name, properties, components] = jcalOf(calendar);
  const findZone = zonesOf(calendar);
  const limited = components.map((component): JcalComponent => {
    if (component[0] !== 'vfreebusy') return component;
    const kept = component[1].flatMap((property): JcalProperty[] => {
      if (property[0] !== 'freebusy') return [property];
      const periods = property.slice(3).filter(value => {
        const period = parsePeriod(value, tzidOf(property), findZone, utc);
        return period !== undefined && overlaps(period, range);
      });
      return periods.length > 0 ? [[property[0], property[1], property[2], ...periods]] : [];
    });
    return [component[0], kept, component[2]];
  });
  return {component: new ICAL.Component([name, properties, limited])};
}
