import {calendarAccess} from '../caldav/extension.ts';
import {webdav} from '../webdav/extension.ts';
import {join, type Protocol} from '../webdav/tables.ts';

/** What the server speaks: the extensions' rows joined. Whatever a client sees listed is computed from this. */
export const protocol: Protocol = join([webdav, calendarAccess]);
