import {type JcalComponent, type JcalProperty, jcalOf, textOf} from '../ical/jcal.ts';
import {normalAddress} from './address.ts';
import {type Answer, replyWith} from './answers.ts';
import {requireOwnChanges, settleTransparency} from './attendee-rules.ts';
import {differences, meaningOf} from './meaning.ts';
import {type AttendeeChange, type AttendeeResult, type IsMe, ItipError, type Message} from './message.ts';
import {counterpart} from './organizer-data.ts';
import {
  addressOf,
  attendeesByKey,
  attendeesOf,
  isServed,
  myself,
  organizerOf,
  parameter,
  partstatOf,
  requireOneOrganizer,
  roleIn,
  setParameters,
} from './parties.ts';
import {privateComment} from './private-comments.ts';
import {replyOf, replyPart} from './reply.ts';
import {copyOf, excludedIn, instanceOf, isCancelled, isForFuture, partsOf, type Series, seriesOf, setExcluded} from './series.ts';
import {isWidened, setForFuture, withoutOverride} from './this-and-future.ts';

/**
 * What an attendee's change is for the organizer (RFC 6638 §3.2.2): the calendar to store, and a REPLY where PARTSTAT is another than it
 * was, of the series or of instances. Throws ItipError where more was changed than is the attendee's own (§3.2.2.1).
 */
export function attendeeChange({before, after, isMe, now, isLocal}: AttendeeChange): AttendeeResult {
  const old = before && roleIn(before, isMe) === 'attendee' ? seriesOf(before) : undefined;
  if (!after)
    return {calendar: undefined, ...inTurn(old && isWithServer(old) ? selvesIn(old, isMe) : [], am => removal(old!, am, now))};
  requireOneOrganizer(after);
  const stored = seriesOf(copyOf(after));
  if (old && isWithServer(old)) putBackAgent(stored, isLocal);
  if (!isWithServer(stored) && (!old || !isWithServer(old))) return {calendar: after, reply: undefined};
  const forced = takeForceSend(stored);
  const changes = old ? changesIn(old, stored, isMe) : [...entries(stored)];
  const selves = isWithServer(stored) ? selvesIn(old ?? stored, isMe) : [];
  const replies = inTurn(selves, am => {
    const was = old?.master && partstatOf(myself(old.master, am));
    const answers = forced ? [...entries(stored)] : changes.filter(answer => isAnswerOf(answer, old, am));
    return replyWith(answers, stored, {isMe: am, now, was});
  });
  const isSame = JSON.stringify(jcalOf(stored.calendar)) === JSON.stringify(jcalOf(after));
  return {calendar: isSame ? after : stored.calendar, ...replies};
}

/** Who is invited by several of their own addresses may answer by each. */
function selvesIn(series: Series, isMe: IsMe): IsMe[] {
  const own = partsOf(series).flatMap(attendeesOf).map(addressOf).filter(isMe);
  return [...new Set(own.map(normalAddress))].map(address => other => normalAddress(other) === address);
}

function inTurn(selves: readonly IsMe[], replyOf: (am: IsMe) => Message | undefined): Omit<AttendeeResult, 'calendar'> {
  const [reply, ...others] = selves.map(replyOf).filter(each => each !== undefined);
  return {reply, ...(others.length > 0 ? {others} : {})};
}

/** Whether they have answered by this address of theirs. */
function isAnswerOf([key, part, partstat]: Answer, old: Series | undefined, am: IsMe): boolean {
  const before = old && counterpart(old, key);
  if (!before || !old) return partstatOf(myself(part, am)) !== 'NEEDS-ACTION';
  return partstat ? isOpen(before, am) : isAnsweredAnew(before, part, am) || isAnsweredForMore(key, old, part, am);
}

/** Whether what had been said of one instance alone is said of all that follow now, and they were answered otherwise. */
function isAnsweredForMore(key: number | 'master', old: Series, part: JcalComponent, isMe: IsMe): boolean {
  if (key === 'master' || !isWidened(part, old.overrides.get(key))) return false;
  const usual = instanceOf(withoutOverride(old, key), key);
  return usual !== undefined && isAnsweredAnew(usual, part, isMe);
}

function* entries({master, overrides}: Series): Generator<[number | 'master', JcalComponent]> {
  if (master) yield ['master', master];
  yield* overrides;
}

/** RFC 6638 §7.1, as ORGANIZER says it. */
function isWithServer(series: Series): boolean {
  return partsOf(series).every(part => isServed(organizerOf(part)));
}

/**
 * What the server has invited to it goes on seeing to where the organizer is here, too: else a copy would show what is not so any more, and
 * an answer in it would reach nobody. In place.
 */
function putBackAgent(stored: Series, isLocal?: (address: string) => boolean): void {
  for (const part of partsOf(stored)) {
    const organizer = organizerOf(part);
    if (organizer && !isServed(organizer) && isLocal?.(addressOf(organizer)))
      setParameters(organizer, {'schedule-agent': undefined});
  }
}

/** RFC 6638 §3.2.2.3: who removes what they are invited to declines it. */
function removal(old: Series, isMe: IsMe, now: number): Message | undefined {
  const parts = partsOf(old).filter(part => isOpen(part, isMe));
  return replyOf(
    parts.map(part => replyPart(part, isMe, now, 'DECLINED')),
    old.calendar,
  );
}

/** Whether there is something to decline. */
function isOpen(component: JcalComponent, isMe: IsMe): boolean {
  return !isCancelled(component) && ownIn(component, isMe).some(own => partstatOf(own) !== 'DECLINED');
}

/** What the attendee has answered anew; the organizer's part is put back in place. Throws ItipError. */
function changesIn(old: Series, stored: Series, isMe: IsMe): Answer[] {
  if (old.master && !stored.master && !isCancelled(old.master))
    throw new ItipError('not allowed', 'the series is gone, its exceptions are not');
  const answers: Answer[] = [];
  for (const [key, part] of entries(stored)) {
    const before = key === 'master' ? old.master : counterpart(old, key);
    if (!before) throw new ItipError('not allowed', 'it has an instance that the organizer has not');
    requireOwnChanges({component: before, findZone: old.findZone}, {component: part, findZone: stored.findZone}, isMe);
    settleTransparency(before, part, isMe);
    const isAnswer = isAnsweredAnew(before, part, isMe) || isAnsweredForMore(key, old, part, isMe);
    if (!isCancelled(before) && isAnswer) answers.push([key, part]);
  }
  return [...answers, ...excludedAnew(old, stored, isMe), ...droppedOverrides(old, stored, isMe)];
}

function ownIn(component: JcalComponent, isMe: IsMe): JcalProperty[] {
  return attendeesOf(component).filter(attendee => isMe(addressOf(attendee)));
}

function isAnsweredAnew(before: JcalComponent, after: JcalComponent, isMe: IsMe): boolean {
  const known = attendeesByKey(before);
  for (const is of ownIn(after, isMe)) {
    const was = known.get(normalAddress(addressOf(is))) ?? myself(before, isMe);
    if (partstatOf(was) !== partstatOf(is) || parameter(was, 'delegated-to') !== parameter(is, 'delegated-to')) return true;
  }
  return (textOf(before, privateComment) ?? '') !== (textOf(after, privateComment) ?? '');
}

/** RFC 6638 §3.2.2.1: an EXDATE more is an instance declined. One less is not the attendee's to take away. Throws ItipError. */
function excludedAnew(old: Series, stored: Series, isMe: IsMe): Answer[] {
  if (!stored.master) return [];
  const [were, are] = [excludedIn(old), excludedIn(stored)];
  for (const key of were) if (!are.has(key)) throw new ItipError('not allowed', 'EXDATE leaves out less than before');
  return [...are].flatMap((key): Answer[] => {
    const before = were.has(key) ? undefined : counterpart(old, key);
    return before && isOpen(before, isMe) ? [[key, before, 'DECLINED']] : [];
  });
}

/**
 * Overrides that were there and are not. One that said no more than the attendee's own is theirs to drop; the organizer's stays, and what
 * others have answered. Without a series, what is gone is declined.
 */
function droppedOverrides(old: Series, stored: Series, isMe: IsMe): Answer[] {
  const excluded = new Set(excludedIn(stored));
  const answers: Answer[] = [];
  for (const [key, before] of old.overrides) {
    if (stored.overrides.has(key) || excluded.has(key)) continue;
    if (!stored.master) {
      if (isOpen(before, isMe)) answers.push([key, before, 'DECLINED']);
    } else if (isCancelled(before)) {
      excluded.add(key);
      setExcluded(stored, excluded);
    } else {
      const instance = instanceOf(stored, key);
      const same =
        instance && differences(meaningOf(before, old.findZone, range), meaningOf(instance, stored.findZone, range)).length === 0;
      if (same) setForFuture(instance, isForFuture(before));
      if (same && isAnsweredAnew(before, instance, isMe)) answers.push([key, instance]);
      if (same && !takeOthersAnswers(before, instance, isMe)) continue;
      const kept = same ? instance : structuredClone(before);
      stored.overrides.set(key, kept);
      jcalOf(stored.calendar)[2].push(kept);
    }
  }
  return answers;
}

const range = new Set(['recurrence-id']);

/** What others have answered to an instance, from its override as it was, in place. Answers whether it is otherwise than to the series. */
function takeOthersAnswers(before: JcalComponent, instance: JcalComponent, isMe: IsMe): boolean {
  const known = attendeesByKey(before);
  let differs = false;
  for (const attendee of attendeesOf(instance)) {
    const theirs = known.get(normalAddress(addressOf(attendee)));
    if (!theirs || isMe(addressOf(attendee)) || partstatOf(theirs) === partstatOf(attendee)) continue;
    attendee[1] = structuredClone(theirs[1]);
    differs = true;
  }
  return differs;
}

/** RFC 6638 §7.2: SCHEDULE-FORCE-SEND=REPLY; it is not stored. */
function takeForceSend(stored: Series): boolean {
  let forced = false;
  for (const part of partsOf(stored)) {
    const organizer = organizerOf(part);
    if (!organizer) continue;
    forced ||= parameter(organizer, 'schedule-force-send')?.toUpperCase() === 'REPLY';
    setParameters(organizer, {'schedule-force-send': undefined});
  }
  return forced;
}
