import type {Directory, Principal, PrincipalType} from '../accounts/principal.ts';
import {printPath} from './href.ts';

/** The types of principals, as URLs and accounts.xml spell them. */
export const principalTypes = ['users', 'groups', 'locations', 'resources'] as const satisfies readonly PrincipalType[];

/** The canonical URL of a principal: it survives a change of name. */
export function principalHref({guid}: Principal): string {
  return printPath(['principals', '__uids__', guid], true);
}

/** The principal that `/principals/<type>/<name>/` and `/calendars/<type>/<name>/` speak of; `__uids__` is a type with GUIDs for names. */
export function findPrincipal(type: string, name: string, directory: Directory): Principal | undefined {
  if (type === '__uids__') return directory.findByGuid(name) ?? directory.findByGuid(name.toUpperCase());
  const known = principalTypes.find(each => each === type);
  return known && directory.findByName(known, name);
}

/** All principals, type by type. */
export function* allPrincipals(directory: Directory): Iterable<Principal> {
  for (const type of principalTypes) yield* directory.list(type);
}
