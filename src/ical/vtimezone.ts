import type {JcalComponent, JcalProperty} from './jcal.ts';
import {type Budget, occurrences} from './recurrence.ts';
import {parseRule} from './recurrence-rule.ts';
import {type FindZone, lastLocal, timesOf} from './time.ts';
import type {Zone} from './zone.ts';

/** A STANDARD or DAYLIGHT part of a VTIMEZONE. Milliseconds. */
interface Observance {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly component: JcalComponent;
}

interface Change {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

const zones = new Map<string, Zone | undefined>();
/** Of components that are shared, as those of `skim.ts` are. */
const known = new WeakMap<JcalComponent, {readonly zone: Zone | undefined}>();
const maxRemembered = 500;
const maxRememberedLength = 20_000;

/** The zone a VTIMEZONE describes (RFC 5545 §3.6.5); undefined where it has no observance that can be read. */
export function vtimezone(component: JcalComponent): Zone | undefined {
  let found = known.get(component);
  if (!found) {
    found = {zone: findOrMake(component)};
    known.set(component, found);
  }
  return found.zone;
}

function findOrMake(component: JcalComponent): Zone | undefined {
  const key = JSON.stringify(component);
  if (zones.has(key)) return zones.get(key);
  if (zones.size >= maxRemembered) zones.clear();
  const zone = makeZone(component);
  if (key.length <= maxRememberedLength) zones.set(key, zone);
  return zone;
}

function makeZone(component: JcalComponent): Zone | undefined {
  const observances = component[2].slice(0, 200).flatMap(part => observance(part) ?? []);
  if (observances.length === 0) return undefined;
  let until = -Infinity;
  let changes: Change[] = [];
  // Times that are asked for one after the other lie between the same changes mostly.
  let last = {from: Infinity, to: -Infinity, offset: 0};
  return {
    id: String(component[1].find(([name]) => name === 'tzid')?.[3] ?? ''),
    offsetAt(instant) {
      if (instant >= last.from && instant < last.to) return last.offset;
      if (instant > until) {
        const reach = Math.min(Math.max(instant, Date.UTC(2030)) + 10 * 366 * 86_400_000, farthest);
        changes = changesUntil(observances, reach);
        until = instant > reach ? Infinity : reach;
      }
      let low = 0;
      let high = changes.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (changes[middle]!.at <= instant) low = middle + 1;
        else high = middle;
      }
      const offset = low > 0 ? changes[low - 1]!.to : changes[0]!.from;
      last = {from: changes[low - 1]?.at ?? -Infinity, to: Math.min(changes[low]?.at ?? Infinity, until), offset};
      return offset;
    },
  };
}

function observance(component: JcalComponent): Observance | undefined {
  const [name, properties] = component;
  if (name !== 'standard' && name !== 'daylight') return undefined;
  const dtstart = properties.find(([property]) => property === 'dtstart');
  const start = dtstart && timesOf(dtstart, floating)[0]?.local;
  const from = offsetOf(properties, 'tzoffsetfrom');
  const to = offsetOf(properties, 'tzoffsetto') ?? from;
  return start === undefined || to === undefined ? undefined : {component, start, from: from ?? to, to};
}

const floating: FindZone = () => undefined;

/** UTC-OFFSET (RFC 5545 §3.3.14) in jCal: `-05:00`, `+00:53:28`. */
function offsetOf(properties: readonly JcalProperty[], name: string): number | undefined {
  const match = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(String(properties.find(property => property[0] === name)?.[3] ?? ''));
  if (!match) return undefined;
  const [hours, minutes, seconds] = match.slice(2).map(part => Number(part ?? 0)) as [number, number, number];
  return (match[1] === '-' ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Clocks are not followed beyond: the steps would not do for all rules, and then nearer times would be wrong, too. */
const farthest = Date.UTC(3000);

/** Enough for two rules that say a day of each year from 1601 on, as Microsoft's do. */
const maxSteps = 60_000;

function changesUntil(observances: readonly Observance[], until: number): Change[] {
  const budget: Budget = {steps: maxSteps, reached: undefined};
  const changes = observances.flatMap(observance => {
    const {from, to} = observance;
    return [...onsets(observance, until, budget)].map(local => ({at: local - from, from, to}));
  });
  return changes.sort((a, b) => a.at - b.at);
}

/** Clocks do not change more often than this, save in texts that are meant to hurt. */
const maxOnsets = 5000;

function onsets({component, start, from}: Observance, until: number, budget: Budget): Set<number> {
  const found = new Set([start]);
  for (const property of component[1]) {
    if (property[0] === 'rdate') for (const time of timesOf(property, floating).slice(0, maxOnsets)) found.add(time.local);
    if (property[0] !== 'rrule') continue;
    try {
      const rule = parseRule(property[3]);
      // RFC 5545 §3.6.5: UNTIL is in UTC, the onsets are in the time before the change.
      const end = rule.until ? rule.until.local + (rule.until.zone ? from : 0) : Infinity;
      const bounds = {until: Math.min(end, until + 86_400_000, lastLocal), date: false, budget};
      for (const local of occurrences(rule, start, bounds)) if (found.add(local).size > maxOnsets) break;
    } catch {
      // A rule that cannot be read leaves the onsets that can.
    }
  }
  return found;
}
