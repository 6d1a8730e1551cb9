import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {properties} from '../tables.ts';

/** RFC 5842. */
export const rfc5842 = properties('all', [
  {
    name: dav('resource-id'), // §3.1
    allprop: false,
    get: ({resource: {stored, owner}}) => {
      const id = stored?.resourceId ?? (owner && uuid.test(owner.guid) ? owner.guid.toLowerCase() : undefined);
      return id && element(dav('href'), `urn:uuid:${id}`);
    },
  },
]);

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
