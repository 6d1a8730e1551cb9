import {indexObject} from '../ical/object-index.ts';
import {parseCalendar} from '../ical/parse.ts';
import {printCalendar} from '../ical/print.ts';
import type {Message} from '../itip/message.ts';
import {withStatuses} from '../itip/schedule-status.ts';
import type {HomeUnit} from '../store/store.ts';
import {calendarsIn} from './default-calendar.ts';

/**
 * Writes into the sender's object what has become of a message, by recipient (RFC 6638 §3.2.9). Nothing, where the object is
 * gone.
 */
export async function reportStatus(
  unit: HomeUnit,
  message: Pick<Message, 'uid'>,
  statuses: ReadonlyMap<string, string>,
): Promise<void> {
  for (const {path} of calendarsIn(unit, '')) {
    const stored = unit.findUid(path, message.uid);
    if (stored?.index?.organizer === undefined) continue;
    const bytes = await unit.read(stored.path, stored.etag);
    if (!bytes) continue;
    const before = parseCalendar(bytes);
    const told = [...statuses].map(([to, status]) => ({message: {to}, status}));
    const calendar = withStatuses(before, told);
    unit.put(stored.path, new TextEncoder().encode(printCalendar(calendar)), indexObject(calendar));
    return;
  }
}
