import type {Calendar} from '../ical/parse.ts';
import {attendeeChange} from '../itip/attendee.ts';
import type {IsMe, Message} from '../itip/message.ts';
import {organizerChange} from '../itip/organizer.ts';
import {roleIn} from '../itip/parties.ts';
import {refreshOfNew} from '../itip/refresh.ts';
import {withStatuses} from '../itip/schedule-status.ts';
import {isOver} from './is-over.ts';

/** How a calendar address is reached: it is somebody's here, a group's whose members are attendees themselves, by mail, or not at all. */
export type Reach = 'here' | 'group' | 'mail' | 'nobody';

/** What the owner of a home stores in place of what was there. */
export interface ImplicitChange {
  readonly before: Calendar | undefined;
  readonly after: Calendar | undefined;
  readonly isMe: IsMe;
  readonly reach: (address: string) => Reach;
  readonly now: number;
  /** It was made to an older one, which If-Schedule-Tag-Match let through. */
  readonly isStale: boolean;
  /** Schedule-Reply: F (RFC 6638 §8.1). */
  readonly isSilent: boolean;
}

/** What comes of it. `role` undefined: it is no scheduling object resource. */
export interface ImplicitResult {
  readonly role: 'organizer' | 'attendee' | undefined;
  /** What to store: `after` itself where nothing is changed in it. */
  readonly calendar: Calendar | undefined;
  readonly messages: readonly Message[];
}

/**
 * What storing `after` in place of `before` means (RFC 6638 §3.2): the calendar to store, SCHEDULE-STATUS filled in, and the messages to
 * send, one to a recipient. Who is here has theirs as good as delivered, since what is owed is kept with the change. Nobody is mailed, which
 * the RFC does not ask for, about an event that was and stays over. Throws ItipError.
 */
export function implicitChange(change: ImplicitChange): ImplicitResult {
  const {before, after, isMe, reach, now, isStale, isSilent} = change;
  const role = (before && roleIn(before, isMe)) ?? (after && roleIn(after, isMe));
  if (!role) return {role, calendar: after, messages: []};
  const {calendar, messages} =
    role === 'organizer'
      ? organizerChange({before, after, isMe, now, isStale, isLocal: address => reach(address) === 'here'})
      : replied(change);
  const stays = after && roleIn(after, isMe);
  const isPast = whenAsked(() => [before, after].every(each => !each || isOver(each, now)));
  // It is for removals: who is invited to what stays is told of it.
  const saysNothing = isSilent && !(role === 'organizer' && after);
  const sent = saysNothing ? [] : messages.filter(({to}) => reach(to) !== 'mail' || !isPast());
  const told = sent
    .filter(({quiet, to}) => quiet === undefined || (quiet === 'told' && reach(to) === 'here'))
    .map(message => ({message, status: statuses[reach(message.to)]}));
  return {
    role: stays,
    calendar: calendar && told.length > 0 ? withStatuses(calendar, told) : calendar,
    messages: sent.filter(({to}) => reach(to) === 'here' || reach(to) === 'mail'),
  };
}

/** RFC 6638 §3.2.9, and of a group RFC 5546 §3.6: it was forwarded. */
const statuses: Readonly<Record<Reach, string>> = {here: '1.2', group: '2.7', mail: '1.1', nobody: '3.7'};

function whenAsked(look: () => boolean): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= look());
}

function replied({before, after, isMe, reach, now}: ImplicitChange) {
  const {
    calendar,
    reply,
    others = [],
  } = attendeeChange({before, after, isMe, now, isLocal: address => reach(address) === 'here'});
  const refresh = !before && after ? refreshOfNew(after, isMe, now) : undefined;
  return {
    calendar,
    messages: [...(reply ? [reply] : []), ...others, ...(refresh && reach(refresh.to) === 'here' ? [refresh] : [])],
  };
}
