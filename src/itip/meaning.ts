import {instancesOfSet} from '../ical/expand.ts';
import {firstProperty, type JcalComponent, type JcalProperty} from '../ical/jcal.ts';
import {parseRule} from '../ical/recurrence-rule.ts';
import {anchorOf, timeOf, timingOf} from '../ical/recurrence-set.ts';
import {placeAt} from '../ical/span.ts';
import {day, type FindZone, type IcalTime, instantOf, timesOf} from '../ical/time.ts';
import {utc, type Zone} from '../ical/zone.ts';
import {normalAddress} from './address.ts';
import {addressOf, parameter} from './parties.ts';
import {isForFuture} from './series.ts';

/** What a component says, by property in upper case, in a form that is equal where it says the same. */
export type Meaning = ReadonlyMap<string, string>;

/** Properties that are everybody's own and travel to nobody, and those that only say of which edition a copy is. */
const unshared = new Set([
  'uid',
  'recurrence-id',
  'dtstamp',
  'created',
  'last-modified',
  'sequence',
  'transp',
  'categories',
  'color',
  'comment',
  'percent-complete',
  'completed',
  'request-status',
]);

/** Of what vendors have made up: what tells of the event itself, and not how somebody's program shows it. */
const sharedExtensions =
  /^x-(?:alt-desc|apple-structured-location|google-conference|microsoft-skypeteams.*|microsoft-onlinemeeting.*|zoom.*)$/;

/** Whether a property is the organizer's to say, and is told to attendees. */
export function isShared(component: JcalComponent, [name, , , value]: JcalProperty): boolean {
  if (name.startsWith('x-')) return sharedExtensions.test(name);
  // How far a VTODO has come everybody counts for themselves.
  if (name === 'status' && component[0] === 'vtodo') return String(value).toUpperCase() === 'CANCELLED';
  return !unshared.has(name);
}

const defaults: Readonly<Record<string, string>> = {CLASS: 'PUBLIC', PRIORITY: '0', STATUS: 'CONFIRMED'};

const timing = new Set(['dtstart', 'dtend', 'due', 'duration']);

/**
 * What the organizer says in a component: PARTSTATs, alarms and what else is anybody's own left out, DTEND and DURATION told alike, times
 * by their instants, defaults not told. `except`: properties in lower case that are not looked at.
 */
export function meaningOf(component: JcalComponent, findZone: FindZone, except: ReadonlySet<string> = new Set()): Meaning {
  const found = new Map<string, string[]>();
  const add = (name: string, text: string) => {
    const texts = found.get(name);
    if (texts) texts.push(text);
    else found.set(name, [text]);
  };
  for (const property of component[1]) {
    const [name] = property;
    if (except.has(name) || timing.has(name) || !isShared(component, property)) continue;
    for (const text of printed(property, findZone)) add(name.toUpperCase(), text);
  }
  // Which instances an override is about (RFC 5545 §3.2.13).
  if (isForFuture(component) && !except.has('recurrence-id')) add('RECURRENCE-ID', 'THISANDFUTURE');
  for (const [name, text] of whenOf(component, findZone)) if (!except.has(name.toLowerCase())) add(name, text);
  const meaning = new Map<string, string>();
  for (const [name, texts] of found) {
    const text = [...new Set(texts)].sort().join('\n');
    if (text !== '' && text !== defaults[name]) meaning.set(name, text);
  }
  return meaning;
}

/** The properties that two meanings do not share, sorted. */
export function differences(a: Meaning, b: Meaning): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(name => a.get(name) !== b.get(name)).sort();
}

function printed(property: JcalProperty, findZone: FindZone): string[] {
  const [name, , type, ...values] = property;
  switch (name) {
    case 'organizer':
      return [normalAddress(addressOf(property))];
    case 'attendee':
      return [attendeeText(property)];
    case 'rrule':
    case 'exrule':
      return values.map(ruleText);
    case 'exdate':
    case 'rdate':
      if (type === 'date' || type === 'date-time') return timesOf(property, findZone).map(time => String(instantOf(time, utc)));
      break;
  }
  return values.map(value => (typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : JSON.stringify(value)));
}

/** Who, and as what. */
function attendeeText(property: JcalProperty): string {
  const role = parameter(property, 'role')?.toUpperCase() ?? 'REQ-PARTICIPANT';
  return role === 'REQ-PARTICIPANT' ? normalAddress(addressOf(property)) : `${normalAddress(addressOf(property))} ${role}`;
}

/** A rule with its defaults, and its lists in order. */
function ruleText(value: unknown): string {
  try {
    const rule = parseRule(value);
    const until = rule.until && [rule.until.local, rule.until.date];
    const parts = Object.entries({...rule, until, scale: undefined, rscale: String(Object(value).rscale ?? '')});
    return JSON.stringify(
      parts
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => [name, inOrder(name, part)])
        .sort(),
    );
  } catch {
    return JSON.stringify(value);
  }
}

function inOrder(name: string, part: unknown): unknown {
  return Array.isArray(part) && name !== 'until' ? part.map(each => JSON.stringify(each)).sort() : part;
}

/** DTSTART, and as DTEND or DUE where it comes to end. */
function* whenOf(component: JcalComponent, findZone: FindZone): Generator<[string, string]> {
  const todo = component[0] === 'vtodo';
  const when = timingOf(component, findZone);
  const recurring = component[1].some(([name]) => name === 'rrule');
  if (when.start) yield ['DTSTART', timeText(when.start, recurring)];
  let {end} = placeAt(when, anchorOf(when), utc);
  // RFC 5545 §3.6.1: a DATE lasts its day, and a DATE-TIME no time at all.
  if (!todo && when.start) end ??= when.start.date ? {...when.start, local: when.start.local + day} : when.start;
  if (end) yield [todo ? 'DUE' : 'DTEND', String(instantOf(end, utc))];
}

/** A time; of what recurs also what the clocks of its zone do. */
function timeText(time: IcalTime, recurring: boolean): string {
  const text = `${instantOf(time, utc)}${time.date ? ' date' : time.zone ? '' : ' floating'}`;
  return recurring && time.zone ? `${text} ${clockText(time.zone, instantOf(time, utc))}` : text;
}

function clockText(zone: Zone, from: number): string {
  return [0, 91, 182, 273].map(days => zone.offsetAt(from + days * day) / 60_000).join(' ');
}

/** What makes a change a re-scheduling that everybody is asked about anew (RFC 5546 §2.1.4). */
const rescheduling = ['DTSTART', 'DTEND', 'DUE', 'RRULE', 'EXRULE', 'RDATE'];

/** How a component has been changed for who is invited. */
export interface Rescheduling {
  /** Asked anew: PARTSTAT is NEEDS-ACTION again. Not so where the series only ends earlier: what was agreed on stands. */
  readonly asks: boolean;
  /**
   * RFC 5546 §2.1.4: also what puts into question whether somebody can come, as another LOCATION. Only people know what does, so that all
   * that attendees are told of counts.
   */
  readonly raisesSequence: boolean;
}

export function reschedulingOf(
  before: JcalComponent,
  beforeZone: FindZone,
  after: JcalComponent,
  afterZone: FindZone,
): Rescheduling {
  const changed = differences(meaningOf(before, beforeZone), meaningOf(after, afterZone));
  const asks = changed.filter(name => rescheduling.includes(name));
  const shortened = asks.length === 1 && asks[0] === 'RRULE' && isShortened(before, beforeZone, after, afterZone);
  const isMovedWithRest =
    changed.includes('RECURRENCE-ID') && (isForFuture(after) ? isMoved(after, afterZone) : isMoved(before, beforeZone));
  return {asks: (asks.length > 0 && !shortened) || isMovedWithRest, raisesSequence: changed.length > 0};
}

/** Whether an instance is at another time than its series has it. */
function isMoved(component: JcalComponent, findZone: FindZone): boolean {
  const [id, start] = [timeOf(component, 'recurrence-id', findZone), anchorOf(timingOf(component, findZone))];
  return id !== undefined && start !== undefined && instantOf(id, utc) !== instantOf(start, utc);
}

/** Whether a rule is the same but for an end that it has now, or has earlier: clients end a series by UNTIL that had a COUNT. */
function isShortened(before: JcalComponent, beforeZone: FindZone, after: JcalComponent, afterZone: FindZone): boolean {
  const [a, b] = [before, after].map(each => firstProperty(each, 'rrule')?.[3]);
  if (a === undefined || b === undefined) return false;
  try {
    const [old, now] = [parseRule(a), parseRule(b)];
    const endless = (value: unknown) => ruleText({...(value as object), until: undefined, count: undefined});
    if (endless(a) !== endless(b)) return false;
    if (now.until && old.count !== undefined) return timesIn(after, afterZone, old.count) <= old.count;
    if (now.until) return now.until.local <= (old.until?.local ?? Infinity);
    if (now.count === undefined) return false;
    return now.count <= (old.until ? timesIn(before, beforeZone, now.count) : (old.count ?? Infinity));
  } catch {
    return false;
  }
}

/** Whoever counts further than this does not count. */
const mostTimes = 10_000;

/** How many times a rule makes; looked for no further than just above `most`. Throws where that is too far. */
function timesIn([name, properties]: JcalComponent, findZone: FindZone, most: number): number {
  if (most > mostTimes) throw new RangeError('too many times');
  const master: JcalComponent = [name, properties.filter(([each]) => !/^(?:exdate|rdate|exrule)$/.test(each)), []];
  let times = 0;
  for (const _ of instancesOfSet({master, overrides: []}, findZone, {})) if (++times > most) break;
  return times;
}
