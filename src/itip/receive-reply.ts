import {firstProperty, type JcalComponent, type JcalProperty, jcalOf} from '../ical/jcal.ts';
import {sameAddress} from './address.ts';
import {stamp} from './envelope.ts';
import {differences, meaningOf, reschedulingOf} from './meaning.ts';
import {type Message, nothingChanged, type Receipt, type Received} from './message.ts';
import {requestFor} from './organizer.ts';
import {counterpart} from './organizer-data.ts';
import {addressOf, attendeesOf, isServed, parameter, partstatOf, setParameters} from './parties.ts';
import {attendeeComment, commentsOf, privateComment} from './private-comments.ts';
import {inKeysOf} from './receive-request.ts';
import {changedBetween, isSameCalendar, lately, statusIn} from './received-copy.ts';
import {copyOf, instanceOf, isForFuture, partsOf, type Series, sequenceOf, seriesOf} from './series.ts';
import {nextInstance, setForFuture} from './this-and-future.ts';

/** REPLY (RFC 5546 §3.2.3) for an organizer: an attendee's PARTSTAT, of the series or of instances, which become overrides by it. */
export function receiveReply({mine, message, isMe, now}: Receipt): Received {
  const stored = seriesOf(copyOf(mine!));
  const news = inKeysOf(stored, seriesOf(message.calendar));
  const seen = new Seen(now);
  const followed = news.master && applyToSeries(stored, news.master, news, message, seen);
  for (const [key, part] of news.overrides) applyToInstance(stored, key, part, news, message, seen, followed);
  if (news.master && followed) {
    const now = findAttendee(stored.master!, followed);
    follow(stored, news, {part: news.master, before: followed, now, after: -Infinity}, seen);
  }
  if (!seen.attendee) return {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: []};
  if (!seen.isLate) markReplied(stored, news, seen.attendee);
  const {calendar} = stored;
  const isSame = isSameCalendar(calendar, mine!);
  // Who takes an invitation away while an update is on its way to them has it again, and must come to know that they have declined.
  const mayDiffer = seen.isLate || (!isSame && seen.declines);
  const answers = [...seen.delegates, ...(mayDiffer ? [seen.attendee] : [])].flatMap((address, index) => {
    const answer = requestFor(calendar, address, {isMe, now});
    const required = index < seen.delegates.length;
    return answer ? [{message: required ? answer : {...answer, quiet: 'refresh' as const}, required}] : [];
  });
  const {attendee, partstat} = seen;
  return lately({calendar: isSame ? 'unchanged' : calendar, what: 'reply', answers}, () => {
    const changed = isSame ? nothingChanged : changedBetween(mine, calendar, () => false);
    return {...changed, ...(attendee === undefined ? {} : {attendee}), ...(partstat ? {partstat} : {})};
  });
}

/**
 * SCHEDULE-STATUS is of the last message between the two, whichever components it was about (RFC 6638 §3.2.9, §7.3): also where they had
 * answered before.
 */
function markReplied(stored: Series, news: Series, address: string): void {
  const [first] = partsOf(news);
  for (const part of partsOf(stored)) {
    const own = attendeesOf(part).find(each => sameAddress(addressOf(each), address));
    if (!first || !own || !isServed(own) || partstatOf(own) === 'NEEDS-ACTION') continue;
    if (parameter(own, 'schedule-status') === '1.2') setParameters(own, {'schedule-status': statusIn(first)});
  }
}

/** What a reply has come to so far. */
class Seen {
  readonly now: number;
  attendee: string | undefined;
  partstat: string | undefined;
  /** It answers what is no longer the newest, though nothing was re-scheduled since. */
  isLate = false;
  declines = false;
  delegates: string[] = [];

  constructor(now: number) {
    this.now = now;
  }
}

/** The ATTENDEE that answers (§3.2.3: there is one, and their delegate). */
function answeringIn(part: JcalComponent, {from}: Message): JcalProperty | undefined {
  const attendees = attendeesOf(part);
  return attendees.find(each => sameAddress(addressOf(each), from)) ?? attendees[0];
}

/** Answers who, and what they had said before; undefined: it goes for nothing. */
function applyToSeries(
  stored: Series,
  part: JcalComponent,
  news: Series,
  message: Message,
  seen: Seen,
): JcalProperty | undefined {
  const answer = answeringIn(part, message);
  if (!answer || !stored.master) return undefined;
  const known = findAttendee(stored.master, answer);
  const before = known && structuredClone(known);
  return apply(stored, stored.master, part, news, answer, seen) ? before : undefined;
}

/** `series`: what the attendee had said to the series before this same reply. */
function applyToInstance(
  stored: Series,
  key: number,
  part: JcalComponent,
  news: Series,
  message: Message,
  seen: Seen,
  series: JcalProperty | undefined,
): void {
  const answer = answeringIn(part, message);
  const there = stored.overrides.get(key);
  const component = there ?? instanceOf(stored, key);
  if (!answer || !component) return;
  const before = JSON.stringify(component);
  const known = structuredClone(findAttendee(component, answer));
  const rest = isForFuture(there) && !isForFuture(part) ? restOf(stored, key) : undefined;
  if (!apply(stored, component, part, news, answer, seen, there ? undefined : series)) return;
  if (isForFuture(part))
    applyToRest(stored, key, {part, answer, before: known, now: findAttendee(component, answer)}, news, seen);
  if (rest) {
    setForFuture(component, false);
    addOverride(stored, rest.key, rest.component);
  }
  if (there) return;
  const instance = instanceOf(stored, key);
  const usual = instance && findAttendee(instance, answer);
  if (JSON.stringify(component) === before || (usual && isSameAnswer(usual, component, answer))) return;
  if (isForFuture(part)) setForFuture(component, true);
  addOverride(stored, key, component);
}

function addOverride(stored: Series, key: number, component: JcalComponent): void {
  stored.overrides.set(key, component);
  jcalOf(stored.calendar)[2].push(component);
}

/** What an override for its instance and all that follow is for these, where its own instance becomes another. */
function restOf(stored: Series, key: number): {key: number; component: JcalComponent} | undefined {
  const next = nextInstance(stored, key);
  const component = next === undefined ? undefined : instanceOf(stored, next);
  if (next === undefined || !component) return undefined;
  setForFuture(component, true);
  return {key: next, component};
}

/**
 * RANGE=THISANDFUTURE (RFC 5545 §3.2.13): an answer to all instances from one on. Where that one has an override of its own, which is not
 * about them, the next is the one that it is kept with.
 */
function applyToRest(
  stored: Series,
  key: number,
  {part, answer, before, now}: {part: JcalComponent; answer: JcalProperty} & Record<'before' | 'now', JcalProperty | undefined>,
  news: Series,
  seen: Seen,
): void {
  const there = stored.overrides.get(key);
  const rest = there && !isForFuture(there) ? restOf(stored, key) : undefined;
  const usual = rest && findAttendee(rest.component, answer);
  if (rest && usual && partstatOf(usual) !== partstatOf(answer)) {
    const said: JcalComponent = [part[0], part[1].filter(([name]) => name !== 'dtstart' && name !== 'due'), []];
    if (apply(stored, rest.component, said, news, answer, seen)) addOverride(stored, rest.key, rest.component);
  }
  if (before) follow(stored, news, {part, before, now, after: key}, seen);
}

/** Whether an instance would be overridden only to say again what its series says. */
function isSameAnswer(series: JcalProperty, component: JcalComponent, answer: JcalProperty): boolean {
  const own = findAttendee(component, answer);
  const comments = component[1].some(([name]) => name === attendeeComment);
  return (
    !comments && partstatOf(own) === partstatOf(series) && parameter(own, 'delegated-to') === parameter(series, 'delegated-to')
  );
}

function findAttendee(component: JcalComponent, like: JcalProperty): JcalProperty | undefined {
  return attendeesOf(component).find(each => sameAddress(addressOf(each), addressOf(like)));
}

/** Answers whether the reply goes for this component. `before`: what the attendee had said, where this reply has changed it already. */
function apply(
  stored: Series,
  component: JcalComponent,
  part: JcalComponent,
  news: Series,
  answer: JcalProperty,
  seen: Seen,
  before?: JcalProperty,
): boolean {
  const isLate = sequenceOf(part) < sequenceOf(component);
  if (isLate && !isAboutTheSame(component, stored, part, news)) return false;
  let known = findAttendee(component, answer);
  if (!known) {
    known = delegateOf(component, answer);
    if (!known) return false;
    component[1].push(known);
  }
  if (!isServed(known)) return false;
  seen.attendee = addressOf(known);
  seen.partstat = partstatOf(answer);
  seen.isLate ||= isLate;
  seen.declines ||= seen.partstat === 'DECLINED';
  if (partstatOf(answer) === 'NEEDS-ACTION' && partstatOf(before ?? known) !== 'NEEDS-ACTION') {
    // Nobody takes an answer back: it was given after this one was left open.
    seen.isLate = true;
    return true;
  }
  const to = parameter(answer, 'delegated-to');
  setParameters(known, {
    partstat: partstatOf(answer),
    'schedule-status': statusIn(part),
    'delegated-to': to === undefined ? undefined : [to],
    ...(partstatOf(answer) === 'NEEDS-ACTION' ? {} : {rsvp: undefined}),
  });
  if (to !== undefined) addDelegate(component, part, addressOf(known), to, seen);
  keepComment(component, part, addressOf(known), seen.now);
  return true;
}

const when = ['DTSTART', 'DTEND', 'DUE', 'RRULE', 'RDATE'];

/** Whether a reply to an older SEQUENCE is about what still stands: that is when it says it is. What it leaves out is not compared. */
function isAboutTheSame(component: JcalComponent, stored: Series, part: JcalComponent, news: Series): boolean {
  const [is, said] = [meaningOf(component, stored.findZone), meaningOf(part, news.findZone)];
  if (!said.has('DTSTART') && !said.has('DUE')) return false;
  const hasEnd = part[1].some(([name]) => name === 'dtend' || name === 'duration' || name === 'due');
  return !differences(is, said).some(name => when.includes(name) && said.has(name) && (name !== 'DTEND' || hasEnd));
}

/**
 * Who answers for somebody that was invited and has named them (RFC 5546 §3.2.2.3): they are on the list by that. Nobody is by saying so
 * themselves: they would be shown all of it.
 */
function delegateOf(component: JcalComponent, answer: JcalProperty): JcalProperty | undefined {
  const from = parameter(answer, 'delegated-from');
  const delegator = from === undefined ? undefined : attendeesOf(component).find(each => sameAddress(addressOf(each), from));
  const to = parameter(delegator, 'delegated-to');
  if (to === undefined || !sameAddress(to, addressOf(answer))) return undefined;
  const added = structuredClone(answer);
  for (const name of Object.keys(added[1])) if (name.startsWith('x-') || name.startsWith('schedule-')) delete added[1][name];
  return added;
}

function addDelegate(component: JcalComponent, part: JcalComponent, from: string, to: string, seen: Seen): void {
  if (attendeesOf(component).some(each => sameAddress(addressOf(each), to))) return;
  const said = attendeesOf(part).find(each => sameAddress(addressOf(each), to));
  const {cn, cutype, role} = said?.[1] ?? {};
  const parameters = Object.fromEntries(Object.entries({cn, cutype, role}).filter(([, value]) => value !== undefined));
  const added = {...parameters, partstat: 'NEEDS-ACTION', rsvp: 'TRUE', 'delegated-from': [from]} as JcalProperty[1];
  component[1].push(['attendee', added, 'cal-address', to]);
  if (!seen.delegates.some(each => sameAddress(each, to))) seen.delegates.push(to);
}

/**
 * What an attendee tells the organizer alone (caldav-privatecomments §3.2): kept with whose it is, and when it came. One that is taken
 * back is kept as empty.
 */
function keepComment(component: JcalComponent, part: JcalComponent, address: string, now: number): void {
  const said = firstProperty(part, privateComment);
  const value = String(said?.[3] ?? '');
  const known = commentsOf(component, address);
  if (value === String(known[0]?.[3] ?? '')) return;
  const at = String(stamp(now)[3]).replace(/[-:]/g, '');
  const {language, altrep} = said?.[1] ?? {};
  const parameters = {
    ...(language === undefined ? {} : {language}),
    ...(altrep === undefined ? {} : {altrep}),
    'x-calendarserver-attendee-ref': address,
    'x-calendarserver-dtstamp': at,
  };
  component[1] = component[1].filter(property => !known.includes(property));
  component[1].push([attendeeComment, parameters, 'unknown', value]);
}

/**
 * The answer to a series goes for the overrides that the attendee has not answered otherwise: those that are there because of others'
 * answers they may not even have. Not for one that was moved since.
 */
function follow(
  stored: Series,
  news: Series,
  {part, before, now, after}: {part: JcalComponent; before: JcalProperty; now: JcalProperty | undefined; after: number},
  seen: Seen,
): void {
  if (!now || seen.attendee === undefined) return;
  const status = statusIn(part);
  for (const [key, component] of stored.overrides) {
    const own = findAttendee(component, before);
    if (key <= after || !own || !isServed(own) || news.overrides.has(key)) continue;
    if (partstatOf(own) === partstatOf(now)) {
      setParameters(own, {'schedule-status': status});
      continue;
    }
    if (partstatOf(own) !== partstatOf(before)) continue;
    const usual = counterpart({...stored, overrides: new Map()}, key);
    const moved = !usual || reschedulingOf(usual, stored.findZone, component, stored.findZone).asks;
    if (moved && sequenceOf(part) < sequenceOf(component)) continue;
    setParameters(own, {partstat: now[1].partstat, rsvp: now[1].rsvp, 'schedule-status': status});
  }
}
