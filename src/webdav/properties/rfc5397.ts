import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {principalHref} from '../principals.ts';
import {properties} from '../tables.ts';

/** RFC 5397. */
export const rfc5397 = properties('all', [
  {
    name: dav('current-user-principal'), // §3
    allprop: false,
    get: ({context: {principal}}) =>
      principal ? element(dav('href'), principalHref(principal)) : element(dav('unauthenticated')),
  },
]);
