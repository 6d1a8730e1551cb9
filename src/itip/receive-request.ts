import type {JcalComponent} from '../ical/jcal.ts';
import {timeOf} from '../ical/recurrence-set.ts';
import type {FindZone} from '../ical/time.ts';
import {type Answer, replyWith, unexcluded} from './answers.ts';
import {differences, isShared, meaningOf, reschedulingOf} from './meaning.ts';
import {nothingChanged, type Receipt, type Received} from './message.ts';
import {counterpart} from './organizer-data.ts';
import {myself, partstatOf} from './parties.ts';
import {changedBetween, isOlder, isSameCalendar, isStale, lately, merged, newObject, rebuilt} from './received-copy.ts';
import {refreshFor} from './refresh.ts';
import {
  excludedIn,
  instanceOf,
  isCancelled,
  isForFuture,
  keyIn,
  partsOf,
  type Series,
  sequenceOf,
  seriesOf,
  setExcluded,
} from './series.ts';
import {withoutOverride} from './this-and-future.ts';

/** REQUEST (RFC 5546 §3.2.2) for an attendee: an invitation, the series anew, or some instances of it. */
export function receiveRequest({mine, message, isMe, now}: Receipt): Received {
  if (!mine) {
    if (message.quiet || isDeclined(message, isMe)) return ignored;
    const calendar = newObject(message.calendar, isMe);
    return lately({calendar, what: 'new', answers: []}, () => changedBetween(undefined, calendar, isMe));
  }
  const old = seriesOf(mine);
  const news = inKeysOf(old, seriesOf(message.calendar));
  const {parts, hidden, strange} = news.master ? wholeSeries(old, news, isMe) : someInstances(old, news, isMe);
  const asked = strange ? refreshFor(strange, message, isMe, now) : [];
  if (!parts) return {...ignored, answers: asked};
  const calendar = rebuilt(mine, [...parts.values()], message.calendar);
  const was = news.master && partstatOf(myself(news.master, isMe));
  const reply = replyWith([...unknownToOrganizer(parts, news, isMe), ...hidden], seriesOf(calendar), {isMe, now, was});
  const answers = [...(reply ? [{message: reply, required: false}] : []), ...asked];
  if (isSameCalendar(calendar, mine)) return {calendar: 'unchanged', what: 'update', changed: nothingChanged, answers};
  return lately({calendar, what: 'update', answers}, () => changedBetween(mine, calendar, isMe));
}

const ignored: Received = {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: []};

/** Who has declined all of it, and taken it away, is not bothered with it until they are asked anew. */
function isDeclined({calendar}: Receipt['message'], isMe: IsMe): boolean {
  return partsOf(seriesOf(calendar)).every(part => partstatOf(myself(part, isMe)) === 'DECLINED');
}

type IsMe = Receipt['isMe'];
type Parts = ReadonlyMap<number | 'master', JcalComponent>;

/** A message of instances alone does not say how its series counts them. */
export function inKeysOf(old: Series, news: Series): Series {
  if (news.master || !old.master) return news;
  const overrides = new Map<number, JcalComponent>();
  for (const part of news.overrides.values()) {
    const id = timeOf(part, 'recurrence-id', news.findZone);
    if (id) overrides.set(keyIn(old, id), part);
  }
  return {...news, overrides};
}

interface Taken {
  /** Undefined: all in the message is stale. */
  readonly parts: Parts | undefined;
  /** What the attendee has declined by taking it away, and the organizer does not know of. */
  readonly hidden: Answer[];
  /** Instances that the series which is there does not have (§4.7.2). */
  readonly strange?: readonly JcalComponent[];
}

/**
 * Whether a component of a message is older than the copy. Where all was cancelled the organizer has begun anew, as by taking back that it
 * was removed, or from a device that had not heard of it: SEQUENCE begins anew too, and only DTSTAMP tells.
 */
function isPast(part: JcalComponent, copy: JcalComponent, old: Series): boolean {
  return partsOf(old).every(isCancelled) ? isOlder(part, copy) : isStale(part, copy);
}

/** A message with the series takes the place of all there was, save what is the attendee's own. */
function wholeSeries(old: Series, news: Series, isMe: IsMe): Taken {
  const theirs = news.master!;
  if (old.master ? isPast(theirs, old.master, old) : [...old.overrides.values()].some(part => isOlder(theirs, part)))
    return {parts: undefined, hidden: []};
  const master = merged(theirs, news, old.master, old, isMe);
  const whole: Series = {...news, master};
  const overrides = new Map(
    [...news.overrides].map(([key, part]) => [key, merged(part, news, counterpart(old, key), old, isMe)]),
  );
  const excluded = excludedIn(news);
  const hidden: Answer[] = [];
  for (const key of excludedIn(old)) {
    if (excluded.has(key)) continue;
    const declined = ownDecline(key, old, news, isMe);
    if (!declined) continue;
    excluded.add(key);
    overrides.delete(key);
    if (declined !== 'known') hidden.push([key, declined, 'DECLINED']);
  }
  const kept = new Map<number, JcalComponent>();
  for (const [key, copy] of old.overrides) {
    if (overrides.has(key)) continue;
    const instance = instanceOf(whole, key);
    if (isCancelled(copy)) {
      // It is shown as cancelled until the attendee takes it away, or it takes place after all.
      if (!instance || excluded.has(key)) kept.set(key, copy);
      if (excluded.has(key)) excluded.delete(key);
    } else if (instance && !excluded.has(key)) {
      const own = merged(instance, whole, copy, old, isMe);
      if (saysMore(own, instance, whole, isMe)) kept.set(key, own);
    }
  }
  setExcluded(whole, excluded);
  return {parts: new Map<number | 'master', JcalComponent>([['master', master], ...overrides, ...kept]), hidden};
}

/**
 * An instance that the attendee's EXDATE leaves out and the message does not: whether they have declined it. `known`: the organizer knows.
 * With a higher SEQUENCE and no word of declining, it is an instance that the organizer had left out and now has again.
 */
function ownDecline(key: number, old: Series, news: Series, isMe: IsMe): JcalComponent | 'known' | undefined {
  if (!old.master) return undefined;
  const was = instanceOf(unexcluded(old), key);
  const is = counterpart(news, key);
  if (!was || !is || reschedulingOf(was, old.findZone, is, news.findZone).asks) return undefined;
  if (partstatOf(myself(is, isMe)) === 'DECLINED') return 'known';
  return !news.overrides.has(key) && sequenceOf(is) <= sequenceOf(was) ? was : undefined;
}

/** Whether an override has something of the attendee's own that its series has not. */
function saysMore(own: JcalComponent, instance: JcalComponent, {findZone}: Series, isMe: IsMe): boolean {
  if (partstatOf(myself(own, isMe)) !== partstatOf(myself(instance, isMe))) return true;
  const rest = (component: JcalComponent) =>
    JSON.stringify([component[1].filter(each => !isShared(component, each) && !edition.has(each[0])).sort(), component[2]]);
  return rest(own) !== rest(instance) || differences(meaningOf(own, findZone), meaningOf(instance, findZone)).length > 0;
}

const edition = new Set(['dtstamp', 'sequence', 'created', 'last-modified']);

/** A message with instances alone changes these. */
function someInstances(old: Series, news: Series, isMe: IsMe): Taken {
  const overrides = new Map(old.overrides);
  const excluded = excludedIn(old);
  const strange: JcalComponent[] = [];
  let taken = false;
  for (const [key, part] of news.overrides) {
    const copy = old.overrides.get(key);
    if (copy ? isPast(part, copy, old) : old.master && isOlder(part, old.master)) continue;
    // What is said after all was cancelled is about another series.
    if (old.master && !isCancelled(old.master) && !copy && !excluded.has(key) && !instanceOf(old, key)) {
      strange.push(part);
      continue;
    }
    // Who has declined this one, and taken it away, is not bothered with it.
    if (!old.master && !copy && partstatOf(myself(part, isMe)) === 'DECLINED') continue;
    taken = true;
    if (excluded.has(key)) {
      if (ownDecline(key, old, news, isMe) === 'known') continue;
      excluded.delete(key);
    }
    overrides.set(key, merged(part, news, counterpart(old, key), old, isMe));
  }
  for (const [key, part] of news.overrides) {
    if (overrides.get(key) !== old.overrides.get(key) && isForFuture(part)) takeAlong(key, overrides, old, news, isMe);
  }
  const more = strange.length > 0 ? {strange} : {};
  if (!taken) return {parts: undefined, hidden: [], ...more};
  const master = old.master && structuredClone(old.master);
  if (master) setExcluded({...old, master}, excluded);
  return {
    parts: new Map<number | 'master', JcalComponent>([...(master ? [['master', master] as const] : []), ...overrides]),
    hidden: [],
    ...more,
  };
}

/**
 * All that follow are meant by an override with RANGE=THISANDFUTURE (RFC 5545 §3.2.13): also those that the attendee has overrides of for
 * no more than what is their own. In place.
 */
function takeAlong(from: number, overrides: Map<number, JcalComponent>, old: Series, news: Series, isMe: IsMe): void {
  for (const [key, copy] of old.overrides) {
    if (key <= from || news.overrides.has(key) || isCancelled(copy) || isForFuture(copy)) continue;
    const usual = instanceOf(withoutOverride(old, key), key);
    if (!usual || differences(meaningOf(usual, old.findZone), meaningOf(copy, old.findZone)).length > 0) continue;
    const findZone: FindZone = tzid => old.findZone(tzid) ?? news.findZone(tzid);
    const anew = withoutOverride({...old, overrides, findZone}, key);
    const instance = instanceOf(anew, key);
    if (instance) overrides.set(key, merged(instance, anew, copy, old, isMe));
  }
}

/** What the attendee has answered and the message does not say: their reply had not come when it was sent. */
function* unknownToOrganizer(parts: Parts, news: Series, isMe: IsMe): Generator<Answer> {
  for (const [key, part] of parts) {
    const said = key === 'master' ? news.master : (news.overrides.get(key) ?? news.master);
    const [mine, theirs] = [myself(part, isMe), said && myself(said, isMe)];
    if (!isCancelled(part) && mine && theirs && partstatOf(mine) !== partstatOf(theirs)) yield [key, part];
  }
}
