import type {Extension} from '../webdav/tables.ts';
import {timezoneServiceProperties} from './properties/rfc7809.ts';
import {byReference} from './sent-timezones.ts';

/** RFC 7809: time zones that everybody knows need not be sent. */
export const timezonesByReference: Extension = {
  name: 'CalDAV time zones by reference',
  tokens: [byReference],
  kinds: [],
  methods: [],
  properties: [timezoneServiceProperties],
  reports: [],
};
