import type {Directory, Principal} from '../accounts/principal.ts';
import {dav, type Name} from '../xml/names.ts';
import {parsePath} from './href.ts';
import {findPrincipal} from './principals.ts';
import type {Resource} from './tables.ts';

/** Who has rights that no ownership gives: principal URLs, as the plist lists them; a group's hold for its members. */
export interface AccessRules {
  readonly adminPrincipals: readonly string[];
  readonly readPrincipals: readonly string[];
}

/**
 * Whether a principal has a privilege on a resource: the one place where that is decided. Owners have all rights on what is theirs,
 * AdminPrincipals on everything in homes, ReadPrincipals may read it; who has logged in may read whatever lies in no home; nobody else
 * may do anything. Reading RFC 3744's lists of rules instead is a change to this function alone.
 */
export function may(
  principal: Principal | undefined,
  privilege: Name,
  resource: Resource,
  directory: Directory,
  rules: AccessRules,
): boolean {
  if (!principal) return false;
  if (!resource.view) return reading.has(privilege);
  if (resource.owner?.guid === principal.guid) return true;
  if (isAny(rules.adminPrincipals, principal, directory)) return true;
  return reading.has(privilege) && isAny(rules.readPrincipals, principal, directory);
}

const reading: ReadonlySet<Name> = new Set([dav('read'), dav('read-current-user-privilege-set'), dav('read-acl')]);

function isAny(urls: readonly string[], principal: Principal, directory: Directory): boolean {
  if (urls.length === 0) return false;
  const listed = guidsOf(urls, directory);
  return listed.has(principal.guid) || directory.groupsOf(principal.guid).some(group => listed.has(group.guid));
}

const resolved = new WeakMap<Directory, Map<readonly string[], ReadonlySet<string>>>();

/** Once for each directory: a reload brings a new one. */
function guidsOf(urls: readonly string[], directory: Directory): ReadonlySet<string> {
  let lists = resolved.get(directory);
  if (!lists) {
    lists = new Map();
    resolved.set(directory, lists);
  }
  let guids = lists.get(urls);
  if (!guids) {
    guids = new Set(urls.map(url => findByUrl(url, directory)?.guid).filter(guid => guid !== undefined));
    lists.set(urls, guids);
  }
  return guids;
}

function findByUrl(url: string, directory: Directory): Principal | undefined {
  const [tree, type, name] = parsePath(url);
  return tree === 'principals' && type !== undefined && name !== undefined ? findPrincipal(type, name, directory) : undefined;
}
