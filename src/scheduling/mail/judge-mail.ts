import ICAL from 'ical.js';
import {type JcalComponent, jcalOf, mainComponents, textOf} from '../../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../ical/parse.ts';
import {sameAddress} from '../../itip/address.ts';
import type {Message, Method} from '../../itip/message.ts';
import {addressOf, attendeesOf, organizerOf, parameter} from '../../itip/parties.ts';
import {emailIn, isOwn, isSameMailbox, tokenIn} from './addresses.ts';
import type {Invitation} from './invitations.ts';
import type {Read} from './read-mail.ts';

/** What is made of a mail: a message for an invitation's sender, or why it is none. */
export type Judged =
  | {readonly message: Message; readonly sender: string; readonly bounced?: undefined; readonly why?: undefined}
  | {readonly bounced: readonly string[]; readonly why: string; readonly message?: undefined}
  | {readonly why: string; readonly message?: undefined; readonly bounced?: undefined};

export interface Judging {
  /** The server's address. */
  readonly address: string;
  /** Whose Authentication-Results are believed; empty: none are looked at. */
  readonly authServId: string;
  byToken(token: string): Invitation | undefined;
  /** Milliseconds, and how long after an event's end answers are taken. */
  readonly now: number;
  readonly graceMs: number;
}

/** What an attendee may send (RFC 5546 §3.2). */
const fromAttendees = new Set<string>(['REPLY', 'COUNTER', 'REFRESH']);

/**
 * Whether a mail is an answer to an invitation of ours, from whom it was sent to, as far as mail can show that: it came to the address
 * that only they were given, is about that event and answers for them, and From is theirs. Where the own mail server's
 * Authentication-Results (RFC 8601) are believed, they must say that From is genuine.
 */
export function judgeMail(read: Read, judging: Judging): Judged {
  const {address, byToken, now, graceMs} = judging;
  if (read.bounce) return {bounced: read.bounce.messageIds, why: read.bounce.why};
  let why = 'there is no calendar in it';
  for (const {text, method: said} of read.calendars) {
    const calendar = parsed(text);
    if (!calendar) {
      why = 'its calendar cannot be read';
      continue;
    }
    // Outlook and others leave METHOD to the part's header.
    const method = (textOf(jcalOf(calendar), 'method') ?? said)?.toUpperCase();
    const parts = mainComponents(calendar);
    const [first] = parts;
    if (!first || !method || !fromAttendees.has(method)) {
      why = `its METHOD is ${method ?? 'missing'}: only what attendees send is taken by mail`;
      continue;
    }
    const tokens = [...read.to, ...parts.flatMap(part => emailIn(addressOf(organizerOf(part) ?? ['', {}, ''])) ?? [])];
    const token = tokens.map(to => tokenIn(address, to)).find(found => found !== undefined);
    const invitation = token === undefined ? undefined : byToken(token);
    if (!invitation || invitation.ends + graceMs < now) return {why: 'it does not come to an address that somebody was given'};
    const wrong = wrongWith(parts, invitation, read, judging);
    if (wrong) return {why: wrong};
    return {message: asSent(calendar, parts, method as Method, invitation, address), sender: invitation.sender};
  }
  return {why};
}

function parsed(text: string): Calendar | undefined {
  try {
    return parseCalendar(text);
  } catch {
    return undefined;
  }
}

/** Why the answer is not believed; undefined: it is. */
function wrongWith(
  parts: readonly JcalComponent[],
  {uid, attendee}: Invitation,
  read: Read,
  {authServId}: Judging,
): string | undefined {
  if (parts.some(part => textOf(part, 'uid') !== uid)) return 'it is about another event than its address';
  const mailbox = emailIn(attendee)!;
  const own = parts.flatMap(part => attendeesOf(part).filter(each => isOf(addressOf(each), mailbox)));
  const all = parts.flatMap(attendeesOf);
  if (all.length > 0 && own.length === 0) return 'it answers for somebody else than was invited';
  const acting = own.flatMap(each => emailIn(parameter(each, 'sent-by') ?? '') ?? []);
  const {from} = read;
  // RFC 6047 §2.3: From is the attendee, or who acts for them.
  if (from === undefined || ![mailbox, ...acting].some(one => isSameMailbox(from, one))) {
    return `From is not who was invited (${from ?? 'there is none, or more than one'})`;
  }
  return authServId === '' ? undefined : notGenuine(read.authenticationResults, authServId, from);
}

function isOf(address: string, mailbox: string): boolean {
  const email = emailIn(address);
  return email !== undefined && isSameMailbox(email, mailbox);
}

/**
 * What the own mail server found of From, by RFC 8601: DMARC passed, or DKIM or SPF for From's own domain, and DMARC did not fail. The
 * topmost of its headers is meant: others may have come with the message.
 */
export function notGenuine(headers: readonly string[], authServId: string, from: string): string | undefined {
  const own = headers.find(
    header =>
      header
        .replace(/\([^)]*\)/g, ' ')
        .trim()
        .split(/[\s;]/)[0]!
        .toLowerCase() === authServId.toLowerCase(),
  );
  if (own === undefined) return `${authServId} says nothing of who sent it`;
  const domain = from.slice(from.lastIndexOf('@') + 1).toLowerCase();
  const results = own
    .replace(/\([^)]*\)/g, ' ')
    .split(';')
    .slice(1)
    .map(each => {
      const [, method = '', result = ''] = /^\s*([\w-]+)(?:\/\d+)?\s*=\s*(\w+)/.exec(each) ?? [];
      const about =
        /\b(?:header\.d|header\.i|smtp\.mailfrom|header\.from)\s*=\s*"?([^\s";]+)/i.exec(each)?.[1]?.replace(/^.*@/, '') ?? '';
      return {method: method.toLowerCase(), result: result.toLowerCase(), about: about.toLowerCase()};
    });
  if (results.some(({method, result}) => method === 'dmarc' && result === 'fail'))
    return `${authServId} says that From is forged (DMARC)`;
  const aligned = (about: string) => about === domain || domain.endsWith(`.${about}`) || about.endsWith(`.${domain}`);
  const genuine = results.some(
    ({method, result, about}) =>
      result === 'pass' &&
      (method === 'dmarc' || ((method === 'dkim' || method === 'spf') && about.includes('.') && aligned(about))),
  );
  return genuine ? undefined : `${authServId} did not find From genuine`;
}

/** As if it had come from within: ORGANIZER and the ATTENDEE have the addresses they have in the organizer's calendar. */
function asSent(
  calendar: Calendar,
  parts: readonly JcalComponent[],
  method: Method,
  invitation: Invitation,
  own: string,
): Message {
  const {uid, organizer, attendee} = invitation;
  const mailbox = emailIn(attendee)!;
  const copies = parts.map(part => {
    const copy = structuredClone(part);
    for (const property of copy[1]) {
      if (property[0] !== 'organizer' && property[0] !== 'attendee') continue;
      const address = addressOf(property);
      const email = emailIn(address);
      if (property[0] === 'organizer' || (email !== undefined && isOwn(own, email))) property[3] = organizer;
      else if (isOf(address, mailbox) || sameAddress(address, attendee)) property[3] = attendee;
    }
    // A REPLY and a REFRESH are of one attendee; some programs leave ORGANIZER out.
    if (method !== 'COUNTER')
      copy[1] = copy[1].filter(property => property[0] !== 'attendee' || property[3] === attendee || isDelegate(property));
    if (!copy[1].some(([name]) => name === 'organizer')) copy[1].push(['organizer', {}, 'cal-address', organizer]);
    return copy;
  });
  const [name, properties, inner] = jcalOf(calendar);
  const head = [
    ...properties.filter(([each]) => each !== 'method').map(each => structuredClone(each)),
    ['method', {}, 'text', method],
  ];
  const zones = inner.filter(([each]) => each === 'vtimezone').map(each => structuredClone(each));
  return {
    method,
    uid,
    from: attendee,
    to: organizer,
    sequence: Math.max(...parts.map(part => Number(part[1].find(([each]) => each === 'sequence')?.[3] ?? 0) || 0)),
    calendar: {component: new ICAL.Component([name, head, [...zones, ...copies]])},
  };
}

/** RFC 5546 §3.2.2.3: who the attendee has handed it to is named beside them. */
function isDelegate(property: Parameters<typeof addressOf>[0]): boolean {
  return parameter(property, 'delegated-from') !== undefined;
}
