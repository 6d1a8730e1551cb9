import {firstProperty, mainComponents} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {timeOf} from '../ical/recurrence-set.ts';
import {normalAddress} from './address.ts';
import type {Message} from './message.ts';
import {addressOf, isServed, organizerOf, setParameters} from './parties.ts';
import {copyOf, keyIn, seriesOf} from './series.ts';

/** What has become of a message: a code of RFC 6638 §3.2.9, as `1.2`. */
export interface Delivery {
  readonly message: Pick<Message, 'to' | 'calendar'>;
  readonly status: string;
}

/**
 * The calendar with SCHEDULE-STATUS (RFC 6638 §7.3) at the recipients of these messages, ATTENDEEs or the ORGANIZER, in the components
 * that the messages are about; it is not written to itself. Where the server does no scheduling with somebody nothing is said.
 */
export function withStatuses(calendar: Calendar, deliveries: readonly Delivery[]): Calendar {
  const written = copyOf(calendar);
  const series = seriesOf(written);
  const about = new Map<Calendar, ReadonlySet<number | 'master'>>();
  const statuses = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const key = normalAddress(delivery.message.to);
    statuses.set(key, [...(statuses.get(key) ?? []), delivery]);
  }
  const keysOf = (message: Calendar) => {
    const keys = about.get(message) ?? keysIn(message);
    about.set(message, keys);
    return keys;
  };
  const keysIn = (message: Calendar) => {
    const {findZone} = seriesOf(message);
    return new Set(
      mainComponents(message).map(part => {
        const id = timeOf(part, 'recurrence-id', findZone);
        return id ? keyIn(series, id) : 'master';
      }),
    );
  };
  for (const part of mainComponents(written)) {
    const id = firstProperty(part, 'recurrence-id') && timeOf(part, 'recurrence-id', series.findZone);
    const key = id ? keyIn(series, id) : 'master';
    const organizer = organizerOf(part);
    const organizerKey = organizer && normalAddress(addressOf(organizer));
    for (const property of part[1]) {
      if (property[0] !== 'attendee' && property[0] !== 'organizer') continue;
      // An organizer who takes part is told as ORGANIZER.
      if (property[0] === 'attendee' && normalAddress(addressOf(property)) === organizerKey) continue;
      for (const {message, status} of statuses.get(normalAddress(addressOf(property))) ?? []) {
        const keys = keysOf(message.calendar);
        if (isServed(property) && (keys.has(key) || keys.has('master'))) setParameters(property, {'schedule-status': status});
      }
    }
  }
  return written;
}
