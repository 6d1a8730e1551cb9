import {dav} from '../../xml/names.ts';
import type {Kind} from '../tables.ts';

/** `/`. Its members are what the kinds declare one level below it. */
export const root: Kind = {
  name: 'root',
  resourcetype: [dav('collection')],
  pattern: '/',
  find: () => ({kind: root, href: '/'}),
  async *members(_resource, context) {
    for (const {pattern} of context.protocol.kinds) {
      const found = pattern && /^\/[^:/.][^:/]*\/$/.test(pattern) ? await context.locate(pattern) : undefined;
      if (found) yield found;
    }
  },
};
