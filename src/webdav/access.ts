import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import {dav, type Name} from '../xml/names.ts';
import {parsePath} from './href.ts';
import {findPrincipal} from './principals.ts';
import type {Ace, Protocol, Resource} from './tables.ts';

/** Who has rights that no ownership gives: principal URLs, as the plist lists them; a group's hold for its members. */
export interface AccessRules {
  readonly adminPrincipals: readonly string[];
  readonly readPrincipals: readonly string[];
}

/**
 * Who has which privileges on a resource: the one place where that is decided. Owners have all rights on what is theirs,
 * AdminPrincipals on everything in homes, ReadPrincipals may read it; who has logged in may read whatever lies in no home; nobody else
 * may do anything. Reading RFC 3744's own entries instead is a change to this function alone.
 */
export function acesOn(
  {view, owner, actsFor}: Resource,
  directory: Directory,
  rules: AccessRules,
  proxies?: Proxies,
): readonly Ace[] {
  const {admins, readers} = named(directory, rules);
  if (actsFor) {
    // A room or a thing has nobody but its delegates to say who they are; a person says so itself.
    const isThing = actsFor.type === 'locations' || actsFor.type === 'resources';
    const keepers = isThing ? (proxies?.of(actsFor.guid, 'write') ?? []).flatMap(guid => directory.findByGuid(guid) ?? []) : [];
    return [...everyone, ...[actsFor, ...admins, ...keepers].map(who => ({who, grant: [dav('write-properties')]}))];
  }
  if (!view) return everyone;
  const own = owner ? [{who: owner, grant: all}] : [];
  return [...own, ...admins.map(who => ({who, grant: all})), ...readers.map(who => ({who, grant: reading}))];
}

/** Whether a principal has a privilege, given with the aggregates it is part of; an entry for a group is one for its members. */
export function may(
  principal: Principal | undefined,
  privileges: readonly Name[],
  resource: Resource,
  directory: Directory,
  rules: AccessRules,
  proxies?: Proxies,
): boolean {
  if (!principal) return false;
  return acesOn(resource, directory, rules, proxies).some(
    ({who, grant}) =>
      (grant === all || privileges.some(privilege => grant.includes(privilege))) &&
      (who === 'authenticated' || who.guid === principal.guid || isMember(principal, who, directory)),
  );
}

function isMember({guid}: Principal, group: Principal, directory: Directory): boolean {
  return group.type === 'groups' && directory.groupsOf(guid).some(each => each.guid === group.guid);
}

const aggregates = new WeakMap<Protocol, Map<Name, readonly Name[]>>();

/** A privilege and those that hold it: an aggregate that is granted grants all that is within it (RFC 3744 §3). */
export function withAggregates(privilege: Name, protocol: Protocol): readonly Name[] {
  let known = aggregates.get(protocol);
  if (!known) {
    known = new Map(protocol.privileges.map(({name}) => [name, above(name, protocol)]));
    aggregates.set(protocol, known);
  }
  return known.get(privilege) ?? [privilege];
}

function above(privilege: Name, protocol: Protocol): Name[] {
  const within = protocol.privileges.find(({name}) => name === privilege)?.within;
  return within === undefined ? [privilege] : [privilege, ...above(within, protocol)];
}

const all: readonly Name[] = [dav('all')];
const reading: readonly Name[] = [dav('read'), dav('read-acl'), dav('read-current-user-privilege-set')];
const everyone: readonly Ace[] = [{who: 'authenticated', grant: reading}];

interface Named {
  readonly admins: readonly Principal[];
  readonly readers: readonly Principal[];
}

const resolved = new WeakMap<Directory, WeakMap<AccessRules, Named>>();

/** The principals of the rules, looked up once for each directory: a reload brings a new one. */
function named(directory: Directory, rules: AccessRules): Named {
  let byRules = resolved.get(directory);
  if (!byRules) {
    byRules = new WeakMap();
    resolved.set(directory, byRules);
  }
  let found = byRules.get(rules);
  if (!found) {
    const find = (urls: readonly string[]) => urls.flatMap(url => findByUrl(url, directory) ?? []);
    found = {admins: find(rules.adminPrincipals), readers: find(rules.readPrincipals)};
    byRules.set(rules, found);
  }
  return found;
}

function findByUrl(url: string, directory: Directory): Principal | undefined {
  const [tree, type, name] = parsePath(url);
  return tree === 'principals' && type !== undefined && name !== undefined ? findPrincipal(type, name, directory) : undefined;
}
