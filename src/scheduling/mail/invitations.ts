import {randomBytes} from 'node:crypto';
import type {DatabaseSync} from 'node:sqlite';
import ICAL from 'ical.js';
import {instancesOf, newBudget} from '../../ical/expand.ts';
import {firstProperty, jcalOf, mainComponents, textOf} from '../../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../../ical/parse.ts';
import {normalAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import {printedText} from '../printed.ts';

/** Somebody outside who has been invited to something, and what they may answer with. */
export interface Invitation {
  /** In the address that answers by mail come to: letters and digits. */
  readonly token: string;
  /** In the address of the page to answer on. */
  readonly link: string;
  /** GUID of whose invitation it is. */
  readonly sender: string;
  readonly organizer: string;
  readonly attendee: string;
  readonly uid: string;
  /** What they know of it. */
  readonly calendar: string;
  /** When its last instance is over; milliseconds. */
  readonly ends: number;
}

/** A series without an end, or of more instances than are worth counting, is answered for so long after its last message. */
const endlessMs = 5 * 366 * 86_400_000;

/** The invitations of a mail file. */
export class Invitations {
  readonly #find;
  readonly #byToken;
  readonly #byLink;
  readonly #put;
  readonly #purge;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT * FROM invitations WHERE sender = ? AND attendee_key = ? AND uid = ?');
    this.#byToken = database.prepare('SELECT * FROM invitations WHERE token = ?');
    this.#byLink = database.prepare('SELECT * FROM invitations WHERE link = ?');
    this.#put =
      database.prepare(`INSERT INTO invitations (token, link, sender, organizer, attendee, attendee_key, uid, calendar, ends)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (sender, attendee_key, uid) DO UPDATE SET organizer = excluded.organizer, calendar = excluded.calendar, ends = excluded.ends`);
    this.#purge = database.prepare('DELETE FROM invitations WHERE ends < ?');
  }

  byToken(token: string): Invitation | undefined {
    return this.#byToken.get(token) as unknown as Invitation | undefined;
  }

  byLink(link: string): Invitation | undefined {
    return this.#byLink.get(link) as unknown as Invitation | undefined;
  }

  /** What somebody was told of an event. */
  find(sender: string, attendee: string, uid: string): Invitation | undefined {
    return this.#find.get(sender, normalAddress(attendee), uid) as unknown as Invitation | undefined;
  }

  /** Keeps what an organizer's message has told somebody; `renewed`: they had been told of it before. */
  note(message: Message, sender: string, now: number): {token: string; renewed: boolean} {
    const {from, to, uid} = message;
    const key = normalAddress(to);
    const before = this.find(sender, to, uid);
    const known = before && parseCalendar(before.calendar);
    const calendar = message.method === 'REQUEST' || message.method === 'ADD' ? merge(known, message.calendar) : known;
    const over =
      message.method === 'CANCEL' && mainComponents(message.calendar).some(part => !firstProperty(part, 'recurrence-id'));
    const token = before?.token ?? newToken();
    const kept = calendar ?? message.calendar;
    const ends = over ? now : endOf(kept, now);
    this.#put.run(
      token,
      before?.link ?? randomBytes(24).toString('base64url'),
      sender,
      from,
      to,
      key,
      uid,
      printedText(kept),
      ends,
    );
    return {token, renewed: before !== undefined};
  }

  /** Forgets those of what was over before `time`. */
  purge(time: number): void {
    this.#purge.run(time);
  }
}

/** Letters and digits of one case, for mail servers that change it: 128 bits. */
function newToken(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(36)
    .padStart(25, '0');
}

/** What somebody knows after a message: a new whole takes the place of all, instances that of their like. */
export function merge(known: Calendar | undefined, told: Calendar): Calendar {
  const news = mainComponents(told);
  if (!known || news.some(part => !firstProperty(part, 'recurrence-id'))) return told;
  const ids = new Set(news.map(part => textOf(part, 'recurrence-id')));
  const [name, properties] = jcalOf(told);
  const zones = new Map(
    [known, told]
      .flatMap(each => jcalOf(each)[2])
      .filter(([type]) => type === 'vtimezone')
      .map(zone => [textOf(zone, 'tzid'), zone]),
  );
  const kept = mainComponents(known).filter(part => {
    const id = textOf(part, 'recurrence-id');
    return id === undefined || !ids.has(id);
  });
  return {component: new ICAL.Component([name, properties, [...zones.values(), ...kept, ...news]])};
}

/** When the last instance is over; for what has no end, a time that is far. */
export function endOf(calendar: Calendar, now: number): number {
  const budget = newBudget(20_000);
  let end = -Infinity;
  let count = 0;
  for (const instance of instancesOf(calendar, {budget})) {
    for (const span of instance.spans) end = Math.max(end, span.end);
    if (++count > 2_000 || end > now + endlessMs) return now + endlessMs;
  }
  return budget.reached !== undefined || !Number.isFinite(end) ? now + endlessMs : end;
}
