import {firstProperty, type JcalComponent, type JcalProperty} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {anchorOf, timingOf} from '../ical/recurrence-set.ts';
import {nothingChanged, type Receipt, type Received} from './message.ts';
import {changedBetween, incoming, rebuilt} from './received-copy.ts';
import {refreshFor} from './refresh.ts';
import {
  copyOf,
  excludedIn,
  instanceOf,
  keyIn,
  partsOf,
  recurs,
  type Series,
  sequenceOf,
  seriesOf,
  setExcluded,
  setSequence,
} from './series.ts';

/**
 * ADD (RFC 5546 §3.2.4) for an attendee: instances more, each told in full. Where there is nothing that they could be added to, or an
 * update was missed before it, the organizer is asked for the whole (REFRESH).
 */
export function receiveAdd({mine, message, isMe, now}: Receipt): Received {
  const parts = partsOf(seriesOf(message.calendar));
  const sequence = Math.max(0, ...parts.map(sequenceOf));
  const stored = mine && seriesOf(copyOf(mine));
  const master = stored?.master;
  // A series more cannot be told in the one there is (RFC 5545 §3.8.5.3).
  const isSeries = parts.some(part => part[1].some(([name]) => name === 'rrule' || name === 'rdate'));
  if (!mine || !stored || !master || isSeries || sequence > sequenceOf(master) + 1) {
    return {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: refreshFor(parts, message, isMe, now)};
  }
  const added =
    sequence < sequenceOf(master) ? [] : parts.filter(part => addInstance(stored, master, part, message.calendar, isMe));
  if (added.length === 0) return {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: []};
  if (sequence > sequenceOf(master)) setSequence(master, sequence);
  const calendar = rebuilt(mine, partsOf(stored), message.calendar);
  return {calendar, what: 'update', changed: changedBetween(mine, calendar, isMe), answers: []};
}

/** Answers whether there was none like it. */
function addInstance(stored: Series, master: JcalComponent, part: JcalComponent, from: Calendar, isMe: Receipt['isMe']): boolean {
  const {findZone} = seriesOf(from);
  const start = anchorOf(timingOf(part, findZone));
  const anchor = firstProperty(part, 'dtstart') ?? firstProperty(part, 'due');
  if (!start || !anchor) return false;
  const key = keyIn(stored, start);
  if (stored.overrides.has(key) || instanceOf(stored, key)) return false;
  // Without a rule RDATE alone is what recurs, and DTSTART is of it all the same.
  if (!recurs(master) && key === keyIn(stored, anchorOf(timingOf(master, stored.findZone)) ?? start)) return false;
  const excluded = excludedIn(stored);
  if (excluded.delete(key)) setExcluded(stored, excluded);
  const {tzid} = anchor[1];
  const at: JcalProperty = ['rdate', tzid === undefined ? {} : {tzid}, anchor[2], anchor[3]];
  master[1].push(at);
  const taken = incoming(part, isMe);
  taken[1] = [...taken[1].filter(([name]) => name !== 'recurrence-id'), ['recurrence-id', at[1], at[2], at[3]]];
  stored.overrides.set(key, taken);
  return true;
}
