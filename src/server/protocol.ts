import {calendarAccess} from '../caldav/extension.ts';
import {timezonesByReference} from '../caldav/timezones-by-reference.ts';
import type {Config} from '../config/config.ts';
import {timezoneServices} from '../timezones/extension.ts';
import {webdav} from '../webdav/extension.ts';
import {join, type Protocol} from '../webdav/tables.ts';

/** What the server speaks: the extensions' rows joined. Whatever a client sees listed is computed from this. */
export const protocol: Protocol = join([webdav, calendarAccess, timezonesByReference, timezoneServices]);

const withoutTimezones: Protocol = join([webdav, calendarAccess]);

/** What is spoken under a configuration. Time zones go by reference only where they can be got (RFC 7809 §3.1.2). */
export function protocolOf({enableTimezoneService}: Pick<Config, 'enableTimezoneService'>): Protocol {
  return enableTimezoneService ? protocol : withoutTimezones;
}
