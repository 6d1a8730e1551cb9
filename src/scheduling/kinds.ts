import {DavError} from '../webdav/error.ts';
import type {Kind} from '../webdav/tables.ts';
import {caldav, dav} from '../xml/names.ts';
import {askBusyTime} from './ask-busy-time.ts';
import {supportedCollection} from './preconditions.ts';
import {scheduleDeliver, scheduleSendFreebusy} from './privileges.ts';

/**
 * RFC 6638 §2.2: where messages to the owner of a home come in, for programs to show. Its members are calendar objects with a METHOD,
 * which only the server brings; the owner reads and removes them.
 */
export const inbox: Kind = {
  name: 'scheduling Inbox',
  resourcetype: [dav('collection'), caldav('schedule-inbox')],
  stored: stored => stored.collection && stored.types.includes(caldav('schedule-inbox')),
  isFixed: true,
  bequeaths: true,
  // As CalendarServer has it: whoever has an account may invite anybody and ask when they are busy, until they say otherwise.
  granted: [{who: 'authenticated', verb: 'grant', privileges: [scheduleDeliver]}],
  post: {
    needs: dav('read'),
    async handle() {
      throw new DavError(supportedCollection, {message: 'Others are asked by a POST to the Outbox.'});
    },
  },
  admit() {
    throw new DavError(403, {message: 'Only the server delivers messages to an Inbox.'});
  },
  admitCollection() {
    throw new DavError(403, {message: 'An Inbox holds no collections.'});
  },
};

/** RFC 6638 §2.1: where its owner asks when others are busy. What the server has yet to deliver lies in it and is its own concern. */
export const outbox: Kind = {
  name: 'scheduling Outbox',
  resourcetype: [dav('collection'), caldav('schedule-outbox')],
  stored: stored => stored.collection && stored.types.includes(caldav('schedule-outbox')),
  isFixed: true,
  concealsMembers: true,
  post: {needs: scheduleSendFreebusy, handle: askBusyTime},
  admit() {
    throw new DavError(403, {message: 'Nothing is stored in an Outbox: what is to be sent is a change in a calendar.'});
  },
  admitCollection() {
    throw new DavError(403, {message: 'An Outbox holds no collections.'});
  },
};
