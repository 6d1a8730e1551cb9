import {mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {normalAddress} from './address.ts';
import type {Message} from './message.ts';
import {addressOf, isServed, organizerOf, setParameters} from './parties.ts';
import {copyOf} from './series.ts';

/** What has become of a message: a code of RFC 6638 §3.2.9, as `1.2`. */
export interface Delivery {
  readonly message: Pick<Message, 'to'>;
  readonly status: string;
}

/**
 * The calendar with SCHEDULE-STATUS (RFC 6638 §7.3) at the recipients of these messages, ATTENDEEs or the ORGANIZER: it is that of the
 * last message that somebody was sent, whichever components it was about (§3.2.9). It is not written to itself. Where the server does no
 * scheduling with somebody nothing is said.
 */
export function withStatuses(calendar: Calendar, deliveries: readonly Delivery[]): Calendar {
  const written = copyOf(calendar);
  const statuses = new Map(deliveries.map(({message, status}) => [normalAddress(message.to), status]));
  for (const part of mainComponents(written)) {
    const organizer = organizerOf(part);
    const organizerKey = organizer && normalAddress(addressOf(organizer));
    for (const property of part[1]) {
      if (property[0] !== 'attendee' && property[0] !== 'organizer') continue;
      const key = normalAddress(addressOf(property));
      // An organizer who takes part is told as ORGANIZER.
      if (property[0] === 'attendee' && key === organizerKey) continue;
      const status = statuses.get(key);
      if (status !== undefined && isServed(property)) setParameters(property, {'schedule-status': status});
    }
  }
  return written;
}
