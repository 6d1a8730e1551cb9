import {dav} from '../../xml/names.ts';
import type {Kind} from '../tables.ts';

/** `/.well-known/` (RFC 8615 §3): a collection that lists nothing. What lies in it are redirects (RFC 6764 §5), which are no resources. */
export const wellKnown: Kind = {
  name: 'well-known',
  resourcetype: [dav('collection')],
  pattern: '/.well-known/',
  find: () => ({kind: wellKnown, href: '/.well-known/'}),
  *members() {},
};
