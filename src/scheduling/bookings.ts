import type {TimeRange} from '../base/time-range.ts';
import {type Instance, instancesOfSet, newBudget} from '../ical/expand.ts';
import type {JcalComponent} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {anchorOf, timingOf} from '../ical/recurrence-set.ts';
import {instantOf} from '../ical/time.ts';
import type {Zone} from '../ical/zone.ts';
import type {IsMe} from '../itip/message.ts';
import {myself, partstatOf} from '../itip/parties.ts';
import {isCancelled, keyIn, type Series, seriesOf} from '../itip/series.ts';
import type {Answered} from './auto-schedule-modes.ts';

/** An instance for which a room is asked. */
export interface Booking {
  /** The component that says it. */
  readonly component: JcalComponent;
  /** Which instance of a series it is, as in `Series`; undefined: a component of its own says it. */
  readonly key: number | undefined;
  readonly spans: readonly TimeRange[];
  readonly isPast: boolean;
  /** What is answered already, or is not to be; undefined: it is to be answered. */
  readonly settled: Answered | undefined;
}

interface Asked {
  readonly before: Calendar | undefined;
  readonly isMe: IsMe;
  readonly zone: Zone;
  readonly now: number;
}

/** How far ahead of its start, or of today, a series is looked at. */
const farthest = 2 * 366 * 86_400_000;

/** More than that in two years is for no room. */
const mostInstances = 3000;

/** With more instances apart from the rest a series is not worth having in pieces. */
export const mostExceptions = 100;

/** What an invitation asks a room for; undefined: there are more instances than can be looked at. */
export function bookingsIn(series: Series, {before, isMe, zone, now}: Asked): Booking[] | undefined {
  const {master, findZone} = series;
  const start = master && anchorOf(timingOf(master, findZone));
  const until = Math.max(now, start ? instantOf(start, zone) : now) + farthest;
  const known = before && answeredIn(seriesOf(before), {start: now, end: until}, isMe, zone);
  const bookings: Booking[] = [];
  const budget = newBudget();
  let [past, ahead] = [0, 0];
  const all = instancesOfSet({master, overrides: [...series.overrides.values()]}, findZone, {
    range: {start: -Infinity, end: until},
    zone,
    budget,
  });
  for (const instance of all) {
    const {component, spans} = instance;
    const mine = component[0] === 'vevent' && !isCancelled(component) ? myself(component, isMe) : undefined;
    if (!mine || spans.length === 0) continue;
    const isPast = spans.every(({end}) => end <= now);
    if (isPast ? ++past > mostExceptions + 1 : ++ahead > mostInstances) {
      if (isPast) continue;
      return undefined;
    }
    const said = answeredAs(partstatOf(mine));
    const isSettled = isPast || (said !== 'NEEDS-ACTION' && known?.has(nameOf(series, instance, said)));
    bookings.push({component, key: keyOf(series, instance), spans, isPast, settled: isSettled ? said : undefined});
  }

  return budget.reached === undefined ? bookings : undefined;
}

/** What has been answered: which instance, when it is, and how. */
function answeredIn(series: Series, range: TimeRange, isMe: IsMe, zone: Zone): Set<string> {
  const {master, overrides, findZone} = series;
  const found = new Set<string>();
  const set = {master, overrides: [...overrides.values()]};
  for (const instance of instancesOfSet(set, findZone, {range, zone, budget: newBudget()})) {
    const mine = isCancelled(instance.component) ? undefined : myself(instance.component, isMe);
    if (found.size > mostInstances) break;
    if (mine) found.add(nameOf(series, instance, answeredAs(partstatOf(mine))));
  }
  return found;
}

function nameOf(series: Series, {recurrenceId, spans}: Instance, answered: Answered): string {
  return `${recurrenceId ? keyIn(series, recurrenceId) : ''} ${spans.map(({start, end}) => `${start}/${end}`)} ${answered}`;
}

function keyOf(series: Series, {explicit, recurrenceId}: Instance): number | undefined {
  return explicit || !recurrenceId ? undefined : keyIn(series, recurrenceId);
}

/** TENTATIVE and DELEGATED are answers that only a person gives: they stand. */
function answeredAs(partstat: string): Answered {
  return partstat === 'DECLINED' || partstat === 'NEEDS-ACTION' ? partstat : 'ACCEPTED';
}
