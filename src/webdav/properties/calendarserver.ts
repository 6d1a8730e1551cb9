import type {ProxyAccess} from '../../accounts/proxies.ts';
import {type Element, element} from '../../xml/element.ts';
import {calendarserver, dav, mobileme} from '../../xml/names.ts';
import {principal} from '../kinds/principal.ts';
import {principalHref} from '../principals.ts';
import {type PropertyContext, properties} from '../tables.ts';
import {maxXmlBytes} from '../xml-body.ts';

/** What changes with whatever is in a collection: clients that know no DAV:sync-token ask for it (caldav-ctag). */
export const ctagProperties = properties('all', [
  {
    name: calendarserver('getctag'),
    allprop: false,
    lasting: true,
    get: ({stored}) => (stored?.collection ? String(stored.revision) : undefined),
  },
]);

/** CalendarServer's bulk changes: which a collection takes, and how many at once (§5.1). Empty: as many as come. */
export const bulkChangeProperties = properties('all', [
  {
    name: mobileme('bulk-requests'),
    allprop: false,
    get: ({resource: {kind}, context: {limits}}) => {
      if (!kind.bulk || !limits.bulk) return undefined;
      const {maxResources, maxBytes} = limits.bulk;
      return (['simple', 'crud'] as const).map(request =>
        element(
          mobileme(request),
          element(mobileme('max-resources'), ...count(maxResources)),
          element(
            mobileme('max-bytes'),
            ...count(request === 'simple' ? maxBytes : Math.min(maxBytes || maxXmlBytes, maxXmlBytes)),
          ),
        ),
      );
    },
  },
]);

const count = (limit: number) => (limit > 0 ? [String(limit)] : []);

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
