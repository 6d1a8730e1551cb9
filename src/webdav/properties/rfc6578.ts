import {dav} from '../../xml/names.ts';
import {printSyncToken} from '../sync-token.ts';
import {properties} from '../tables.ts';

/** RFC 6578. */
export const rfc6578 = properties('all', [
  {
    name: dav('sync-token'), // §4
    allprop: false,
    lasting: true,
    get: ({stored}) => (stored?.collection ? printSyncToken(stored.revision) : undefined),
  },
]);
