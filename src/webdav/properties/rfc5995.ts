import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {properties} from '../tables.ts';

/** The name in a collection that POST goes to. */
export const addMemberName = ';add-member';

/** RFC 5995. */
export const rfc5995 = properties('all', [
  {
    name: dav('add-member'), // §3.2.2
    allprop: false,
    get: ({resource: {stored, href}}) => (stored?.collection ? element(dav('href'), href + addMemberName) : undefined),
  },
]);
