import type {Extension, Kind} from '../webdav/tables.ts';
import {calendarserver} from '../xml/names.ts';
import {contextPath} from './action.ts';
import {servicePath} from './calendarserver.ts';

/** CalendarServer's time zone service as a resource, for clients that ask for its properties. */
const timezoneService: Kind = {
  name: 'time zone service',
  resourcetype: [calendarserver('timezones')],
  pattern: servicePath,
  find: () => ({kind: timezoneService, href: servicePath}),
};

/** RFC 7808's, for clients that look at what CALDAV:timezone-service-set names. */
const standardTimezoneService: Kind = {
  name: 'time zone data distribution service',
  resourcetype: [],
  pattern: contextPath,
  find: () => ({kind: standardTimezoneService, href: contextPath}),
};

export const timezoneServices: Extension = {
  name: 'time zone services',
  tokens: [],
  kinds: [timezoneService, standardTimezoneService],
  methods: [],
  properties: [],
  reports: [],
};
