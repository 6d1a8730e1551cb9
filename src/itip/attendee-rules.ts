import type {JcalComponent, JcalProperty} from '../ical/jcal.ts';
import {allProperties, cloned, firstProperty} from '../ical/jcal.ts';
import type {FindZone} from '../ical/time.ts';
import {normalAddress, sameAddress} from './address.ts';
import {differences, type Meaning, meaningOf} from './meaning.ts';
import {type IsMe, ItipError} from './message.ts';
import {addressOf, attendeesByKey, attendeesOf, myself, organizerOf, parameter, partstatOf, setParameters} from './parties.ts';
import {isForFuture, setProperty} from './series.ts';
import {setForFuture} from './this-and-future.ts';

/** EXDATE is looked at instance by instance, ATTENDEE by whom it names. */
const apart = new Set(['exdate', 'attendee', 'organizer', 'recurrence-id']);

/**
 * What clients rewrite though nobody has asked them to, and what is the organizer's to say without which the answer is an answer all the
 * same: it is put back, and nobody is told. A reply that is refused for a text that some client has cut short would never come.
 */
const putBack = /^(?:SUMMARY|DESCRIPTION|LOCATION|CONTACT|GEO|RESOURCES|STATUS|PRIORITY|CLASS|URL|RELATED-TO|X-.*)$/;

/** How texts are compared: some clients wrap them anew, and have them so. */
const texts = new Set(['SUMMARY', 'DESCRIPTION', 'LOCATION', 'CONTACT']);

interface Copy {
  readonly component: JcalComponent;
  readonly findZone: FindZone;
}

/**
 * RFC 6638 §3.2.2.1: that an attendee has changed nothing of a component but what is their own. Throws ItipError. What clients are known
 * to lose of the organizer's (others' parameters, DTSTAMP and SEQUENCE of the copy, defaults) is put back into `after`, in place.
 */
export function requireOwnChanges(before: Copy, after: Copy, isMe: IsMe): void {
  const [was, is] = [before, after].map(each => meaningOf(each.component, each.findZone, apart)) as [Meaning, Meaning];
  const changed = differences(was, is).filter(name => !texts.has(name) || collapsed(was.get(name)) !== collapsed(is.get(name)));
  const refused = changed.filter(name => !putBack.test(name));
  if (refused.length > 0) {
    throw new ItipError(
      'not allowed',
      `${refused.join(' and ')} ${refused.length > 1 ? 'are' : 'is'} for the organizer alone to change`,
    );
  }
  requireSamePeople(before.component, after.component, isMe);
  for (const name of changed) putBackAll(before.component, after.component, name.toLowerCase());
  if (isForFuture(before.component)) setForFuture(after.component, true);
  for (const name of ['dtstamp', 'sequence']) setProperty(after.component, name, copied(firstProperty(before.component, name)));
  putBackPeople(before.component, after.component, isMe);
}

function collapsed(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

function copied(property: JcalProperty | undefined): JcalProperty | undefined {
  return property && cloned(property);
}

function putBackAll(before: JcalComponent, after: JcalComponent, name: string): void {
  after[1] = [...after[1].filter(([each]) => each !== name), ...allProperties(before, name).map(cloned)];
}

/** The organizer and the others are who they were; a delegate is the attendee's to name (RFC 5546 §3.2.2.3). Throws ItipError. */
function requireSamePeople(before: JcalComponent, after: JcalComponent, isMe: IsMe): void {
  const organizers = [before, after].map(each => organizerOf(each)).map(each => each && normalAddress(addressOf(each)));
  if (organizers[0] !== organizers[1]) throw new ItipError('not allowed', 'ORGANIZER is not for an attendee to change');
  const mine = myself(after, isMe);
  if (myself(before, isMe) && !mine)
    throw new ItipError('not allowed', 'an attendee declines, and does not take themselves off the list');
  const delegate = parameter(mine, 'delegated-to');
  const others = (of: JcalComponent) =>
    new Set(
      attendeesOf(of)
        .map(addressOf)
        .filter(address => !isMe(address))
        .map(normalAddress),
    );
  const [were, are] = [others(before), others(after)];
  for (const address of are) {
    if (were.has(address) || (delegate !== undefined && sameAddress(delegate, address))) continue;
    throw new ItipError('not allowed', `${address} is not for an attendee to invite`);
  }
  for (const address of were)
    if (!are.has(address)) throw new ItipError('not allowed', `${address} is not for an attendee to disinvite`);
}

/** What only the organizer and the server say of people: others' parameters, SCHEDULE-STATUS. */
function putBackPeople(before: JcalComponent, after: JcalComponent, isMe: IsMe): void {
  const [attendees, mine] = [attendeesByKey(before), myself(before, isMe)];
  for (const property of after[1]) {
    if (property[0] !== 'attendee' && property[0] !== 'organizer') continue;
    const known =
      property[0] === 'organizer'
        ? organizerOf(before)
        : (attendees.get(normalAddress(addressOf(property))) ?? (isMe(addressOf(property)) ? mine : undefined));
    if (!known) continue;
    const own = property[0] === 'attendee' && isMe(addressOf(property));
    if (own) {
      const {partstat: _, rsvp: __, 'delegated-to': ___, ...others} = cloned(known[1]);
      property[1] = {...others, ...property[1]};
      setParameters(property, {'schedule-status': known[1]['schedule-status']});
      // The organizer knows them by the address they were invited by, whichever else of theirs a client would have.
      const isInvited = attendeesOf(after).some(each => sameAddress(addressOf(each), addressOf(known)));
      if (!isInvited) property.splice(3, property.length - 3, ...known.slice(3));
      continue;
    }
    const agent = parameter(property, 'schedule-agent');
    const parameters = cloned(known[1]);
    if (property[0] === 'organizer') {
      delete parameters['schedule-agent'];
      if (agent !== undefined) parameters['schedule-agent'] = agent;
    }
    property[1] = parameters;
    property.splice(3, property.length - 3, ...known.slice(3));
  }
}

/**
 * An invitation that is not answered is put into the calendar as TRANSPARENT; who answers that they come is busy then. Some clients do
 * not see to that; in place.
 */
export function settleTransparency(before: JcalComponent, after: JcalComponent, isMe: IsMe): void {
  const known = attendeesByKey(before);
  const comes = attendeesOf(after).some(is => {
    if (!isMe(addressOf(is)) || (partstatOf(is) !== 'ACCEPTED' && partstatOf(is) !== 'TENTATIVE')) return false;
    return partstatOf(known.get(normalAddress(addressOf(is))) ?? myself(before, isMe)) === 'NEEDS-ACTION';
  });
  const transparent = (of: JcalComponent) => String(firstProperty(of, 'transp')?.[3]).toUpperCase() === 'TRANSPARENT';
  if (comes && transparent(before) && transparent(after)) setProperty(after, 'transp', undefined);
}
