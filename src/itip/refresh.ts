import {type JcalComponent, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {envelope, stamp} from './envelope.ts';
import type {IsMe, Message, Received} from './message.ts';
import {requestFor} from './organizer.ts';
import {addressOf, isServed, myself, organizerOf} from './parties.ts';
import {partsOf, sequenceOf, seriesOf} from './series.ts';

/** REFRESH (RFC 5546 §3.2.6): asks the organizer for the whole, where a message is about what is not there (§4.7.2). */
export function refreshFor(
  parts: readonly JcalComponent[],
  {uid, calendar}: Pick<Message, 'uid' | 'calendar'>,
  isMe: IsMe,
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

/**
 * What an attendee who stores an invitation that they had not, or no longer, is to ask the organizer's calendar, unnoticed: it may come from
 * a device that knows an old one.
 */
export function refreshOfNew(calendar: Calendar, isMe: IsMe, now: number): Message | undefined {
  const parts = partsOf(seriesOf(calendar));
  if (!parts.every(part => isServed(organizerOf(part)))) return undefined;
  const [answer] = refreshFor(parts, {uid: textOf(parts[0]!, 'uid') ?? '', calendar}, isMe, now);
  return answer && {...answer.message, quiet: 'refresh'};
}

/** What the organizer's calendar answers: the whole; and where that is asked for unnoticed by who is not invited, that they are not. */
export function answerToRefresh(mine: Calendar, {from, quiet}: Message, isMe: IsMe, now: number): Message | undefined {
  const answer = requestFor(mine, from, {isMe, now}) ?? (quiet && cancelFor(mine, from, now));
  return answer && quiet ? {...answer, quiet} : answer;
}

function cancelFor(mine: Calendar, to: string, now: number): Message | undefined {
  const parts = partsOf(seriesOf(mine));
  const part = parts.find(organizerOf);
  if (!part) return undefined;
  const organizer = structuredClone(organizerOf(part)!);
  organizer[1] = {};
  const [uid, sequence] = [textOf(part, 'uid') ?? '', Math.max(...parts.map(sequenceOf))];
  const told: JcalComponent = [
    part[0],
    [['uid', {}, 'text', uid], stamp(now), organizer, ['attendee', {}, 'cal-address', to], ['sequence', {}, 'integer', sequence]],
    [],
  ];
  return {method: 'CANCEL', uid, from: addressOf(organizer), to, sequence, calendar: envelope('CANCEL', [told], mine)};
}
