import {readFreeBusy} from '../scheduling/privileges.ts';
import type {Privilege} from '../webdav/tables.ts';
import {dav} from '../xml/names.ts';

/** RFC 4791 §6.1.1: who may not read a calendar may still be told when it is busy. */
export const calendarPrivileges: readonly Privilege[] = [
  {
    name: readFreeBusy,
    within: dav('read'),
    description: 'Read busy time',
    supports: ({view}) => view !== undefined,
  },
];
