import {calendarAccess} from '../caldav/extension.ts';
import {privateEvents} from '../caldav/private-events.ts';
import {timezonesByReference} from '../caldav/timezones-by-reference.ts';
import type {Config} from '../config/config.ts';
import {autoSchedule, privateComments, scheduling} from '../scheduling/extension.ts';
import {timezoneServices} from '../timezones/extension.ts';
import {webdav} from '../webdav/extension.ts';
import {join} from '../webdav/join.ts';
import type {Extension, Protocol} from '../webdav/tables.ts';

const always: readonly Extension[] = [webdav, scheduling, calendarAccess];

/** What the plist can switch off. Time zones go by reference only where they can be got (RFC 7809 §3.1.2). */
const optional: readonly {readonly extension: Extension; isOn(config: Config): boolean}[] = [
  {extension: autoSchedule, isOn: ({enableImplicitScheduling}) => enableImplicitScheduling},
  {extension: timezonesByReference, isOn: ({enableTimezoneService}) => enableTimezoneService},
  {extension: timezoneServices, isOn: ({enableTimezoneService}) => enableTimezoneService},
  {extension: privateEvents, isOn: ({enablePrivateEvents}) => enablePrivateEvents},
  {
    extension: privateComments,
    isOn: ({enableImplicitScheduling, scheduling}) => enableImplicitScheduling && scheduling.privateComments,
  },
];

/** What the server speaks: the extensions' rows joined. Whatever a client sees listed is computed from this. */
export const protocol: Protocol = join([...always, ...optional.map(({extension}) => extension)]);

/** What is spoken under a configuration. */
export function protocolOf(config: Config): Protocol {
  return join([...always, ...optional.filter(({isOn}) => isOn(config)).map(({extension}) => extension)]);
}
