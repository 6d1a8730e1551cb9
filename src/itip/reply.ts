import {allProperties, firstProperty, type JcalComponent, type JcalProperty, textOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {sameAddress} from './address.ts';
import {envelope, stamp} from './envelope.ts';
import type {IsMe, Message} from './message.ts';
import {addressOf, attendeesOf, myself, organizerOf, parameter, setParameters} from './parties.ts';
import {privateComment} from './private-comments.ts';
import {sequenceOf} from './series.ts';

/** What a reply tells besides who answers what: which event it is about, and of a VTODO how far it has come (RFC 5546 §3.2.3, §3.4.3). */
const told = new Set([
  'uid',
  'recurrence-id',
  'sequence',
  'dtstart',
  'dtend',
  'due',
  'duration',
  'rrule',
  'rdate',
  'exrule',
  'summary',
  'location',
  'comment',
  'percent-complete',
  'completed',
  'request-status',
  privateComment,
]);

/** One component of a reply; undefined: there is nobody in it to answer, or nobody to answer to. */
export function replyPart(component: JcalComponent, isMe: IsMe, now: number, partstat?: string): JcalComponent | undefined {
  const [mine, organizer] = [myself(component, isMe), organizerOf(component)];
  if (!mine || !organizer) return undefined;
  const attendee = answering(mine);
  if (partstat !== undefined) setParameters(attendee, {partstat});
  const delegate = delegateIn(component, mine);
  const properties = component[1].filter(([name]) => told.has(name)).map(property => structuredClone(property));
  const status = component[0] === 'vtodo' ? allProperties(component, 'status') : [];
  const isTold = properties.some(([name]) => name === 'request-status');
  return [
    component[0],
    [
      stamp(now),
      answering(organizer),
      attendee,
      ...(delegate ? [answering(delegate)] : []),
      ...properties,
      ...status,
      ...(isTold ? [] : [success()]),
    ],
    [],
  ];
}

/** REQUEST-STATUS (RFC 5546 §3.6.1): the request was understood. */
function success(): JcalProperty {
  return ['request-status', {}, 'text', ['2.0', 'Success']];
}

/** The ATTENDEE that one's own has been delegated to (RFC 5546 §2.1.2). */
export function delegateIn(component: JcalComponent, mine: JcalProperty): JcalProperty | undefined {
  const to = parameter(mine, 'delegated-to');
  return to === undefined ? undefined : attendeesOf(component).find(each => sameAddress(addressOf(each), to));
}

function answering(property: JcalProperty): JcalProperty {
  const sent = structuredClone(property);
  for (const name of Object.keys(sent[1])) {
    if (name.startsWith('x-') || name.startsWith('schedule-') || name === 'rsvp') delete sent[1][name];
  }
  return sent;
}

/** The REPLY of these components (RFC 5546 §3.2.3); undefined: there are none. */
export function replyOf(parts: readonly (JcalComponent | undefined)[], from: Calendar): Message | undefined {
  const components = parts.filter(part => part !== undefined);
  const [first] = components;
  if (!first) return undefined;
  return {
    method: 'REPLY',
    uid: textOf(first, 'uid') ?? '',
    from: addressOf(firstProperty(first, 'attendee')!),
    to: addressOf(organizerOf(first)!),
    sequence: Math.max(...components.map(sequenceOf)),
    calendar: envelope('REPLY', components, from),
  };
}
