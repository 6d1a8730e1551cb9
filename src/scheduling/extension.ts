import type {Extension} from '../webdav/tables.ts';
import {inbox, outbox} from './kinds.ts';
import {schedulingPrivileges} from './privileges.ts';
import {inboxProperties, schedulingPrincipalProperties} from './properties/rfc6638.ts';
import {availabilityProperties} from './properties/rfc7953.ts';
import {ifScheduleTagMatch} from './schedule-tag.ts';

/** RFC 6638. No `calendar-auto-schedule`: nothing is delivered to anybody yet. */
export const scheduling: Extension = {
  name: 'CalDAV scheduling',
  tokens: [],
  kinds: [inbox, outbox],
  methods: [],
  properties: [schedulingPrincipalProperties, inboxProperties, availabilityProperties],
  reports: [],
  privileges: schedulingPrivileges,
  conditions: [ifScheduleTagMatch],
};
