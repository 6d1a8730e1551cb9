import {firstProperty, type JcalComponent, type JcalProperty, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {envelope, stamp} from './envelope.ts';
import type {IsMe, Message, Quiet, Received} from './message.ts';
import {requestFor} from './organizer.ts';
import {addressOf, isServed, myself, organizerOf} from './parties.ts';
import {partsOf, sequenceOf, seriesOf} from './series.ts';

/** REFRESH (RFC 5546 §3.2.6): asks the organizer for the whole, where a message is about what is not there (§4.7.2). */
export function refreshFor(
  parts: readonly JcalComponent[],
  {uid, calendar}: Pick<Message, 'uid' | 'calendar'>,
  isMe: IsMe,
  now: number,
  id?: JcalProperty,
): Received['answers'] {
  const part = parts.find(each => myself(each, isMe) && organizerOf(each));
  if (!part) return [];
  const [mine, organizer] = [structuredClone(myself(part, isMe)!), structuredClone(organizerOf(part)!)];
  for (const property of [mine, organizer]) property[1] = {};
  const told: JcalComponent = [
    part[0],
    [['uid', {}, 'text', uid], stamp(now), organizer, mine, ...(id ? [structuredClone(id)] : [])],
    [],
  ];
  const message: Message = {
    method: 'REFRESH',
    uid,
    from: addressOf(mine),
    to: addressOf(organizer),
    sequence: 0,
    calendar: envelope('REFRESH', [told], calendar),
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
  // Who has instances alone does not ask for a series.
  const id = parts.every(part => firstProperty(part, 'recurrence-id')) ? firstProperty(parts[0]!, 'recurrence-id') : undefined;
  const [answer] = refreshFor(parts, {uid: textOf(parts[0]!, 'uid') ?? '', calendar}, isMe, now, id);
  return answer && {...answer.message, quiet: 'refresh'};
}

/**
 * What the organizer's calendar answers: the whole; and where that is asked for unnoticed by who is not invited, that they are not. Who is
 * invited to instances alone, and has a series, is told first that it is not theirs: they would ask for it again and again.
 */
export function answersToRefresh(mine: Calendar, {from, quiet, calendar}: Message, isMe: IsMe, now: number): Message[] {
  const answer = requestFor(mine, from, {isMe, now});
  if (!answer) return quiet ? asked(cancelFor(mine, from, now), quiet) : [];
  const isOfInstances = seriesOf(mine).master !== undefined && seriesOf(answer.calendar).master === undefined;
  const hasSeries = partsOf(seriesOf(calendar)).some(part => !firstProperty(part, 'recurrence-id'));
  return [...(isOfInstances && hasSeries ? asked(cancelFor(mine, from, now), 'refresh') : []), ...asked(answer, quiet)];
}

/** What is answered where the organizer has removed what an attendee asks for unnoticed: their copy is to show that it is cancelled. */
export function thatItIsOver({calendar, from}: Message, now: number): Message[] {
  return asked(cancelFor(calendar, from, now), 'refresh');
}

function asked(message: Message | undefined, quiet: Quiet | undefined): Message[] {
  return message ? [quiet ? {...message, quiet} : message] : [];
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
