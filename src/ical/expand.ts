import {overlaps, type TimeRange} from '../base/time-range.ts';
import {addDuration} from './duration.ts';
import {firstProperty, type JcalComponent} from './jcal.ts';
import type {Calendar} from './parse.ts';
import {type Budget, occurrences} from './recurrence.ts';
import type {Rule} from './recurrence-rule.ts';
import {
  anchorOf,
  type ExtraDate,
  keyOf,
  localIn,
  type Pattern,
  patternOf,
  type RecurrenceSet,
  recurrenceSets,
  type Timing,
  timeOf,
  timingOf,
} from './recurrence-set.ts';
import {type Placed, placeAt, spansOf} from './span.ts';
import {day, type FindZone, type IcalTime, instantOf, lastLocal} from './time.ts';
import {zonesOf} from './time-zones.ts';
import {toLocal, utc, type Zone} from './zone.ts';

/** One instance of a recurrence set; of a component that does not recur, the one there is. */
export interface Instance extends Placed {
  /** The component that says what it is: the master, or the override that stands for it. */
  readonly component: JcalComponent;
  /** Which instance of its series it is, in the form of the series' DTSTART; undefined where nothing recurs. */
  readonly recurrenceId: IcalTime | undefined;
  /** Whether a component says this one in so many words; false where a rule or RDATE makes it. */
  readonly explicit: boolean;
  /** In what ranges RFC 4791 §9.9 finds it, see `spansOf`. */
  readonly spans: readonly TimeRange[];
}

export interface ExpandOptions {
  /** Instances outside may be left out; the default is all time. */
  readonly range?: TimeRange;
  /** In what zone floating times and DATEs are taken; the default is UTC. */
  readonly zone?: Zone;
  /** What may be spent; says afterwards whether it was enough. */
  readonly budget?: Budget;
}

const allTime: TimeRange = {start: -Infinity, end: Infinity};

export function newBudget(steps = 100_000): Budget {
  return {steps, reached: undefined};
}

/**
 * The instances that overlap a range by RFC 4791 §9.9, in order of start. `limit` bounds how many are answered: undefined when there
 * are more, or when finding them would take more work than one object is worth.
 */
export function expand(
  calendar: Calendar,
  range: TimeRange,
  {zone = utc, limit = Infinity}: {zone?: Zone; limit?: number} = {},
): Instance[] | undefined {
  const found: Instance[] = [];
  const budget = newBudget();
  for (const instance of instancesOf(calendar, {range, zone, budget})) {
    if (!instance.spans.some(span => overlaps(span, range))) continue;
    if (found.length >= limit) return undefined;
    found.push(instance);
  }
  if (budget.reached !== undefined) return undefined;
  const startOf = (instance: Instance) => instance.spans[0]!.start;
  return found.sort((a, b) => startOf(a) - startOf(b));
}

/** All instances in a calendar object, lazily; overrides first, then each series in the order of its own times. */
export function* instancesOf(calendar: Calendar, options: ExpandOptions = {}): Generator<Instance> {
  const findZone = zonesOf(calendar);
  for (const set of recurrenceSets(calendar)) yield* instancesOfSet(set, findZone, options);
}

/** What the instances of a series are made from; `undefined` series: nothing recurs. */
interface Series {
  readonly master: Timing;
  readonly start: IcalTime;
  readonly pattern: Pattern;
  /** Keys and, for RECURRENCE-IDs that are DATEs in a series of DATE-TIMEs, days that overrides stand for. */
  readonly overridden: ReadonlySet<number>;
  readonly overriddenDays: ReadonlySet<number>;
  /** Overrides of an instance and all that follow, rising. */
  readonly changes: readonly Change[];
}

/** RANGE=THISANDFUTURE (RFC 5545 §3.2.13). */
interface Change {
  readonly key: number;
  readonly timing: Timing;
  /** How far the instances are moved, local milliseconds. */
  readonly shift: number;
}

export function* instancesOfSet(set: RecurrenceSet, findZone: FindZone, options: ExpandOptions): Generator<Instance> {
  const zone = options.zone ?? utc;
  const series = set.master && seriesOf(set.master, set.overrides, findZone);
  for (const component of set.overrides) {
    const timing = timingOf(component, findZone);
    const recurrenceId = timeOf(component, 'recurrence-id', findZone);
    if (series && recurrenceId && isExcluded(series, keyOf(recurrenceId, series.start), localIn(recurrenceId, series.start)))
      continue;
    yield {...instanceAt(timing, timing.start, recurrenceId, findZone, zone), explicit: true};
  }
  if (!set.master) return;
  if (series) yield* instancesOfSeries(series, findZone, {...options, zone});
  else {
    const timing = timingOf(set.master, findZone);
    yield {...instanceAt(timing, timing.start, undefined, findZone, zone), explicit: true};
  }
}

function instanceAt(
  timing: Timing,
  start: IcalTime | undefined,
  recurrenceId: IcalTime | undefined,
  findZone: FindZone,
  zone: Zone,
): Instance {
  const placed = placeAt(timing, start, zone);
  return {component: timing.component, recurrenceId, explicit: false, ...placed, spans: spansOf(timing, placed, findZone, zone)};
}

function seriesOf(component: JcalComponent, overrides: readonly JcalComponent[], findZone: FindZone): Series | undefined {
  const recurs = firstProperty(component, 'rrule') ?? firstProperty(component, 'rdate');
  if (!recurs && overrides.length === 0) return undefined;
  const master = timingOf(component, findZone);
  const start = anchorOf(master);
  if (!start) return undefined;
  const overridden = new Set<number>();
  const overriddenDays = new Set<number>();
  const changes: Change[] = [];
  for (const override of overrides) {
    const id = timeOf(override, 'recurrence-id', findZone);
    if (!id) continue;
    if (id.date && !start.date) overriddenDays.add(id.local);
    else overridden.add(keyOf(id, start));
    const range = firstProperty(override, 'recurrence-id')?.[1].range;
    if (String(range).toUpperCase() !== 'THISANDFUTURE') continue;
    const timing = timingOf(override, findZone);
    const anchor = anchorOf(timing);
    const shift = anchor ? localIn(anchor, start) - localIn(id, start) : 0;
    changes.push({key: keyOf(id, start), timing, shift});
  }
  changes.sort((a, b) => a.key - b.key);
  return {master, start, pattern: patternOf(component, start, findZone), overridden, overriddenDays, changes};
}

function isExcluded({pattern}: Series, key: number, local: number): boolean {
  return pattern.excludedKeys.has(key) || (pattern.excludedDays.size > 0 && pattern.excludedDays.has(midnight(local)));
}

function midnight(local: number): number {
  return Math.floor(local / day) * day;
}

function* instancesOfSeries(series: Series, findZone: FindZone, options: ExpandOptions & {zone: Zone}): Generator<Instance> {
  const {master, start, overridden, overriddenDays, changes} = series;
  const zone = start.zone ?? options.zone;
  let last = -Infinity;
  for (const {local, extra} of baseTimes(series, options)) {
    const base: IcalTime = {...start, local};
    const key = keyOf(base, start);
    // What the clocks skip is what they show an hour later (RFC 5545 §3.3.5): it is there once.
    if (key <= last) continue;
    last = key;
    if (overridden.has(key) || overriddenDays.has(midnight(local)) || isExcluded(series, key, local)) continue;
    const change = changes.findLast(candidate => candidate.key <= key);
    const timing = change?.timing ?? master;
    if (extra?.end && !change) {
      const end = 'days' in extra.end ? addDuration(base, extra.end) : extra.end;
      yield {
        component: master.component,
        recurrenceId: base,
        explicit: false,
        start: base,
        end,
        spans: spansOf(master, {start: base, end}, findZone, options.zone),
      };
    } else {
      yield instanceAt(timing, change ? changedStart(change, base, zone) : base, base, findZone, options.zone);
    }
  }
}

/** How far the overrides of a set move instances at most, local milliseconds. */
export function farthestMove({master, overrides}: RecurrenceSet, findZone: FindZone): number {
  if (overrides.length === 0) return 0;
  const series = master && seriesOf(master, overrides, findZone);
  return Math.max(0, ...(series?.changes ?? []).map(change => Math.abs(change.shift)));
}

/** Where an instance after a THISANDFUTURE lies: as far from its own time as the one that was moved, in the form of the new start. */
function changedStart({timing, shift}: Change, base: IcalTime, zone: Zone): IcalTime {
  const moved = {...base, local: base.local + shift};
  const start = anchorOf(timing);
  if (!start) return moved;
  if (start.date || !start.zone || start.zone === base.zone)
    return {...start, local: start.date ? midnight(moved.local) : moved.local};
  return {...start, local: toLocal(instantOf(moved, zone), start.zone)};
}

/** The series' own local times, rising, EXRULE taken away; changes and exclusions are still to be applied. */
function* baseTimes(
  series: Series,
  {range = allTime, zone, budget = newBudget()}: ExpandOptions & {zone: Zone},
): Generator<{local: number; extra?: ExtraDate}> {
  const {start, pattern} = series;
  const clock = start.zone ?? zone;
  const {from, until} = localBounds(series, range, clock);
  const run = (rule: Rule) =>
    occurrences(rule, start.local, {from, until: Math.min(until, untilOf(rule, start, clock)), date: start.date, budget});
  const extras = new Map(pattern.extra.map(extra => [localIn(extra.start, start), extra]));
  const sources = [...pattern.rules.map(run), [...extras.keys()].sort((a, b) => a - b).values()];
  if (pattern.rules.length === 0) sources.push([start.local].values());
  const except = merged(pattern.exceptRules.map(run));
  let excepted = except.next();
  for (const local of merged(sources)) {
    while (!excepted.done && excepted.value < local) excepted = except.next();
    if (!excepted.done && excepted.value === local) continue;
    if (local <= until) yield {local, extra: extras.get(local)};
  }
}

/** Where to begin and stop: wide enough for the longest instance, the farthest move, and what a change of the clocks may add. */
function localBounds({master, start, changes}: Series, range: TimeRange, clock: Zone): {from: number; until: number} {
  let longest = 0;
  for (const timing of [master, ...changes.map(change => change.timing)]) {
    const placed = placeAt(timing, timing.start, clock);
    if (placed.start && placed.end) longest = Math.max(longest, instantOf(placed.end, clock) - instantOf(placed.start, clock));
  }
  if (start.date) longest = Math.max(longest, day);
  let spare = clock === utc && longest < day ? 1000 : 3 * 3_600_000;
  for (const change of changes) spare = Math.max(spare, Math.abs(change.shift) + day);
  const local = (instant: number) => (Number.isFinite(instant) ? toLocal(instant, clock) : instant);
  return {
    from: Math.max(local(range.start - longest) - spare, start.local - day),
    until: Math.min(local(range.end) + spare, lastLocal),
  };
}

/** The last local time a rule's UNTIL allows. Where its type is not the start's, as RFC 5545 wants it, the day counts in full. */
function untilOf({until}: Rule, start: IcalTime, clock: Zone): number {
  if (!until) return lastLocal;
  if (start.date) return midnight(until.local);
  if (until.date) return until.local + day - 1000;
  return until.zone ? toLocal(until.local, clock) : until.local;
}

/** Rising sequences made one, each value once. */
function* merged(sources: Iterator<number>[]): Generator<number> {
  const heads = sources.map(source => source.next());
  let last: number | undefined;
  for (;;) {
    let least = -1;
    for (let index = 0; index < heads.length; index++) {
      const head = heads[index]!;
      if (!head.done && (least < 0 || head.value < (heads[least]!.value as number))) least = index;
    }
    if (least < 0) return;
    const value = heads[least]!.value as number;
    if (value !== last) yield value;
    last = value;
    heads[least] = sources[least]!.next();
  }
}
