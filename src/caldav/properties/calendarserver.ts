import {scheduleChangesProperty} from '../../scheduling/schedule-changes.ts';
import {principal} from '../../webdav/kinds/principal.ts';
import {kept, properties} from '../../webdav/tables.ts';
import {element} from '../../xml/element.ts';
import {caldav, calendarserver} from '../../xml/names.ts';
import {calendar, calendarHome, calendarObject} from '../kinds.ts';

const number = (limit: number) => (limit > 0 ? String(limit) : undefined);

/** CalendarServer's limits, beside RFC 4791's: how many resources a calendar can hold. */
export const calendarLimitProperties = properties(
  [calendar],
  [
    {
      name: calendarserver('max-resources'),
      allprop: false,
      get: ({context}) => number(context.limits.maxResourcesPerCollection),
    },
  ],
);

/** CalendarServer's properties of a calendar home. */
export const homeProperties = properties(
  [calendarHome],
  [
    {
      name: calendarserver('max-collections'),
      allprop: false,
      get: ({context}) => number(context.limits.maxCollectionsPerHome),
    },
    // The sets of component types that a calendar can be made with: with none listed, any.
    {name: caldav('supported-calendar-component-sets'), allprop: false, get: () => []},
  ],
);

/** caldav-schedulingchanges §4.1.1: what an item in an Inbox has changed in the calendar; protected. */
export const scheduleChangesProperties = properties(
  [calendarObject],
  [{name: scheduleChangesProperty, allprop: false, get: of => kept(scheduleChangesProperty, of)}],
);

/** CalendarServer's properties of a principal. */
export const calendarserverPrincipalProperties = properties(
  [principal],
  [
    {
      name: calendarserver('email-address-set'),
      allprop: false,
      get: ({resource: {owner}}) => owner?.emails.map(email => element(calendarserver('email-address'), email)),
      searchable: 'E-mail address',
    },
  ],
);
