import {mainComponents, textOf} from '../../ical/jcal.ts';
import {parseCalendar} from '../../ical/parse.ts';
import {sameAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import {replyOf, replyPart} from '../../itip/reply.ts';
import type {Invitation} from './invitations.ts';

export type Answer = 'ACCEPTED' | 'TENTATIVE' | 'DECLINED';

/** The REPLY that an invitation is answered with on a page: for all that was told of it and is not cancelled. */
export function answerTo({calendar, attendee}: Invitation, answer: Answer, now: number): Message | undefined {
  const told = parseCalendar(calendar);
  const parts = mainComponents(told).filter(part => textOf(part, 'status')?.toUpperCase() !== 'CANCELLED');
  return replyOf(
    parts.map(part => replyPart(part, address => sameAddress(address, attendee), now, answer)),
    told,
  );
}
