import type {ProxyAccess} from '../../accounts/proxies.ts';
import {type Element, element} from '../../xml/element.ts';
import {calendarserver, dav} from '../../xml/names.ts';
import {principal} from '../kinds/principal.ts';
import {principalHref} from '../principals.ts';
import {type PropertyContext, properties} from '../tables.ts';

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
    {name: calendarserver('calendar-proxy-read-for'), allprop: false, get: of => actsFor('read', of)},
    {name: calendarserver('calendar-proxy-write-for'), allprop: false, get: of => actsFor('write', of)},
  ],
);

/** Those whose calendars the principal may read or write, also by a group that it is in: Apple Calendar's Delegation, caldav-proxy. */
function actsFor(
  access: ProxyAccess,
  {resource: {owner}, context: {proxies, directory}}: PropertyContext,
): Element[] | undefined {
  if (!owner) return undefined;
  return proxies.for(owner.guid, access).map(guid => element(dav('href'), principalHref(directory.findByGuid(guid)!)));
}
