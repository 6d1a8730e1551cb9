import {randomBytes} from 'node:crypto';
import {parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import type {Message, Method} from '../itip/message.ts';
import type {HomeUnit, Path, StoredObject} from '../store/store.ts';
import {type Element, element, elements, text} from '../xml/element.ts';
import {calendarserver, dav, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {printAlone} from '../xml/print.ts';
import {uidAttributes, uidIn} from './kept-uid.ts';
import {outboxIn} from './scheduling-collection.ts';

/** What a home owes to others: a message, kept in its Outbox until all recipients have it. */
export interface Duty {
  readonly path: Path;
  /** The same for each recipient save `to`, which is the first one's. */
  readonly message: Message;
  /** Calendar addresses of those who do not have it yet. */
  readonly recipients: readonly string[];
}

/** Beside the message: who it is from and for. */
const deliveryProperty: Name = calendarserver('delivery');

/**
 * Stages messages in the Outbox of the home that owes them, in their order; what is the same for several is kept once. The home must be
 * one that has an Outbox.
 */
export function stageDuties(messages: readonly Message[], unit: HomeUnit): void {
  const outbox = outboxIn(unit);
  if (!outbox) throw new Error(`${unit.home} has no Outbox`);
  for (const group of grouped(messages)) {
    const [{calendar}] = group;
    const recipients = group.map(({to}) => to);
    const properties = new Map([[deliveryProperty, printDelivery(group[0], recipients)]]);
    unit.put(`${outbox.path}/${nextName()}`, new TextEncoder().encode(printCalendar(calendar)), undefined, properties);
  }
}

/** Stages that these recipients are all that are left; none: the duty is done. */
export function stageLeft({path, message}: Duty, left: readonly string[], unit: HomeUnit): void {
  if (!unit.find(path)) return;
  if (left.length === 0) unit.delete(path);
  else unit.setProperties(path, new Map([[deliveryProperty, printDelivery(message, left)]]));
}

/** What the duty is about that an object in an Outbox is. */
export function aboutIn({properties}: StoredObject): {method: string | undefined; uid: string | undefined} | undefined {
  const printed = properties.get(deliveryProperty);
  if (printed === undefined) return undefined;
  const {attributes} = parseXml(printed);
  return {method: attributes.method, uid: uidIn(attributes)};
}

/** The duty that an object in an Outbox is; undefined where it is none. Throws IcalError where it is damaged. */
export function readDuty({path, properties}: StoredObject, bytes: Uint8Array): Duty | undefined {
  const printed = properties.get(deliveryProperty);
  if (printed === undefined) return undefined;
  const delivery = parseXml(printed);
  const recipients = elements(delivery, dav('href')).map(text);
  const {method, sequence, from, quiet} = delivery.attributes;
  const message: Message = {
    method: method as Method,
    uid: uidIn(delivery.attributes) ?? '',
    from: from ?? '',
    to: recipients[0] ?? '',
    sequence: Number(sequence),
    calendar: parseCalendar(bytes),
    ...(quiet === undefined ? {} : {quiet: quiet === 'told' ? quiet : 'refresh'}),
  };
  return {path, message, recipients};
}

type Group = [Message, ...Message[]];

/** What follows one another and differs in its recipient alone. */
function grouped(messages: readonly Message[]): Group[] {
  const groups: Group[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.[0].calendar === message.calendar && last[0].quiet === message.quiet) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function printDelivery({method, uid, sequence, from, quiet}: Message, recipients: readonly string[]): string {
  const delivery: Element = {
    name: deliveryProperty,
    attributes: {method, ...uidAttributes(uid), sequence: String(sequence), from, ...(quiet ? {quiet} : {})},
    children: recipients.map(recipient => element(dav('href'), recipient)),
  };
  return printAlone(delivery);
}

let counter = 0;
const ownName = randomBytes(4).toString('hex');

/** Names are in the order in which duties came to be. */
function nextName(): string {
  counter = (counter + 1) % 1_000_000;
  return `${Date.now()}-${String(counter).padStart(6, '0')}-${ownName}.ics`;
}

/** Whether it was this process that staged a duty. */
export function isOwnDuty({path}: Pick<Duty, 'path'>): boolean {
  return path.endsWith(`-${ownName}.ics`);
}
