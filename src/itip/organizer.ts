import {type JcalComponent, type JcalProperty, jcalOf, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {normalAddress, sameAddress} from './address.ts';
import {envelope} from './envelope.ts';
import {cancelled, type Party, partiesOf, plannedFor, type Side} from './invitations.ts';
import {
  type IsMe,
  ItipError,
  type Message,
  type Method,
  type OrganizerChange,
  type OrganizerResult,
  type Quiet,
} from './message.ts';
import {putRight, settleSequence} from './organizer-data.ts';
import {addressOf, attendeesIn, organizerIn, organizerOf, requireOneOrganizer} from './parties.ts';
import {copyOf, partsOf, type Series, sequenceOf, seriesOf, setProperty} from './series.ts';

/**
 * What an organizer's change is for everybody else (RFC 6638 §3.2.1, RFC 5546 §3.2): the calendar to store, and who is invited, told of
 * the change or told that it is cancelled, each for the instances they are invited to. Throws ItipError.
 */
export function organizerChange(change: OrganizerChange): OrganizerResult {
  const {before, after, isMe, now} = change;
  if (after) requireOrganizer(before, after, isMe);
  const old = before && seriesOf(before);
  const stored = after && seriesOf(copyOf(after));
  const right = stored && putRight(stored, old, change);
  const was: Side = {series: old, parties: old ? partiesOf(old, isMe) : new Map()};
  const is: Side = {series: stored, parties: stored ? partiesOf(stored, isMe) : new Map()};
  const raises = (right?.raises ?? false) || anyLossOrReturn(was, is);
  const sequence = stored ? settleSequence(stored, old, raises) : Math.max(0, ...(old ? partsOf(old) : []).map(sequenceOf)) + 1;
  const organizer = organizerPropertyIn(stored) ?? organizerPropertyIn(old);
  const sending = organizer && {right, sequence, organizer, now};
  const messages = sending ? (old && !stored ? removalFor(old, isMe, sending) : messagesFor(was, is, sending)) : [];
  const isSame = stored !== undefined && JSON.stringify(jcalOf(stored.calendar)) === JSON.stringify(jcalOf(after!));
  return {calendar: isSame ? after : stored?.calendar, messages};
}

/** RFC 6638 §3.2.4.2, §3.2.4.3. Who has let go of everybody may let go of ORGANIZER too. */
function requireOrganizer(before: Calendar | undefined, after: Calendar, isMe: IsMe): void {
  requireOneOrganizer(after);
  const [was, is] = [before && organizerIn(before), organizerIn(after)];
  if (was !== undefined && is !== undefined && !sameAddress(was, is)) {
    throw new ItipError('organizer changed', `the ORGANIZER is ${was} and cannot become ${is}`);
  }
  if (was !== undefined && is === undefined && [...attendeesIn(after).values()].some(address => !isMe(address))) {
    throw new ItipError('organizer changed', `the ORGANIZER is ${was}, and somebody is invited still`);
  }
}

function organizerPropertyIn(series: Series | undefined): JcalProperty | undefined {
  return (
    series &&
    partsOf(series)
      .map(organizerOf)
      .find(each => each !== undefined)
  );
}

/**
 * The whole is removed (RFC 6638 §3.2.1.3). Who was invited to some instances alone has no other left: theirs is no less the whole, and
 * RECURRENCE-ID "MUST NOT be specified" (RFC 5546 §3.2.5). Who has been told that all of it is cancelled needs no e-mail of that again.
 */
function removalFor(old: Series, isMe: IsMe, {sequence, organizer, now}: Sending): Message[] {
  const open = partiesOf(old, isMe);
  const calendars = new Map<JcalComponent, Calendar>();
  const calendarOf = (component: JcalComponent) => {
    const known = calendars.get(component);
    if (known) return known;
    const sent = cancelled(component, {now, sequence, organizer, everybody: true, names: () => true});
    setProperty(sent, 'recurrence-id', undefined);
    const calendar = envelope('CANCEL', [sent], old.calendar);
    calendars.set(component, calendar);
    return calendar;
  };
  return [...partiesOf(old, isMe, {withCancelled: true})].map(([key, {address, keys}]): Message => {
    const [first] = open.get(key)?.keys ?? keys;
    const component = first === 'master' || first === undefined ? old.master! : old.overrides.get(first)!;
    const message = {
      method: 'CANCEL' as const,
      uid: textOf(component, 'uid') ?? '',
      from: addressOf(organizer),
      to: address,
      sequence,
    };
    return {...message, calendar: calendarOf(component), ...(open.has(key) ? {} : {quiet: 'told' as const})};
  });
}

/** Whether somebody is no longer invited to something, or to an instance of their series that they were not: theirs has an EXDATE less. */
function anyLossOrReturn(was: Side, is: Side): boolean {
  for (const [address, {keys}] of was.parties) {
    const now = is.parties.get(address)?.keys;
    for (const key of keys) {
      if (now?.has(key)) continue;
      if (key === 'master' || !now?.has('master') || is.series?.overrides.has(key)) return true;
    }
    if (!keys.has('master') || !now?.has('master')) continue;
    for (const key of is.series?.overrides.keys() ?? []) {
      const isNew = !was.series?.overrides.has(key);
      if (isNew ? !now.has(key) : now.has(key) && !keys.has(key)) return true;
    }
  }
  return false;
}

interface Sending {
  readonly right: ReturnType<typeof putRight> | undefined;
  readonly sequence: number;
  readonly organizer: JcalProperty;
  readonly now: number;
}

/** Who is invited to the same, and was, is sent the same: of a thousand attendees most are. */
function messagesFor(was: Side, is: Side, sending: Sending): Message[] {
  const {right} = sending;
  const groups = new Map<string, Party[]>();
  const addresses = new Map([...was.parties, ...is.parties]);
  for (const [address, party] of addresses) {
    const sign = [
      keysText(was.parties.get(address)),
      keysText(is.parties.get(address)),
      [...(right?.asked.get(address) ?? [])].join(),
      right?.forced.has(address) ?? false,
    ].join('|');
    const group = groups.get(sign);
    if (group) group.push(party);
    else groups.set(sign, [party]);
  }
  return [...groups.values()].flatMap(group => groupMessages(was, is, group, sending));
}

function keysText(party: Party | undefined): string {
  return party ? [...party.keys].join() : '-';
}

function groupMessages(was: Side, is: Side, group: readonly Party[], {right, sequence, organizer, now}: Sending): Message[] {
  const key = normalAddress(group[0]!.address);
  const plan = plannedFor(was, is, key, {asked: right?.asked.get(key) ?? new Set(), forced: right?.forced.has(key) ?? false});
  const members = new Set(group.map(({address}) => normalAddress(address)));
  const messages: Message[] = [];
  const send = (method: Method, components: readonly JcalComponent[], from: Series, quiet?: Quiet) => {
    const calendar = envelope(method, components, from.calendar);
    const highest = Math.max(0, ...components.map(sequenceOf));
    const [first] = components;
    const uid = String(first?.[1].find(([name]) => name === 'uid')?.[3] ?? '');
    for (const {address} of group) {
      const message = {method, uid, from: addressOf(organizer), to: address, sequence: highest, calendar};
      messages.push(quiet ? {...message, quiet} : message);
    }
  };
  if (is.series && plan.lastWords) send('REQUEST', plan.lastWords.components(now, organizer), is.series, plan.lastWords.quiet);
  if (was.series && plan.cancels.length > 0) {
    const components = plan.cancels.map(each =>
      cancelled(each.component, {
        now,
        sequence,
        organizer,
        everybody: each.everybody,
        names: address => members.has(normalAddress(address)),
      }),
    );
    send('CANCEL', components, was.series);
  }
  if (is.series && plan.request) send('REQUEST', plan.request.components(now, organizer), is.series, plan.request.quiet);
  return messages;
}

/** What an attendee is to know now, as one REQUEST, or undefined where they are not invited: what REFRESH asks for (RFC 5546 §3.2.6). */
export function requestFor(calendar: Calendar, address: string, {isMe, now}: {isMe: IsMe; now: number}): Message | undefined {
  const series = seriesOf(calendar);
  const side: Side = {series, parties: partiesOf(series, isMe)};
  const party = side.parties.get(normalAddress(address));
  const organizer = organizerPropertyIn(series);
  if (!party || !organizer) return undefined;
  const nothing: Side = {series: undefined, parties: new Map()};
  const sending = {right: undefined, sequence: 0, organizer, now};
  return groupMessages(nothing, side, [party], sending).find(({method}) => method === 'REQUEST');
}

/**
 * The whole as everybody else who is invited is to see it, for copies alone, after a reply: they show who comes. There is one calendar for
 * all who are invited to the same.
 */
export function refreshesFor(
  calendar: Calendar,
  {isMe, now, except}: {isMe: IsMe; now: number; except?: string | undefined},
): Message[] {
  const series = seriesOf(calendar);
  const parties = partiesOf(series, isMe);
  if (except !== undefined) parties.delete(normalAddress(except));
  const organizer = organizerPropertyIn(series);
  if (!organizer) return [];
  const sending = {right: undefined, sequence: 0, organizer, now};
  const nothing: Side = {series: undefined, parties: new Map()};
  return messagesFor(nothing, {series, parties}, sending).map(message => ({...message, quiet: 'refresh' as const}));
}
