import type {Extension, Kind} from '../webdav/tables.ts';
import {calendarserver} from '../xml/names.ts';
import {servicePath} from './calendarserver.ts';

/** CalendarServer's time zone service as a resource, for clients that ask for its properties. */
const timezoneService: Kind = {
  name: 'time zone service',
  resourcetype: [calendarserver('timezones')],
  pattern: servicePath,
  find: () => ({kind: timezoneService, href: servicePath}),
};

export const timezoneServices: Extension = {
  name: 'time zone services',
  tokens: [],
  kinds: [timezoneService],
  methods: [],
  properties: [],
  reports: [],
};
