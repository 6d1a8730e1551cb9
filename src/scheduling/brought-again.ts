import {IcalError} from '../ical/ical-error.ts';
import {mainComponents} from '../ical/jcal.ts';
import {type Calendar, parseCalendar} from '../ical/parse.ts';
import type {IsMe, Message} from '../itip/message.ts';
import {requestFor} from '../itip/organizer.ts';
import {myself, partstatOf} from '../itip/parties.ts';
import type {HomeView} from '../store/store.ts';
import {calendarsIn} from './default-calendar.ts';
import {aboutIn} from './duty.ts';
import {outboxIn} from './scheduling-collection.ts';

/**
 * An invitation as it is brought where it may have been before, by a process that died before it could strike it out: who has declined since,
 * and may have taken it away, or is not invited any more, is not invited anew by it; what they still have is brought up to date.
 */
export async function broughtAgain(
  message: Message,
  sender: HomeView,
  isSender: IsMe,
): Promise<(to: string, isRecipient: IsMe, theirs: HomeView | undefined) => Message> {
  const isInvitation = !message.quiet && (message.method === 'REQUEST' || message.method === 'ADD');
  const calendar = isInvitation ? await asItIs(message.uid, sender) : undefined;
  return (to, isRecipient, theirs) => {
    const addressed = {...message, to};
    if (!isInvitation) return addressed;
    const now = calendar && requestFor(calendar, to, {isMe: isSender, now: 0});
    const parts = now ? mainComponents(now.calendar) : [];
    const isOver = parts.every(part => partstatOf(myself(part, isRecipient)) === 'DECLINED');
    return isOver || (theirs && isAnswering(theirs, message.uid)) ? {...addressed, quiet: 'refresh'} : addressed;
  };
}

/** Whether an answer of theirs is on its way. */
function isAnswering(view: HomeView, uid: string): boolean {
  const outbox = outboxIn(view);
  for (const stored of outbox ? view.members(outbox.path) : []) {
    const owed = stored.collection ? undefined : aboutIn(stored);
    if (owed?.method === 'REPLY' && owed.uid === uid) return true;
  }
  return false;
}

/** What the sender has now. */
async function asItIs(uid: string, sender: HomeView): Promise<Calendar | undefined> {
  for (const {path} of calendarsIn(sender, '')) {
    const stored = sender.findUid(path, uid);
    if (stored?.index?.organizer === undefined) continue;
    const bytes = await sender.read(stored.path, stored.etag);
    try {
      return bytes && parseCalendar(bytes);
    } catch (error) {
      if (!(error instanceof IcalError)) throw error;
    }
  }
  return undefined;
}
