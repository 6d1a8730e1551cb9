import {firstProperty, textOf} from '../ical/jcal.ts';
import {sameAddress} from './address.ts';
import {type Message, nothingChanged, type Receipt, type Received} from './message.ts';
import {agentOf, organizerIn, organizerOf} from './parties.ts';
import {receiveAdd} from './receive-add.ts';
import {receiveCancel} from './receive-cancel.ts';
import {receiveReply} from './receive-reply.ts';
import {receiveRequest} from './receive-request.ts';
import {answersToRefresh} from './refresh.ts';
import {partsOf, seriesOf} from './series.ts';

export const ignored: Received = {calendar: 'unchanged', what: 'ignored', changed: nothingChanged, answers: []};

/**
 * What a message that has come is for the owner of an object (RFC 5546 §2.1.5, §3.2; RFC 6638 §4.1). It may come twice: the second time
 * nothing is changed. What is stale by SEQUENCE and then DTSTAMP, or comes from somebody who is not the organizer of what is there, is
 * ignored. A reply of who was never invited is too (§3.2.3 leaves that to us): nobody gets onto the list by knowing a UID.
 */
export function receive(receipt: Receipt): Received {
  const {mine, message, isMe, now} = receipt;
  if (isBeside(receipt)) return {...ignored, what: 'beside'};
  switch (message.method) {
    case 'REQUEST':
      return isFromOrganizer(receipt) ? receiveRequest(receipt) : isOthers(receipt) ? {...ignored, what: 'refused'} : ignored;
    case 'ADD':
      return isFromOrganizer(receipt) ? receiveAdd(receipt) : ignored;
    case 'CANCEL':
      return mine && isFromOrganizer(receipt) ? receiveCancel(receipt) : ignored;
    case 'DECLINECOUNTER':
      return mine && isFromOrganizer(receipt) ? {...ignored, what: 'declinecounter'} : ignored;
    case 'REPLY':
      return isMine(receipt) ? receiveReply(receipt) : isOfNothing(receipt) ? {...ignored, what: 'unknown'} : ignored;
    case 'COUNTER':
      return isMine(receipt) ? {...ignored, what: 'counter'} : ignored;
    case 'REFRESH': {
      if (!mine || !isMine(receipt)) return message.quiet && isOfNothing(receipt) ? {...ignored, what: 'unknown'} : ignored;
      const answers = answersToRefresh(mine, message, isMe, now).map(answer => ({message: answer, required: !answer.quiet}));
      return {...ignored, what: 'refresh', answers};
    }
  }
}

/** Whether a message is to the organizer of something that is not there. */
function isOfNothing({mine, message, isMe}: Receipt): boolean {
  const organizer = organizerIn(message.calendar);
  return !mine && organizer !== undefined && isMe(organizer);
}

/** Whether the object is one that its owner organizes. */
function isMine({mine, isMe}: Receipt): boolean {
  const organizer = mine && organizerIn(mine);
  return organizer !== undefined && isMe(organizer);
}

/**
 * Whether a message is from an organizer, and what is there nobody organizes: that is its owner's own, and who knows its UID may not write
 * over it, or cancel it. Its owner is told in the Inbox (RFC 6638 §4.1): a calendar cannot have both (RFC 4791 §4.1).
 */
function isBeside({mine, message, isMe}: Receipt): boolean {
  if (message.method !== 'REQUEST' && message.method !== 'CANCEL') return false;
  const said = organizerIn(message.calendar);
  return mine !== undefined && said !== undefined && !isMe(said) && !message.quiet && organizerIn(mine) === undefined;
}

/**
 * Whether a message is from who organizes the object, and no program sees to it itself (RFC 6638 §7.1). One of which NONE was to be sent to
 * an organizer is theirs again once they invite: CalendarServer says so of what it has had from organizers it did not know.
 */
function isFromOrganizer({mine, message, isMe}: Receipt): boolean {
  const said = organizerIn(message.calendar);
  if (said === undefined || isMe(said) || !isSameUid(message)) return false;
  if (!mine) return true;
  const organizer = organizerIn(mine);
  return (
    organizer !== undefined &&
    sameAddress(organizer, said) &&
    partsOf(seriesOf(mine)).every(part => agentOf(organizerOf(part)) !== 'CLIENT')
  );
}

/** Whether what is there is organized by somebody else than who invites to it: a UID is not theirs to take. */
function isOthers({mine, message}: Receipt): boolean {
  const [organizer, said] = [mine && organizerIn(mine), organizerIn(message.calendar)];
  return organizer !== undefined && said !== undefined && !sameAddress(organizer, said);
}

function isSameUid({calendar, uid}: Message): boolean {
  return partsOf(seriesOf(calendar)).every(part => !firstProperty(part, 'uid') || textOf(part, 'uid') === uid);
}
