import {firstProperty, type JcalComponent} from '../ical/jcal.ts';
import {anchorOf, timingOf} from '../ical/recurrence-set.ts';
import {unexcluded} from './answers.ts';
import {nothingChanged, type Receipt, type Received} from './message.ts';
import {attendeesOf, myself} from './parties.ts';
import {inKeysOf} from './receive-request.ts';
import {changedBetween, isOlder, isSameCalendar, isStale, lately, rebuilt} from './received-copy.ts';
import {
  copyOf,
  excludedIn,
  instanceOf,
  isCancelled,
  isForFuture,
  keyIn,
  partsOf,
  recurs,
  type Series,
  sequenceOf,
  seriesOf,
  setProperty,
  setSequence,
} from './series.ts';
import {endBefore} from './this-and-future.ts';

/**
 * CANCEL (RFC 5546 §3.2.5) for an attendee: what is cancelled stays in the calendar as STATUS:CANCELLED, so that they see that it is, until
 * they take it away; nobody is sent a reply for that.
 */
export function receiveCancel({mine, message, isMe}: Receipt): Received {
  const stored = seriesOf(copyOf(mine!));
  const news = inKeysOf(stored, seriesOf(message.calendar));
  let taken = false;
  const isForMe = (part: JcalComponent) =>
    isCancelled(part) || attendeesOf(part).length === 0 || myself(part, isMe) !== undefined;
  if (news.master && isForMe(news.master)) {
    const {master} = news;
    // What the organizer's calendar answers is how it is now, whatever an old copy has.
    const isPast = message.quiet === 'refresh' ? isOlder : isStale;
    const parts = partsOf(stored).filter(part => !isPast(master, part));
    for (const part of parts) cancel(part, master);
    taken = parts.length > 0;
  }
  for (const [key, part] of news.overrides) {
    if (!isForMe(part)) continue;
    taken = (isForFuture(part) ? cancelFrom(stored, key, part) : cancelOne(stored, key, part)) || taken;
  }
  if (!taken) {
    // What the attendee has taken away already is not there to be cancelled, and they are to know that it is.
    const what = [...news.overrides].some(([key, part]) => isForMe(part) && isTakenAway(stored, key)) ? 'cancel' : 'ignored';
    return {calendar: 'unchanged', what, changed: nothingChanged, answers: []};
  }
  const calendar = rebuilt(mine!, partsOf(stored), message.calendar);
  if (isSameCalendar(calendar, mine!)) return {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: []};
  return lately({calendar, what: 'cancel', answers: []}, () => changedBetween(mine, calendar, isMe));
}

function isTakenAway(stored: Series, key: number): boolean {
  return excludedIn(stored).has(key) && instanceOf(unexcluded(stored), key) !== undefined;
}

function cancel(part: JcalComponent, by: JcalComponent): void {
  setProperty(part, 'status', ['status', {}, 'text', 'CANCELLED']);
  if (sequenceOf(by) > 0) setSequence(part, Math.max(sequenceOf(by), sequenceOf(part)));
  setProperty(part, 'dtstamp', structuredClone(firstProperty(by, 'dtstamp')) ?? firstProperty(part, 'dtstamp'));
}

/** Answers whether there is such an instance, and the message is no older than it. */
function cancelOne(stored: Series, key: number, by: JcalComponent): boolean {
  const copy = stored.overrides.get(key) ?? instanceOf(stored, key);
  if (!copy || (stored.overrides.has(key) && isStale(by, copy)) || sequenceOf(by) < sequenceOf(copy)) return false;
  cancel(copy, by);
  stored.overrides.set(key, copy);
  return true;
}

/** RANGE=THISANDFUTURE (RFC 5545 §3.2.13): the series ends before it, and where it is the first all of it is cancelled. */
function cancelFrom(stored: Series, key: number, by: JcalComponent): boolean {
  const {master, findZone} = stored;
  let taken = false;
  for (const [each, part] of stored.overrides) {
    if (each < key || isStale(by, part)) continue;
    cancel(part, by);
    taken = true;
  }
  if (!master || !recurs(master) || isStale(by, master)) return taken;
  const start = anchorOf(timingOf(master, findZone));
  if (start && keyIn(stored, start) >= key) cancel(master, by);
  else endBefore(stored, key);
  return true;
}
