import type {JcalComponent} from '../ical/jcal.ts';
import {envelope, stamp} from './envelope.ts';
import type {Message, Received} from './message.ts';
import {addressOf, myself, organizerOf} from './parties.ts';

/** REFRESH (RFC 5546 §3.2.6): asks the organizer for the whole, where a message is about what is not there (§4.7.2). */
export function refreshFor(
  parts: readonly JcalComponent[],
  {uid, calendar}: Message,
  isMe: (address: string) => boolean,
  now: number,
): Received['answers'] {
  const part = parts.find(each => myself(each, isMe) && organizerOf(each));
  if (!part) return [];
  const [mine, organizer] = [structuredClone(myself(part, isMe)!), structuredClone(organizerOf(part)!)];
  for (const property of [mine, organizer]) property[1] = {};
  const asked: JcalComponent = [part[0], [['uid', {}, 'text', uid], stamp(now), organizer, mine], []];
  const message: Message = {
    method: 'REFRESH',
    uid,
    from: addressOf(mine),
    to: addressOf(organizer),
    sequence: 0,
    calendar: envelope('REFRESH', [asked], calendar),
  };
  return [{message, required: true}];
}
