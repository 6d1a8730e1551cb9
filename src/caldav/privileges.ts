import type {Privilege} from '../webdav/tables.ts';
import {caldav, dav} from '../xml/names.ts';

export const readFreeBusy = caldav('read-free-busy');

/** RFC 4791 §6.1.1: who may not read a calendar may still be told when it is busy. */
export const calendarPrivileges: readonly Privilege[] = [
  {
    name: readFreeBusy,
    within: dav('read'),
    description: 'Read busy time',
    supports: ({view}) => view !== undefined,
  },
];
