import type {Message} from '../itip/message.ts';
import {withStatuses} from '../itip/schedule-status.ts';
import type {HomeUnit} from '../store/store.ts';
import {findObject, readObject, stageObject} from './held-object.ts';

/**
 * Writes into the sender's object what has become of a message, by recipient (RFC 6638 §3.2.9). Nothing, where the object is
 * gone, or damaged.
 */
export async function reportStatus(
  unit: HomeUnit,
  message: Pick<Message, 'uid'>,
  statuses: ReadonlyMap<string, string>,
): Promise<void> {
  const object = findObject(unit, message.uid);
  const calendar = object?.index?.organizer === undefined ? undefined : await readObject(object, unit);
  if (!calendar) return;
  const told = [...statuses].map(([to, status]) => ({message: {to}, status}));
  stageObject(object, withStatuses(calendar, told), true, unit);
}
