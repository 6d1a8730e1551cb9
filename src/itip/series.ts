import ICAL from 'ical.js';
import {instancesOfSet} from '../ical/expand.ts';
import {
  allProperties,
  cloned,
  firstProperty,
  type JcalComponent,
  type JcalProperty,
  jcalOf,
  mainComponents,
  textOf,
} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {anchorOf, keyOf, timeOf, timingOf} from '../ical/recurrence-set.ts';
import {type FindZone, type IcalTime, instantOf, printTime, timesOf} from '../ical/time.ts';
import {zonesOf} from '../ical/time-zones.ts';
import {utc} from '../ical/zone.ts';

/** The components of a calendar object, its instances by key: the instant, or the local time where it floats or is a DATE. */
export interface Series {
  readonly calendar: Calendar;
  readonly findZone: FindZone;
  master: JcalComponent | undefined;
  readonly overrides: Map<number, JcalComponent>;
}

/** Reads a calendar object of one UID; its components are the calendar's own. */
export function seriesOf(calendar: Calendar): Series {
  const findZone = zonesOf(calendar);
  const parts = mainComponents(calendar);
  const master = parts.find(part => !firstProperty(part, 'recurrence-id'));
  const overrides = new Map<number, JcalComponent>();
  for (const part of parts) {
    const id = timeOf(part, 'recurrence-id', findZone);
    if (id) overrides.set(keyFor(master, id, findZone), part);
  }
  return {calendar, findZone, master, overrides};
}

/** A calendar of its own, that can be written to. */
export function copyOf(calendar: Calendar): Calendar {
  return {component: new ICAL.Component(cloned(jcalOf(calendar)))};
}

/** The key of a time in another calendar's series: RECURRENCE-IDs are said in many ways. */
export function keyIn({master, findZone}: Pick<Series, 'master' | 'findZone'>, time: IcalTime): number {
  return keyFor(master, time, findZone);
}

function keyFor(master: JcalComponent | undefined, time: IcalTime, findZone: FindZone): number {
  const start = master && anchorOf(timingOf(master, findZone));
  if (!start) return instantOf(time, utc);
  // A DATE in a series of DATE-TIMEs is its instance of that day.
  if (time.date && !start.date) return keyOf({...start, local: time.local + (((start.local % day) + day) % day)}, start);
  return keyOf(time, start);
}

const day = 86_400_000;

/** Every component, the master first. */
export function partsOf({master, overrides}: Series): JcalComponent[] {
  return [...(master ? [master] : []), ...overrides.values()];
}

export function recurs(master: JcalComponent | undefined): boolean {
  return master?.[1].some(([name]) => name === 'rrule' || name === 'rdate') ?? false;
}

/** The keys EXDATE takes away from a series. */
export function excludedIn(series: Series): Set<number> {
  const {master, findZone} = series;
  if (!master) return new Set();
  return new Set(
    allProperties(master, 'exdate').flatMap(property => timesOf(property, findZone).map(time => keyIn(series, time))),
  );
}

/**
 * The instance of a series as a component of its own, as if it were overridden and nothing changed: what an earlier override for it and
 * all that follow (RANGE=THISANDFUTURE, RFC 5545 §3.2.13) says is what it is. Undefined: there is no such one.
 */
export function instanceOf({master, overrides, findZone}: Series, key: number): JcalComponent | undefined {
  if (!master || !recurs(master)) return undefined;
  const start = anchorOf(timingOf(master, findZone));
  if (!start) return undefined;
  const earlier = [...overrides].flatMap(([at, part]) => (at < key && isForFuture(part) ? [part] : []));
  const range = {start: key - 1000, end: key + 1000};
  for (const {component, recurrenceId, explicit, ...instance} of instancesOfSet({master, overrides: earlier}, findZone, {
    range,
  })) {
    if (explicit || !recurrenceId || keyOf(recurrenceId, start) !== key) continue;
    return derived(component, recurrenceId, instance.start, instance.end, {master, findZone});
  }
  return undefined;
}

/** Whether an override is about all instances that follow, too. */
export function isForFuture(part: JcalComponent | undefined): boolean {
  return part !== undefined && String(firstProperty(part, 'recurrence-id')?.[1].range).toUpperCase() === 'THISANDFUTURE';
}

const ofSeries = new Set(['rrule', 'exrule', 'rdate', 'exdate', 'recurrence-id']);

/** `component` says what it is: the master, whose times RECURRENCE-ID is told like, or an override for more than one. */
function derived(
  [name, properties, inner]: JcalComponent,
  id: IcalTime,
  start: IcalTime | undefined,
  end: IcalTime | undefined,
  {master, findZone}: {master: JcalComponent; findZone: FindZone},
): JcalComponent {
  const endName = name === 'vtodo' ? 'due' : 'dtend';
  const anchor = properties.find(each => each[0] === 'dtstart') ?? properties.find(each => each[0] === endName);
  const kept = properties.flatMap((property): JcalProperty[] => {
    if (ofSeries.has(property[0])) return [];
    if (property[0] === 'dtstart' && start) return [timeProperty('dtstart', start, property)];
    if (property[0] === endName && end) return [timeProperty(endName, end, property)];
    return [cloned(property)];
  });
  const component: JcalComponent = [name, kept, cloned(inner)];
  const said = firstProperty(master, 'dtstart') ?? firstProperty(master, endName);
  if (said) kept.push(timeProperty('recurrence-id', id, said));
  if (end && start && isOfOtherLength(component, end, findZone)) {
    component[1] = [...kept.filter(each => each[0] !== 'duration' && each[0] !== endName), timeProperty(endName, end, anchor!)];
  }
  return component;
}

/** An RDATE that is a PERIOD has an end of its own. */
function isOfOtherLength(component: JcalComponent, end: IcalTime, findZone: FindZone): boolean {
  if (!firstProperty(component, 'duration')) return false;
  const [instance] = instancesOfSet({master: component, overrides: []}, findZone, {});
  return instance?.end !== undefined && instantOf(instance.end, utc) !== instantOf(end, utc);
}

/** A property that holds one time, in the zone that another is in. */
export function timeProperty(name: string, time: IcalTime, like: JcalProperty): JcalProperty {
  const {tzid} = like[1];
  const parameters: Record<string, string | string[]> = tzid !== undefined && time.zone && time.zone !== utc ? {tzid} : {};
  return [name, parameters, time.date ? 'date' : 'date-time', printTime(time)];
}

/** Takes instances out of a master (EXDATE), or puts them back; in place. Those that are excluded already stay as they are written. */
export function setExcluded(series: Series, keys: ReadonlySet<number>): void {
  const {master, findZone} = series;
  if (!master) return;
  const anchor = firstProperty(master, 'dtstart') ?? firstProperty(master, 'due');
  const start = anchorOf(timingOf(master, findZone));
  if (!anchor || !start) return;
  const left = new Set(keys);
  master[1] = master[1].flatMap((property): JcalProperty[] => {
    if (property[0] !== 'exdate') return [property];
    const values = property.slice(3).filter(value => {
      const [time] = timesOf(['exdate', property[1], property[2], value], findZone);
      return time !== undefined && keys.has(keyIn(series, time)) && left.delete(keyIn(series, time));
    });
    return values.length > 0 ? [[property[0], property[1], property[2], ...values]] : [];
  });
  for (const key of [...left].sort((a, b) => a - b)) master[1].push(timeProperty('exdate', timeOfKey(key, start), anchor));
}

function timeOfKey(key: number, start: IcalTime): IcalTime {
  if (start.date || !start.zone) return {...start, local: key};
  return {date: false, local: key + start.zone.offsetAt(key), zone: start.zone};
}

/** SEQUENCE (RFC 5545 §3.8.7.4), its default filled in. */
export function sequenceOf(component: JcalComponent | undefined): number {
  const value = Number(component && firstProperty(component, 'sequence')?.[3]);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** Sets the one property of a name, in its place, or takes it away; in place. */
export function setProperty(component: JcalComponent, name: string, property: JcalProperty | undefined): void {
  const at = component[1].findIndex(each => each[0] === name);
  if (at >= 0) component[1].splice(at, 1, ...(property ? [property] : []));
  else if (property) component[1].push(property);
}

export function setSequence(component: JcalComponent, sequence: number): void {
  setProperty(component, 'sequence', ['sequence', {}, 'integer', sequence]);
}

export function isCancelled(component: JcalComponent | undefined): boolean {
  return component !== undefined && textOf(component, 'status')?.toUpperCase() === 'CANCELLED';
}
