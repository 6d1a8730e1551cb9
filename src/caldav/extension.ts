import type {Extension} from '../webdav/tables.ts';
import {triedPaths} from './discovery.ts';
import {calendar, calendarHome, calendarHomes, calendarHomesOf, calendarObject} from './kinds.ts';
import {get} from './methods/get.ts';
import {mkcalendar} from './methods/mkcalendar.ts';
import {calendarPrivileges} from './privileges.ts';
import {
  calendarLimitProperties,
  calendarProperties,
  collationProperties,
  homeProperties,
  timezoneIdProperties,
  transparencyProperties,
} from './properties/calendar.ts';
import {calendarObjectProperties} from './properties/calendar-object.ts';
import {calendarHomeProperties, calendarserverPrincipalProperties, calendarUserProperties} from './properties/principal.ts';
import {calendarMultiget} from './reports/calendar-multiget.ts';
import {calendarQuery} from './reports/calendar-query.ts';
import {freeBusyQuery} from './reports/free-busy-query.ts';

/** RFC 4791. No `calendar-auto-schedule`: nothing is delivered to anybody yet. */
export const calendarAccess: Extension = {
  name: 'CalDAV',
  tokens: ['calendar-access'],
  kinds: [...triedPaths, calendarHomes, calendarHomesOf, calendarHome, calendar, calendarObject],
  methods: [get, mkcalendar],
  properties: [
    calendarProperties,
    collationProperties,
    transparencyProperties,
    timezoneIdProperties,
    calendarLimitProperties,
    homeProperties,
    calendarObjectProperties,
    calendarHomeProperties,
    calendarUserProperties,
    calendarserverPrincipalProperties,
  ],
  reports: [calendarQuery, calendarMultiget, freeBusyQuery],
  privileges: calendarPrivileges,
};
