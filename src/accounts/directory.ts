import {computeHa1, sameSecret, verifyNothing, verifyPassword} from './password.ts';
import type {Directory, Principal, PrincipalType} from './principal.ts';
import type {AccountRecord, Reference} from './records.ts';

/** Who can log in: people, and rooms and things that were given a password. */
const loginTypes: readonly PrincipalType[] = ['users', 'locations', 'resources'];

/** The directory of records whose GUIDs and names are unique. References to records that are not there are left out. */
export function createDirectory(realm: string, records: readonly AccountRecord[]): Directory {
  const byName = new Map<string, AccountRecord>(
    records.flatMap(record => record.uids.map(uid => [`${record.type}/${uid}`, record] as const)),
  );
  const guidsOf = (references: readonly Reference[]) =>
    unique(references.flatMap(({type, uid}) => byName.get(`${type}/${uid}`)?.guid ?? []));
  const principals = new Map(records.map(record => [record.guid, Object.freeze(toPrincipal(record, guidsOf))]));
  const byAddress = indexAddresses(principals.values());
  const parents = indexParents(principals);
  const logins = indexLogins(records);
  const find = (guid: string) => principals.get(guid) ?? principals.get(guid.toUpperCase());
  const findName = (type: string, uid: string) => {
    const record = byName.get(`${type}/${uid.normalize('NFC')}`);
    return record && principals.get(record.guid);
  };

  return {
    realm,
    findByGuid: find,
    findByName: findName,
    findByAddress(address) {
      const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:|\/)?(.*)$/is.exec(address.trim())!;
      if (scheme === '/') return findByPath(rest, find, findName);
      const urn = /^urn:(?:uuid|x-uid):(.+)$/i.exec(address.trim());
      return (urn && find(decode(urn[1]!))) ?? byAddress.get(normalAddress(address));
    },
    list: type => [...principals.values()].filter(principal => principal.type === type),
    groupsOf: guid => [...ancestors(guid, parents)],
    groupsNaming: guid => (parents.get(guid) ?? []).filter(group => group.guid !== guid),
    async verify(name, password) {
      const record = logins(name);
      const right = record ? await passwordMatches(record, realm, password) : await verifyNothing(password);
      return right ? principals.get(record!.guid) : undefined;
    },
    findHa1(uid, algorithm) {
      const record = loginTypes.map(type => byName.get(`${type}/${uid.normalize('NFC')}`)).find(Boolean);
      if (!record) return undefined;
      const principal = principals.get(record.guid)!;
      const stored = record.ha1.find(row => row.algorithm === algorithm && row.uid === uid.normalize('NFC'));
      if (stored) return {principal, ha1: stored.value};
      if (!record.password || record.password.hashed) return undefined;
      return {principal, ha1: computeHa1(algorithm, uid, realm, record.password.value)};
    },
    credentialTag(name) {
      const record = logins(name);
      return record ? tagOf(record, realm) : '';
    },
  };
}

function toPrincipal(record: AccountRecord, guidsOf: (references: readonly Reference[]) => string[]): Principal {
  const [accepted] = guidsOf(record.autoAcceptGroup ? [record.autoAcceptGroup] : []);
  return {
    type: record.type,
    guid: record.guid,
    uids: record.uids,
    fullName: record.fullName,
    ...(record.firstName === undefined ? {} : {firstName: record.firstName}),
    ...(record.lastName === undefined ? {} : {lastName: record.lastName}),
    emails: record.emails,
    addresses: record.addresses,
    calendars: record.calendars,
    members: guidsOf(record.members),
    autoSchedule: record.autoScheduleMode !== 'none' || accepted !== undefined,
    autoScheduleMode: record.autoScheduleMode,
    ...(accepted === undefined ? {} : {autoAcceptGroup: accepted}),
    ...(record.place === undefined ? {} : {place: record.place}),
    proxies: guidsOf(record.proxies),
    readOnlyProxies: guidsOf(record.readOnlyProxies),
  };
}

/** By address in its normal form; an address that two records have is the first one's. */
function indexAddresses(principals: Iterable<Principal>): Map<string, Principal> {
  const found = new Map<string, Principal>();
  for (const principal of principals) {
    for (const address of [...principal.emails.map(email => `mailto:${email}`), ...principal.addresses]) {
      const normal = normalAddress(address);
      if (!found.has(normal)) found.set(normal, principal);
    }
  }
  return found;
}

/** Addresses are compared decoded and without regard to case, as mail systems do and the 2009 server did. */
function normalAddress(address: string): string {
  return decode(address.trim()).normalize('NFC').toLowerCase();
}

/** `principals/users/ann/`, `calendars/__uids__/<GUID>/`, the leading slash gone. */
function findByPath(
  path: string,
  findByGuid: (guid: string) => Principal | undefined,
  findByName: (type: string, uid: string) => Principal | undefined,
): Principal | undefined {
  const [tree, type, name, ...more] = path.replace(/\/$/, '').split('/').map(decode);
  if (more.length > 0 || !name || !type || !['principals', 'calendars', 'addressbooks'].includes(tree ?? '')) return undefined;
  return type === '__uids__' ? findByGuid(name) : findByName(type, name);
}

/** For each GUID the groups that name it among their members. */
function indexParents(principals: ReadonlyMap<string, Principal>): Map<string, Principal[]> {
  const parents = new Map<string, Principal[]>();
  for (const group of principals.values()) {
    for (const member of group.members) parents.set(member, [...(parents.get(member) ?? []), group]);
  }
  return parents;
}

/** Every group above, each once; a circle of groups ends where it began. */
function ancestors(guid: string, parents: ReadonlyMap<string, readonly Principal[]>): Set<Principal> {
  const found = new Set<Principal>();
  const look = [...(parents.get(guid) ?? [])];
  for (let group = look.pop(); group; group = look.pop()) {
    if (found.has(group) || group.guid === guid) continue;
    found.add(group);
    look.push(...(parents.get(group.guid) ?? []));
  }
  return found;
}

/**
 * Finds whom a name typed into a log-in window means: a short name, otherwise an e-mail address, in any case if that is clear, and
 * either in its percent-encoded form, which some phones make of `@`.
 */
function indexLogins(records: readonly AccountRecord[]): (name: string) => AccountRecord | undefined {
  const exact = new Map<string, AccountRecord>();
  const loose = new Map<string, AccountRecord | 'several'>();
  const candidates = loginTypes.flatMap(type => records.filter(record => record.type === type));
  for (const record of candidates) {
    for (const uid of record.uids) if (!exact.has(uid)) exact.set(uid, record);
    for (const name of [...record.uids, ...record.emails].map(name => name.toLowerCase())) {
      const other = loose.get(name);
      loose.set(name, other === undefined || other === record ? record : 'several');
    }
  }
  const look = (name: string) => {
    const normal = name.normalize('NFC');
    const found = exact.get(normal) ?? loose.get(normal.toLowerCase());
    return found === 'several' ? undefined : found;
  };
  return name => look(name) ?? (name.includes('%') ? look(decode(name)) : undefined);
}

const tags = new WeakMap<AccountRecord, string>();

/** All that a password is compared with; asked for with every request, so made once. */
function tagOf(record: AccountRecord, realm: string): string {
  const known = tags.get(record);
  if (known !== undefined) return known;
  const tag = JSON.stringify([record.guid, realm, record.password, record.ha1]);
  tags.set(record, tag);
  return tag;
}

/** Costs one argon2id whatever the record has stored, so that the time does not tell who has which. */
async function passwordMatches(record: AccountRecord, realm: string, password: string): Promise<boolean> {
  const stored = record.password;
  if (stored?.hashed) return verifyPassword(stored.value, password);
  await verifyNothing(password);
  if (stored) return stored.value !== '' && sameSecret(stored.value, password);
  return record.ha1.some(({algorithm, uid, value}) => sameSecret(computeHa1(algorithm, uid, realm, password), value));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
