import {calendarProxyRead, calendarProxyWrite} from './kinds/calendar-proxy.ts';
import {collection, file} from './kinds/collection.ts';
import {principal, principalCollection, principalsOfType} from './kinds/principal.ts';
import {root} from './kinds/root.ts';
import {wellKnown} from './kinds/well-known.ts';
import {acl} from './methods/acl.ts';
import {copy, move} from './methods/copy-move.ts';
import {del} from './methods/delete.ts';
import {get, head} from './methods/get.ts';
import {lock} from './methods/lock.ts';
import {mkcol} from './methods/mkcol.ts';
import {options} from './methods/options.ts';
import {post} from './methods/post.ts';
import {propfind} from './methods/propfind.ts';
import {proppatch} from './methods/proppatch.ts';
import {put} from './methods/put.ts';
import {report} from './methods/report.ts';
import {unlock} from './methods/unlock.ts';
import {webdavPrivileges} from './privileges.ts';
import {bulkChangeProperties, calendarserverPrincipal, ctagProperties} from './properties/calendarserver.ts';
import {rfc3253} from './properties/rfc3253.ts';
import {accessProperties} from './properties/rfc3744.ts';
import {principalProperties, proxyPrincipalProperties} from './properties/rfc3744-principals.ts';
import {rfc4331} from './properties/rfc4331.ts';
import {rfc4918} from './properties/rfc4918.ts';
import {rfc5397} from './properties/rfc5397.ts';
import {rfc5842} from './properties/rfc5842.ts';
import {rfc5995} from './properties/rfc5995.ts';
import {rfc6578} from './properties/rfc6578.ts';
import {aclPrincipalPropSet} from './reports/acl-principal-prop-set.ts';
import {calendarserverPrincipalSearch} from './reports/calendarserver-principal-search.ts';
import {expandProperty} from './reports/expand-property.ts';
import {principalMatch} from './reports/principal-match.ts';
import {principalPropertySearch} from './reports/principal-property-search.ts';
import {principalSearchPropertySet} from './reports/principal-search-property-set.ts';
import {syncCollection} from './reports/sync-collection.ts';
import type {Extension} from './tables.ts';

/** WebDAV itself. RFC 5995 and RFC 6578 have no token. */
export const webdav: Extension = {
  name: 'WebDAV',
  tokens: [
    '1',
    '2',
    '3',
    'access-control',
    'extended-mkcol',
    'calendar-proxy',
    'calendarserver-principal-search',
    'calendarserver-principal-property-search',
  ],
  kinds: [
    root,
    wellKnown,
    principalCollection,
    principalsOfType,
    principal,
    calendarProxyRead,
    calendarProxyWrite,
    collection,
    file,
  ],
  methods: [options, get, head, put, post, del, mkcol, copy, move, lock, unlock, propfind, proppatch, report, acl],
  properties: [
    rfc4918,
    rfc3253,
    principalProperties,
    proxyPrincipalProperties,
    accessProperties,
    rfc4331,
    rfc5397,
    rfc5842,
    rfc5995,
    rfc6578,
    ctagProperties,
    bulkChangeProperties,
    calendarserverPrincipal,
  ],
  reports: [
    syncCollection,
    expandProperty,
    principalPropertySearch,
    principalSearchPropertySet,
    principalMatch,
    calendarserverPrincipalSearch,
    aclPrincipalPropSet,
  ],
  privileges: webdavPrivileges,
};
