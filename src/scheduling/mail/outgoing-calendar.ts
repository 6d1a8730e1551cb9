import ICAL from 'ical.js';
import {type JcalProperty, jcalOf, mainComponents} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {sameAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import {addressOf} from '../../itip/parties.ts';
import {emailIn} from './addresses.ts';

/** Whether an organizer sends it: then answers are wanted. */
export function isFromOrganizer({method}: Pick<Message, 'method'>): boolean {
  return method === 'REQUEST' || method === 'ADD' || method === 'CANCEL' || method === 'DECLINECOUNTER';
}

/**
 * What goes out as text/calendar: a copy in which accounts are named by their e-mail addresses, for their others mean nothing elsewhere.
 * `answerTo` takes the organizer's place, because programs answer to ORGANIZER (RFC 6047 §2.2.3) and not to Reply-To; who that is stays
 * readable in CN and EMAIL (RFC 7986 §6.2). Times are not touched: RFC 6047 §2.5 has them with their VTIMEZONEs, as they are.
 */
export function outgoingCalendar(
  {calendar, from}: Pick<Message, 'calendar' | 'from'>,
  {answerTo, emailOf}: {answerTo: string | undefined; emailOf(address: string): string | undefined},
): Calendar {
  const copy: Calendar = {component: new ICAL.Component(structuredClone(jcalOf(calendar)))};
  for (const part of mainComponents(copy)) {
    for (const property of part[1]) {
      if (property[0] === 'organizer' || property[0] === 'attendee') readdress(property);
    }
  }
  return copy;

  function readdress(property: JcalProperty): void {
    const address = addressOf(property);
    const email = emailOf(address) ?? emailIn(address);
    if (answerTo !== undefined && sameAddress(address, from)) {
      property[3] = `mailto:${answerTo}`;
      if (email !== undefined) property[1].email = email;
    } else if (emailIn(address) === undefined && email !== undefined) property[3] = `mailto:${email}`;
    const sentBy = property[1]['sent-by'];
    if (typeof sentBy === 'string' && emailIn(sentBy) === undefined) {
      const acting = emailOf(sentBy);
      if (acting === undefined) delete property[1]['sent-by'];
      else property[1]['sent-by'] = `mailto:${acting}`;
    }
  }
}
