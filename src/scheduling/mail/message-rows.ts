import {createHash} from 'node:crypto';
import {parseCalendar} from '../../ical/parse.ts';
import {normalAddress} from '../../itip/address.ts';
import type {Message, Method} from '../../itip/message.ts';
import {printedText} from '../printed.ts';

/** A message as the tables of the mail file keep it. */
export interface MessageRow {
  readonly method: Method;
  readonly uid: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly sequence: number;
  readonly calendar: string;
}

/** What a message is, for the tables. */
export function rowOf({method, uid, from, to, sequence, calendar}: Message): MessageRow {
  return {method, uid, from_address: from, to_address: to, sequence, calendar: printedText(calendar)};
}

/** The message a row holds. */
export function messageOf(row: MessageRow): Message {
  return {
    method: row.method,
    uid: row.uid,
    from: row.from_address,
    to: row.to_address,
    sequence: row.sequence,
    calendar: parseCalendar(row.calendar),
  };
}

/**
 * What makes two messages one: from whom, to whom and all that they say, when it was said included. Of two changes within the same second
 * (DTSTAMP) that leave SEQUENCE as it is each is told.
 */
export function keyOf({method, uid, from, to, calendar}: Message): string {
  const all = [method, uid, normalAddress(from), normalAddress(to), printedText(calendar)];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 40);
}
