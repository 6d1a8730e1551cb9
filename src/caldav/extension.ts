import type {Extension} from '../webdav/tables.ts';
import {triedPaths} from './discovery.ts';
import {freeBusyUrl} from './free-busy-url.ts';
import {calendar, calendarHome, calendarHomes, calendarHomesOf, calendarObject} from './kinds.ts';
import {get} from './methods/get.ts';
import {mkcalendar} from './methods/mkcalendar.ts';
import {calendarPrivileges} from './privileges.ts';
import {
  calendarLimitProperties,
  calendarserverPrincipalProperties,
  homeProperties,
  scheduleChangesProperties,
} from './properties/calendarserver.ts';
import {
  calendarHomeProperties,
  calendarProperties,
  collationProperties,
  schedulingCollectionProperties,
} from './properties/rfc4791.ts';
import {calendarContentProperties, calendarObjectProperties} from './properties/rfc4918.ts';
import {calendarUserProperties, scheduleTagProperties, transparencyProperties} from './properties/rfc6638.ts';
import {rscaleProperties} from './properties/rfc7529.ts';
import {timezoneIdProperties} from './properties/rfc7809.ts';
import {calendarMultiget} from './reports/calendar-multiget.ts';
import {calendarQuery} from './reports/calendar-query.ts';
import {freeBusyQuery} from './reports/free-busy-query.ts';

/** RFC 4791. */
export const calendarAccess: Extension = {
  name: 'CalDAV',
  tokens: ['calendar-access', 'calendar-query-extended'],
  kinds: [...triedPaths, calendarHomes, calendarHomesOf, calendarHome, freeBusyUrl, calendar, calendarObject],
  methods: [get, mkcalendar],
  properties: [
    calendarProperties,
    collationProperties,
    schedulingCollectionProperties,
    scheduleTagProperties,
    scheduleChangesProperties,
    transparencyProperties,
    timezoneIdProperties,
    rscaleProperties,
    calendarLimitProperties,
    homeProperties,
    calendarObjectProperties,
    calendarContentProperties,
    calendarHomeProperties,
    calendarUserProperties,
    calendarserverPrincipalProperties,
  ],
  reports: [calendarQuery, calendarMultiget, freeBusyQuery],
  privileges: calendarPrivileges,
};
