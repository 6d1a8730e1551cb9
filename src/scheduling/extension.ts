import type {Extension} from '../webdav/tables.ts';
import {inbox, outbox} from './kinds.ts';
import {schedulingPrivileges} from './privileges.ts';
import {inboxProperties, schedulingPrincipalProperties} from './properties/rfc6638.ts';
import {availabilityProperties} from './properties/rfc7953.ts';
import {ifScheduleTagMatch} from './schedule-tag.ts';

/** RFC 6638 §2: what is stored in calendars is delivered. */
export const autoSchedule: Extension = {
  name: 'CalDAV automatic scheduling',
  tokens: ['calendar-auto-schedule'],
  kinds: [],
  methods: [],
  properties: [],
  reports: [],
};

/** RFC 6638, what is there whether or not anything is delivered; RFC 7953 §7.1, and the name that CalendarServer had for it before. */
export const scheduling: Extension = {
  name: 'CalDAV scheduling',
  tokens: ['calendar-availability', 'inbox-availability'],
  kinds: [inbox, outbox],
  methods: [],
  properties: [schedulingPrincipalProperties, inboxProperties, availabilityProperties],
  reports: [],
  privileges: schedulingPrivileges,
  conditions: [ifScheduleTagMatch],
};

/** CalendarServer's: what an attendee tells the organizer alone (caldav-privatecomments §4.2.1). It goes with replies. */
export const privateComments: Extension = {
  name: 'private comments',
  tokens: ['calendarserver-private-comments'],
  kinds: [],
  methods: [],
  properties: [],
  reports: [],
};
