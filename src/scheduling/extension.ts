import type {Extension} from '../webdav/tables.ts';
import {inbox, outbox} from './kinds.ts';
import {schedulingPrivileges} from './privileges.ts';

/** RFC 6638. No `calendar-auto-schedule`: nothing is delivered to anybody yet. */
export const scheduling: Extension = {
  name: 'CalDAV scheduling',
  tokens: [],
  kinds: [inbox, outbox],
  methods: [],
  properties: [],
  reports: [],
  privileges: schedulingPrivileges,
};
