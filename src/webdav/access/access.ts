import type {Directory, Principal} from '../../accounts/principal.ts';
import type {Proxies} from '../../accounts/proxies.ts';
import {dav, type Name} from '../../xml/names.ts';
import {parsePath} from '../href.ts';
import {root} from '../kinds/root.ts';
import {wellKnown} from '../kinds/well-known.ts';
import type {Limits} from '../limits.ts';
import {findPrincipal} from '../principals.ts';
import {homeHref} from '../privileges.ts';
import type {DavContext, Protocol, Resource} from '../tables.ts';
import type {Ace} from './ace.ts';
import {type Bits, bitsOf, ownBitsOf, privilegeBits} from './privilege-bits.ts';
import {storedAces} from './stored-acl.ts';

/** Who has rights that no ownership gives, as the plist says it: principal URLs, a group's for its members; and who is nobody. */
export interface AccessRules {
  readonly adminPrincipals: readonly string[];
  readonly readPrincipals: readonly string[];
  /** Whether who has not logged in may read `/`, and the collections that lead to principals and homes; undefined: no. */
  readonly enableAnonymousReadRoot?: boolean;
  readonly enableAnonymousReadNav?: boolean;
}

/** What access is decided by. */
interface Ground {
  readonly rules: AccessRules;
  readonly directory: Directory;
  readonly proxies: Proxies;
  readonly protocol: Protocol;
  readonly limits: Pick<Limits, 'privateEvents'>;
}

/**
 * Who may do what: the one place where it is decided. The entries of a resource in a home are, in this order, those that nobody can
 * change (its owner has all rights, AdminPrincipals too, ReadPrincipals may read, delegates act in the whole home), those set on it by
 * ACL, and those it inherits. What lies in no home may be read by whoever has logged in. Made anew for each request.
 */
export function createAccess(asker: Principal | undefined, ground: Ground): Pick<DavContext, 'may' | 'acl' | 'isTrusted'> {
  const {protocol, limits} = ground;
  const known = privilegeBits(protocol);
  const everything = known.get(dav('all')) ?? 0;
  const matches = matcher(asker, ground.directory);
  const fold = (from: Standing, aces: readonly Ace[], resource: Resource) =>
    evaluate(from, aces, ace => matches(ace, resource), protocol);
  // One home's protected entries, and what comes of them with each list that its collections hand down.
  const homes = new Map<string, Standing & {readonly inheriting: Map<readonly Ace[], Bits>; readonly isTrusted: boolean}>();

  function standingIn(resource: Resource) {
    const guid = resource.owner?.guid ?? '';
    let standing = homes.get(guid);
    if (!standing) {
      const trusted = fold(nothing, trustedIn(resource, ground), resource);
      const isTrusted = (trusted.granted & (known.get(dav('read')) ?? 0)) !== 0;
      // Whoever has all rights is not looked for among the delegates.
      const acting = trusted.granted === everything ? trusted : fold(trusted, delegatesIn(resource, ground), resource);
      standing = {...acting, inheriting: new Map(), isTrusted};
      homes.set(guid, standing);
    }
    return standing;
  }

  // One resource is asked about many times over, for its properties.
  let last: {readonly resource: Resource; readonly bits: Bits} | undefined;

  function granted(resource: Resource): Bits {
    if (last?.resource !== resource) last = {resource, bits: workOut(resource)};
    return last.bits;
  }

  function workOut(resource: Resource): Bits {
    if (!resource.view) return fold(nothing, protectedOutside(resource, ground), resource).granted;
    const standing = standingIn(resource);
    if (standing.granted === everything) return everything;
    const own = storedAces(resource);
    const inherited = inheritedAces(resource);
    if (own.length > 0) return fold(fold(standing, own, resource), inherited, resource).granted;
    let bits = standing.inheriting.get(inherited);
    if (bits === undefined) {
      bits = fold(standing, inherited, resource).granted;
      standing.inheriting.set(inherited, bits);
    }
    return bits;
  }

  /** What the owner keeps from all others, whatever they are granted. */
  function withheld(resource: Resource): readonly Name[] {
    if (!limits.privateEvents || !resource.kind.withholds || standingIn(resource).isTrusted) return [];
    return resource.kind.withholds(resource);
  }

  return {
    may(privilege, resource) {
      const needed = known.get(privilege);
      if (needed === undefined || (granted(resource) & needed) !== needed) return false;
      const names = withheld(resource);
      return names.length === 0 || (ownBitsOf(names, protocol) & needed) === 0;
    },
    isTrusted: resource => resource.view !== undefined && standingIn(resource).isTrusted,
    acl(resource) {
      if (!resource.view) return protectedOutside(resource, ground);
      const home = resource.stored?.path === '' ? undefined : homeHref(resource);
      const fixed = protectedIn(resource, ground).map(ace =>
        home !== undefined && isOwners(ace, resource) ? {...ace, inherited: home} : ace,
      );
      const names = limits.privateEvents ? (resource.kind.withholds?.(resource) ?? []) : [];
      const denied: Ace[] = names.length === 0 ? [] : [{...others, privileges: names}];
      return [...denied, ...fixed, ...storedAces(resource), ...listInherited(resource)];
    },
  };
}

/** How far an evaluation has come: what has been granted, and what denied before it was. */
export interface Standing {
  readonly granted: Bits;
  readonly denied: Bits;
}

/** Where an evaluation begins. */
export const nothing: Standing = {granted: 0, denied: 0};

/** RFC 3744 §6: of each privilege the first entry that speaks of it, among those that match, decides. */
export function evaluate(
  {granted, denied}: Standing,
  aces: readonly Ace[],
  matches: (ace: Ace) => boolean,
  protocol: Protocol,
): Standing {
  let [grants, denies] = [granted, denied];
  for (const ace of aces) {
    const bits = bitsOf(ace.privileges, protocol) & ~(grants | denies);
    // Whether it matches may take a look at all groups.
    if (bits === 0 || !matches(ace)) continue;
    if (ace.verb === 'grant') grants |= bits;
    else denies |= bits;
  }
  return {granted: grants, denied: denies};
}

/** RFC 3744 §5.5.1. */
function matcher(asker: Principal | undefined, directory: Directory): (ace: Ace, resource: Resource) => boolean {
  let groups: ReadonlySet<string> | undefined;
  const is = (guid: string) => {
    if (!asker || guid === asker.guid) return asker !== undefined;
    groups ??= new Set(directory.groupsOf(asker.guid).map(group => group.guid));
    return groups.has(guid);
  };
  return ({who, invert = false}, {owner, view}) => {
    if (who === 'all') return !invert;
    if (who === 'authenticated') return (asker !== undefined) !== invert;
    if (who === 'unauthenticated') return (asker === undefined) !== invert;
    // What lies in a home is no principal.
    if (who === 'self') return (!view && owner !== undefined && is(owner.guid)) !== invert;
    if ('property' in who) return (who.property === dav('owner') && owner !== undefined && is(owner.guid)) !== invert;
    return is(who.guid) !== invert;
  };
}

const none: readonly Ace[] = [];

/** The same list each time for all members of a collection that itself inherits nothing. */
function inheritedAces({within}: Resource): readonly Ace[] {
  if (!within?.kind.bequeaths) return none;
  const above = inheritedAces(within);
  const own = storedAces(within);
  return above.length === 0 ? own : [...own, ...above];
}

function listInherited({within}: Resource): Ace[] {
  if (!within?.kind.bequeaths) return [];
  return [...storedAces(within).map(ace => ({...ace, inherited: within.href})), ...listInherited(within)];
}

const reading: readonly Name[] = [dav('read'), dav('read-acl')];

/** The entry by which an owner keeps something from others. */
const others: Omit<Ace, 'privileges'> = {who: {property: dav('owner')}, invert: true, verb: 'deny', isProtected: true};

function protectedIn(resource: Resource, ground: Ground): Ace[] {
  return [...trustedIn(resource, ground), ...delegatesIn(resource, ground)];
}

/** Of the owner, and of those whom the plist gives rights everywhere: nothing is kept from them. */
function trustedIn({owner}: Resource, ground: Ground): Ace[] {
  const {admins, readers} = named(ground);
  return [
    ...(owner ? [fixed(owner.guid, [dav('all')])] : []),
    ...admins.map(({guid}) => fixed(guid, [dav('all')])),
    ...readers.map(({guid}) => fixed(guid, reading)),
  ];
}

function delegatesIn({owner}: Resource, ground: Ground): Ace[] {
  const acting = ground.protocol.privileges.filter(({name, within}) => within === dav('all') && name !== dav('write-acl'));
  const delegates = (access: 'read' | 'write') => (owner ? ground.proxies.of(owner.guid, access) : []);
  return [
    ...delegates('write').map(guid =>
      fixed(
        guid,
        acting.map(({name}) => name),
      ),
    ),
    ...delegates('read').map(guid => fixed(guid, [dav('read')])),
  ];
}

function protectedOutside({kind, owner, actsFor, isOpen}: Resource, ground: Ground): Ace[] {
  const subject = owner ?? actsFor;
  // A room or a thing has nobody but its delegates to say who they are; a person says so itself.
  const keepers = actsFor?.type === 'locations' || actsFor?.type === 'resources' ? ground.proxies.of(actsFor.guid, 'write') : [];
  const {enableAnonymousReadRoot, enableAnonymousReadNav} = ground.rules;
  const leads = kind === root || kind === wellKnown ? enableAnonymousReadRoot : kind.leads && enableAnonymousReadNav;
  const own = [...reading, dav('write-properties')];
  return [
    {who: isOpen || leads ? 'all' : 'authenticated', verb: 'grant', privileges: [dav('read')], isProtected: true},
    ...(subject ? [fixed(subject.guid, own)] : []),
    ...named(ground).admins.map(({guid}) => fixed(guid, own)),
    ...keepers.map(guid => fixed(guid, own)),
  ];
}

function fixed(guid: string, privileges: readonly Name[]): Ace {
  return {who: {guid}, verb: 'grant', privileges, isProtected: true};
}

function isOwners({who}: Ace, {owner}: Resource): boolean {
  return typeof who === 'object' && 'guid' in who && who.guid === owner?.guid;
}

interface Named {
  readonly admins: readonly Principal[];
  readonly readers: readonly Principal[];
}

const resolved = new WeakMap<Directory, Map<string, readonly Principal[]>>();

/** The principals of the rules, looked up once for each directory: a reload brings a new one. */
function named({directory, rules}: Ground): Named {
  let known = resolved.get(directory);
  if (!known) {
    known = new Map();
    resolved.set(directory, known);
  }
  const find = (urls: readonly string[]) => {
    const key = urls.join('\n');
    let found = known.get(key);
    if (!found) {
      found = urls.flatMap(url => findByUrl(url, directory) ?? []);
      known.set(key, found);
    }
    return found;
  };
  return {admins: find(rules.adminPrincipals), readers: find(rules.readPrincipals)};
}

function findByUrl(url: string, directory: Directory): Principal | undefined {
  const [tree, type, name] = parsePath(url);
  return tree === 'principals' && type !== undefined && name !== undefined ? findPrincipal(type, name, directory) : undefined;
}
