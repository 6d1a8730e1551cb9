import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {properties} from '../tables.ts';

/** RFC 5842. */
export const rfc5842 = properties('all', [
  {
    name: dav('resource-id'), // §3.1
    allprop: false,
    lasting: true,
    get: ({resource: {stored, owner}}) => {
      if (stored) return element(dav('href'), `urn:uuid:${stored.resourceId}`);
      // As CalendarServer writes GUIDs in all its URIs, and Apple's clients know them.
      return owner && uuid.test(owner.guid) ? element(dav('href'), `urn:x-uid:${owner.guid}`) : undefined;
    },
  },
]);

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
