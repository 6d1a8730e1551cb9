import {dav} from '../xml/names.ts';
import {printPath} from './href.ts';
import {allPrincipals, findPrincipal, principalTypes} from './principals.ts';
import type {DavContext, Kind, Resource} from './tables.ts';

/** `/`. Its members are what the kinds declare one level below it. */
export const root: Kind = {
  name: 'root',
  resourcetype: [dav('collection')],
  pattern: '/',
  find: () => ({kind: root, href: '/'}),
  async *members(_resource, context) {
    for (const {pattern} of context.protocol.kinds) {
      const found = pattern && /^\/[^:/]+\/$/.test(pattern) ? await context.locate(pattern) : undefined;
      if (found) yield found;
    }
  },
};

/** RFC 3744 §5.8: `/principals/`, where searches start. */
export const principalCollection: Kind = {
  name: 'principal collection',
  resourcetype: [dav('collection')],
  pattern: '/principals/',
  find: () => ({kind: principalCollection, href: '/principals/'}),
  *members() {
    for (const type of ['__uids__', ...principalTypes])
      yield {kind: principalsOfType, href: printPath(['principals', type], true)};
  },
};

/** `/principals/users/` and the like, and `/principals/__uids__/`, where all are. */
export const principalsOfType: Kind = {
  name: 'principal collection',
  resourcetype: [dav('collection')],
  pattern: '/principals/:type/',
  find: ({type}) =>
    type === '__uids__' || principalTypes.some(each => each === type)
      ? {kind: principalsOfType, href: printPath(['principals', type!], true)}
      : undefined,
  *members({href}, {directory}) {
    const type = href.split('/')[2];
    const known = principalTypes.find(each => each === type);
    for (const each of known ? directory.list(known) : allPrincipals(directory)) {
      const name = known ? each.uids[0]! : each.guid;
      yield {kind: principal, href: printPath(['principals', type!, name], true), owner: each};
    }
  },
};

/** RFC 3744 §2: a user, group, location or resource. */
export const principal: Kind = {
  name: 'principal',
  resourcetype: [dav('collection'), dav('principal')],
  pattern: '/principals/:type/:name/',
  find: ({type, name}, {directory}) => findPrincipalResource(type!, name!, directory),
};

function findPrincipalResource(type: string, name: string, directory: DavContext['directory']): Resource | undefined {
  const owner = findPrincipal(type, name, directory);
  if (!owner) return undefined;
  return {kind: principal, owner, href: printPath(['principals', type, type === '__uids__' ? owner.guid : name], true)};
}

/** A collection in a home that no other room has made its own. */
export const collection: Kind = {
  name: 'collection',
  resourcetype: [dav('collection')],
  makeable: true,
  stored: stored => stored.collection,
};

/** Whatever is no collection and is of no other kind. */
export const file: Kind = {name: 'file', resourcetype: [], stored: stored => !stored.collection};
