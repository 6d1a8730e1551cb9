import {dav} from '../../xml/names.ts';
import {properties} from '../tables.ts';

/** RFC 4331: a quota is a home's, and every collection in it says the same. Neither is listed by DAV:allprop (§2). */
export const rfc4331 = properties('all', [
  {
    name: dav('quota-available-bytes'), // §3
    allprop: false,
    get: ({stored, resource: {view}, context: {limits}}) =>
      stored?.collection && limits.quotaBytes > 0 ? String(Math.max(0, limits.quotaBytes - view!.usedBytes())) : undefined,
  },
  {
    name: dav('quota-used-bytes'), // §4
    allprop: false,
    get: ({stored, resource: {view}}) => (stored?.collection ? String(view!.usedBytes()) : undefined),
  },
]);
