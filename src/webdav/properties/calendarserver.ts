import {calendarserver} from '../../xml/names.ts';
import {principal} from '../kinds/principal.ts';
import {properties} from '../tables.ts';

/** CalendarServer's properties of a principal that Apple's clients ask for, and search people by. */
export const calendarserverPrincipal = properties(
  [principal],
  [
    {name: calendarserver('record-type'), allprop: false, get: ({resource: {owner}}) => owner?.type},
    {
      name: calendarserver('first-name'),
      allprop: false,
      get: ({resource: {owner}}) => owner?.firstName,
      searchable: 'First name',
    },
    {name: calendarserver('last-name'), allprop: false, get: ({resource: {owner}}) => owner?.lastName, searchable: 'Last name'},
  ],
);
