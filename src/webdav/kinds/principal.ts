import {dav} from '../../xml/names.ts';
import {printPath} from '../href.ts';
import {allPrincipals, findPrincipal, principalTypes} from '../principals.ts';
import type {Kind} from '../tables.ts';
import {proxyPrincipalsOf} from './calendar-proxy.ts';

/** RFC 3744 §5.8: `/principals/`, where searches start. */
export const principalCollection: Kind = {
  name: 'principal collection',
  resourcetype: [dav('collection')],
  pattern: '/principals/',
  leads: true,
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
  leads: true,
  find: ({type}) =>
    type === '__uids__' || principalTypes.some(each => each === type)
      ? {kind: principalsOfType, href: printPath(['principals', type!], true)}
      : undefined,
  *members({href}, {directory, limits, principal: asker}) {
    const type = href.split('/')[2]!;
    const known = principalTypes.find(each => each === type);
    for (const owner of known ? directory.list(known) : allPrincipals(directory)) {
      if (limits.enablePrincipalListings === false && owner.guid !== asker?.guid) continue;
      yield {kind: principal, owner, href: printPath(['principals', type, known ? owner.uids[0]! : owner.guid], true)};
    }
  },
};

/** RFC 3744 §2: a user, group, location or resource; the groups of those who act for it lie in it. */
export const principal: Kind = {
  name: 'principal',
  resourcetype: [dav('collection'), dav('principal')],
  pattern: '/principals/:type/:name/',
  find({type, name}, {directory}) {
    const owner = findPrincipal(type!, name!, directory);
    return (
      owner && {kind: principal, owner, href: printPath(['principals', type!, type === '__uids__' ? owner.guid : name!], true)}
    );
  },
  members: ({owner, href}) => proxyPrincipalsOf(owner!, href),
};
