import type {Principal} from '../accounts/principal.ts';
import type {Message} from '../itip/message.ts';
import type {DavContext} from '../webdav/tables.ts';
import {homeOf, mayDeliver} from './busy-principal.ts';
import {scheduleDeliverInvite, scheduleDeliverReply} from './privileges.ts';

/** What attendees send; the rest is the organizer's. */
const replies: ReadonlySet<Message['method']> = new Set(['REPLY', 'REFRESH', 'COUNTER']);

/** RFC 6638 §6.1: whether the owner of a home takes messages of this kind from who sends it. */
export async function mayBring(
  {method}: Pick<Message, 'method'>,
  recipient: Principal,
  sender: DavContext | undefined,
): Promise<boolean> {
  const home = sender && (await homeOf(recipient, sender));
  return !home || mayDeliver(replies.has(method) ? scheduleDeliverReply : scheduleDeliverInvite, home, sender);
}
