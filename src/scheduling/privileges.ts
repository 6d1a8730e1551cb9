import type {Privilege, Resource} from '../webdav/tables.ts';
import {caldav, dav} from '../xml/names.ts';

/** RFC 4791 §6.1.1: to be told when a calendar is busy. */
export const readFreeBusy = caldav('read-free-busy');

/** RFC 6638 §6.1: what others may bring into an Inbox. */
export const scheduleDeliver = caldav('schedule-deliver');
export const scheduleDeliverInvite = caldav('schedule-deliver-invite');
export const scheduleDeliverReply = caldav('schedule-deliver-reply');
export const scheduleQueryFreebusy = caldav('schedule-query-freebusy');

/** RFC 6638 §6.2: what may be sent by an Outbox. */
export const scheduleSend = caldav('schedule-send');
export const scheduleSendInvite = caldav('schedule-send-invite');
export const scheduleSendReply = caldav('schedule-send-reply');
export const scheduleSendFreebusy = caldav('schedule-send-freebusy');

const onInbox = ({stored, within}: Resource) => isOfType(stored, 'schedule-inbox') || isOfType(within?.stored, 'schedule-inbox');
const onOutbox = ({stored}: Resource) => isOfType(stored, 'schedule-outbox');

/** RFC 6638 §6: DAV:all has them, and neither DAV:read nor DAV:write. */
export const schedulingPrivileges: readonly Privilege[] = [
  {
    name: scheduleDeliver,
    within: dav('all'),
    aggregate: true,
    description: 'Deliver messages and ask for busy time',
    supports: onInbox,
  },
  {name: scheduleDeliverInvite, within: scheduleDeliver, description: 'Deliver invitations', supports: onInbox},
  {name: scheduleDeliverReply, within: scheduleDeliver, description: 'Deliver replies', supports: onInbox},
  {name: scheduleQueryFreebusy, within: scheduleDeliver, description: 'Ask for busy time', supports: onInbox},
  {name: scheduleSend, within: dav('all'), aggregate: true, description: 'Send messages', supports: onOutbox},
  {name: scheduleSendInvite, within: scheduleSend, description: 'Send invitations', supports: onOutbox},
  {name: scheduleSendReply, within: scheduleSend, description: 'Send replies', supports: onOutbox},
  {name: scheduleSendFreebusy, within: scheduleSend, description: 'Ask others for busy time', supports: onOutbox},
];

function isOfType(stored: Resource['stored'], type: string): boolean {
  return stored?.collection === true && stored.types.includes(caldav(type));
}
