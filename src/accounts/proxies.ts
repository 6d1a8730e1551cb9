import type {Directory, Principal} from './principal.ts';

/** What a delegate may do in another's home, read it or write in it too (calendar-proxy). */
export type ProxyAccess = 'read' | 'write';

/**
 * Who acts for whom: what accounts.xml says of it and what owners set themselves, together, as both are at one moment. All are GUIDs of
 * records that are there, the owners with calendars; groups stand for themselves.
 */
export interface Proxies {
  /** Those who act for `guid`, as they are named: groups not resolved. */
  of(guid: string, access: ProxyAccess): readonly string[];
  /** Those whom `guid` acts for, named itself or by a group that it is in. */
  for(guid: string, access: ProxyAccess): readonly string[];
  /** Replaces those who act for `guid`, save those whom accounts.xml names: they stay. Resolves once it is durable. */
  set(guid: string, access: ProxyAccess, members: readonly string[]): Promise<void>;
}

/** One who acts for another because that one has set it. */
export interface Delegation {
  readonly owner: string;
  readonly access: ProxyAccess;
  readonly member: string;
}

/** Whom accounts.xml itself names: only there can that be changed. */
export function fixedProxies({proxies, readOnlyProxies}: Principal, access: ProxyAccess): readonly string[] {
  return access === 'write' ? proxies : readOnlyProxies;
}

/** Joins the accounts and what owners have set. */
export function joinProxies(directory: Directory, delegations: readonly Delegation[], set: Proxies['set']): Proxies {
  const byOwner = new Map<string, Set<string>>();
  const byMember = new Map<string, Set<string>>();
  const add = ({owner, access, member}: Delegation) => {
    if (!directory.findByGuid(owner)?.calendars || !directory.findByGuid(member)) return;
    put(byOwner, `${access} ${owner}`, member);
    put(byMember, `${access} ${member}`, owner);
  };
  for (const delegation of fixedIn(directory)) add(delegation);
  for (const delegation of delegations) add(delegation);
  return {
    of: (guid, access) => [...(byOwner.get(`${access} ${guid}`) ?? [])],
    for(guid, access) {
      const names = [guid, ...directory.groupsOf(guid).map(group => group.guid)];
      const owners = new Set(names.flatMap(name => [...(byMember.get(`${access} ${name}`) ?? [])]));
      owners.delete(guid);
      return [...owners];
    },
    set(guid, access, members) {
      const fixed = new Set(fixedProxies(directory.findByGuid(guid)!, access));
      return set(
        guid,
        access,
        [...new Set(members)].filter(member => !fixed.has(member)),
      );
    },
  };
}

function* fixedIn(directory: Directory): Iterable<Delegation> {
  for (const type of ['users', 'groups', 'locations', 'resources'] as const) {
    for (const principal of directory.list(type)) {
      for (const access of ['read', 'write'] as const) {
        for (const member of fixedProxies(principal, access)) yield {owner: principal.guid, access, member};
      }
    }
  }
}

function put(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
