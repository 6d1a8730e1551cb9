import {type JcalComponent, type JcalProperty, jcalOf} from '../ical/jcal.ts';
import {normalAddress} from './address.ts';
import {reschedulingOf} from './meaning.ts';
import type {OrganizerChange} from './message.ts';
import {addressOf, attendeesByKey, attendeesOf, isServed, organizerOf, parameter, partstatOf, setParameters} from './parties.ts';
import {keepAttendeeComments} from './private-comments.ts';
import {instanceOf, isForFuture, partsOf, type Series, sequenceOf, setSequence} from './series.ts';
import {setForFuture} from './this-and-future.ts';

/** What an organizer's change is, beyond what it says: see `putRight`. */
export interface PutRight {
  /** SEQUENCE is to be raised. */
  readonly raises: boolean;
  /** Who is asked anew though nothing else is changed for them: keys of addresses, and in which components. */
  readonly asked: ReadonlyMap<string, ReadonlySet<number | 'master'>>;
  /** Who is to have a message whatever has changed: SCHEDULE-FORCE-SEND=REQUEST (RFC 6638 §7.2). */
  readonly forced: ReadonlySet<string>;
}

type Rules = Pick<OrganizerChange, 'isMe' | 'isLocal' | 'isStale'>;

/**
 * Puts right what an organizer's client stores, in place (RFC 6638 §3.2.1): PARTSTAT is NEEDS-ACTION again where a component is
 * re-scheduled, and else what the attendee has answered; SCHEDULE-STATUS is what the server has said; answers that stand in an override
 * the client has left out are kept.
 */
export function putRight(stored: Series, old: Series | undefined, rules: Rules): PutRight {
  const asked = new Map<string, Set<number | 'master'>>();
  const forced = new Set<string>();
  let raises = false;
  keepAttendeeComments(stored, old);
  for (const [key, component] of [...(stored.master ? [['master', stored.master] as const] : []), ...stored.overrides]) {
    const before = old && counterpart(old, key);
    const change = before && old && reschedulingOf(before, old.findZone, component, stored.findZone);
    raises ||= change?.raisesSequence ?? false;
    const knownByKey = attendeesByKey(before);
    for (const attendee of invitedIn(component, rules.isMe)) {
      const address = normalAddress(addressOf(attendee));
      const isForced = parameter(attendee, 'schedule-force-send')?.toUpperCase() === 'REQUEST';
      if (isForced) forced.add(address);
      setParameters(attendee, {'schedule-force-send': undefined});
      const known = knownByKey.get(address);
      if (!isServed(attendee)) continue;
      setParameters(attendee, {'schedule-status': parameter(known, 'schedule-status')});
      if (change?.asks) askAnew(attendee);
      else if (settlePartstat(attendee, known, isForced ? {...rules, isStale: false} : rules)) {
        asked.set(address, (asked.get(address) ?? new Set()).add(key));
        raises = true;
      }
    }
  }
  if (old) raises = keepAnswers(stored, old, rules) || raises;
  return {raises, asked, forced};
}

/** A component as it was before: the override, or what the series made of this instance. */
export function counterpart(old: Series, key: number | 'master'): JcalComponent | undefined {
  return key === 'master' ? old.master : (old.overrides.get(key) ?? instanceOf(old, key));
}

/** The attendees of a component that are not the organizer. */
export function invitedIn(component: JcalComponent, isMe: (address: string) => boolean): JcalProperty[] {
  const organizer = organizerOf(component);
  const key = organizer && normalAddress(addressOf(organizer));
  return attendeesOf(component).filter(attendee => !isMe(addressOf(attendee)) && normalAddress(addressOf(attendee)) !== key);
}

export function askAnew(attendee: JcalProperty): void {
  if (partstatOf(attendee) === 'NEEDS-ACTION' && parameter(attendee, 'rsvp')?.toUpperCase() === 'TRUE') return;
  setParameters(attendee, {partstat: 'NEEDS-ACTION', rsvp: 'TRUE', 'delegated-to': undefined});
}

const answer = ['partstat', 'rsvp', 'delegated-to', 'delegated-from'];

/** Answers whether the organizer asks anew who had answered. */
function settlePartstat(attendee: JcalProperty, known: JcalProperty | undefined, {isLocal, isStale}: Rules): boolean {
  const local = isLocal?.(addressOf(attendee)) ?? false;
  const now = partstatOf(attendee);
  if (!known) {
    if (local && now !== 'NEEDS-ACTION') askAnew(attendee);
    return false;
  }
  if (now === partstatOf(known)) {
    // Some clients write it with the first invitation alone: an answer is still asked for, unless they say otherwise.
    if (now === 'NEEDS-ACTION' && parameter(attendee, 'rsvp') === undefined) setParameters(attendee, {rsvp: known[1].rsvp});
    return false;
  }
  if (!isStale && now === 'NEEDS-ACTION') {
    askAnew(attendee);
    return true;
  }
  if (isStale || local) setParameters(attendee, Object.fromEntries(answer.map(name => [name, known[1][name]])));
  return false;
}

/**
 * An override that is gone, its instance not: what was answered for this one instance stands, if it is when it was, and else is asked
 * anew. Answers whether anything was re-scheduled.
 */
function keepAnswers(stored: Series, old: Series, {isMe}: Rules): boolean {
  let raises = false;
  for (const [key, before] of old.overrides) {
    if (stored.overrides.has(key)) continue;
    const instance = instanceOf(stored, key);
    if (!instance) continue;
    const change = reschedulingOf(before, old.findZone, instance, stored.findZone);
    raises ||= change.raisesSequence;
    let differs = false;
    const knownByKey = attendeesByKey(before);
    for (const attendee of invitedIn(instance, isMe)) {
      const known = knownByKey.get(normalAddress(addressOf(attendee)));
      if (!known || !isServed(attendee)) continue;
      const partstat = change.asks ? 'NEEDS-ACTION' : partstatOf(known);
      if (partstat === partstatOf(attendee)) continue;
      differs = true;
      if (change.asks) askAnew(attendee);
      else setParameters(attendee, Object.fromEntries(answer.map(name => [name, known[1][name]])));
    }
    if (!differs) continue;
    setForFuture(instance, isForFuture(before));
    stored.overrides.set(key, instance);
    jcalOf(stored.calendar)[2].push(instance);
  }
  return raises;
}

/**
 * SEQUENCE of all components, in place: never less than it was, and where it is to be raised more than it was anywhere, if the client has
 * not seen to that. Answers the highest.
 */
export function settleSequence(stored: Series, old: Series | undefined, raises: boolean): number {
  const parts = partsOf(stored);
  const highest = (of: readonly JcalComponent[]) => Math.max(0, ...of.map(sequenceOf));
  if (!old) return highest(parts);
  const before = highest(partsOf(old));
  const target = raises ? Math.max(highest(parts), before + 1) : 0;
  for (const [key, component] of [...(stored.master ? [['master', stored.master] as const] : []), ...stored.overrides]) {
    const known = key === 'master' ? old.master : (old.overrides.get(key) ?? old.master);
    const least = Math.max(target, sequenceOf(known));
    if (sequenceOf(component) < least) setSequence(component, least);
  }
  return Math.max(highest(parts), target);
}
