import {instancesOfSet} from '../ical/expand.ts';
import {firstProperty, type JcalComponent, type JcalProperty} from '../ical/jcal.ts';
import {anchorOf, keyOf, timingOf} from '../ical/recurrence-set.ts';
import {day, lastLocal, parseTime, printTime, timesOf} from '../ical/time.ts';
import {utc} from '../ical/zone.ts';
import {isForFuture, keyIn, type Series, setProperty} from './series.ts';

/** Has an override stand for its instance and all that follow (RANGE=THISANDFUTURE, RFC 5545 §3.2.13), or for its instance alone; in place. */
export function setForFuture(part: JcalComponent, isFor: boolean): void {
  const id = firstProperty(part, 'recurrence-id');
  if (!id) return;
  if (isFor) id[1].range = 'THISANDFUTURE';
  else delete id[1].range;
}

/** Ends a series before one of its instances, which with all that follow is not in it any more; in place. */
export function endBefore({master, findZone}: Series, key: number): void {
  const start = master && anchorOf(timingOf(master, findZone));
  if (!start) return;
  const last = key - 1000;
  const until =
    start.date || !start.zone ? {...start, local: start.date ? key - day : last} : {local: last, date: false, zone: utc};
  const rule = firstProperty(master, 'rrule');
  if (rule) {
    const {count, ...rest} = rule[3] as Record<string, unknown>;
    const known = count === undefined && rest.until !== undefined ? parseTime(rest.until, undefined, () => undefined) : undefined;
    const isOver = known && keyOf(known, start) <= last;
    if (!isOver) setProperty(master, 'rrule', [rule[0], rule[1], rule[2], {...rest, until: printTime(until)}]);
  }
  master[1] = master[1].flatMap((property): JcalProperty[] => {
    if (property[0] !== 'rdate' || (property[2] !== 'date' && property[2] !== 'date-time')) return [property];
    const isLeft = (value: unknown) =>
      timesOf(['rdate', property[1], property[2], value] as JcalProperty, findZone).some(
        time => keyIn({master, findZone}, time) < key,
      );
    const values = property.slice(3).filter(isLeft);
    return values.length > 0 ? [[property[0], property[1], property[2], ...values] as JcalProperty] : [];
  });
}

/** The first instance after another that no override is about; undefined: there is none. */
export function nextInstance({master, overrides, findZone}: Series, key: number): number | undefined {
  const start = master && anchorOf(timingOf(master, findZone));
  if (!start) return undefined;
  const range = {start: key, end: lastLocal};
  for (const {explicit, recurrenceId} of instancesOfSet({master, overrides: [...overrides.values()]}, findZone, {range})) {
    if (explicit || !recurrenceId) continue;
    const next = keyOf(recurrenceId, start);
    if (next > key) return next;
  }
  return undefined;
}

/** What an instance would be without its own override. */
export function withoutOverride(series: Series, key: number): Series {
  return {...series, overrides: new Map([...series.overrides].filter(([each]) => each !== key))};
}

/** Whether an override stands for more instances than it did: all that follow. */
export function isWidened(part: JcalComponent, before: JcalComponent | undefined): boolean {
  return isForFuture(part) && !isForFuture(before);
}
