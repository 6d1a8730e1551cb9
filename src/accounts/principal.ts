import type {AutoScheduleMode} from './auto-schedule-mode.ts';
import type {PlaceDetails} from './place.ts';

/** RFC 6638 §2.4.2 and the record types of accounts.xml. */
export type PrincipalType = 'users' | 'groups' | 'locations' | 'resources';

/** A record of the directory: who may log in, own a home, or be invited. */
export interface Principal {
  readonly type: PrincipalType;
  /** Stable for ever: URLs and folders are named by it. Upper case where it is a UUID. */
  readonly guid: string;
  /** Short names to log in with, at least one; the first names it in `/principals/users/<name>/`. */
  readonly uids: readonly string[];
  readonly fullName: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Lower case, without `mailto:`. */
  readonly emails: readonly string[];
  /** Further calendar user addresses, as URIs. */
  readonly addresses: readonly string[];
  /** Whether it has a calendar home. */
  readonly calendars: boolean;
  /** GUIDs of a group's members, nested groups included as themselves. */
  readonly members: readonly string[];
  /** Whether it answers invitations itself at all. */
  readonly autoSchedule: boolean;
  readonly autoScheduleMode: AutoScheduleMode;
  /** GUID of the group whose members' invitations are answered as in the mode `automatic`. */
  readonly autoAcceptGroup?: string;
  readonly place?: PlaceDetails;
  /** GUIDs of those who may act for it, from accounts.xml. */
  readonly proxies: readonly string[];
  readonly readOnlyProxies: readonly string[];
}

/** Whoever answers for the accounts: an XML file today. Every answer is of one moment; a reload swaps the whole. */
export interface Directory {
  readonly realm: string;
  findByGuid(guid: string): Principal | undefined;
  /** By type and short name, as in `/principals/users/ann/`; the comparison ignores Unicode normal form, not case. */
  findByName(type: PrincipalType, uid: string): Principal | undefined;
  /** By calendar user address: `mailto:`, `urn:uuid:`, `urn:x-uid:` or a principal's or home's path. */
  findByAddress(address: string): Principal | undefined;
  list(type: PrincipalType): Iterable<Principal>;
  /** The groups a principal is a member of, directly or through another group. */
  groupsOf(guid: string): readonly Principal[];
  /** Those that name it themselves. */
  groupsNaming(guid: string): readonly Principal[];
  /** The record if the password is right. Costs the same for an unknown name as for a wrong password. */
  verify(uid: string, password: string): Promise<Principal | undefined>;
  /** Digest's HA1 in lower-case hex, where one is stored for this account (RFC 7616). */
  findHa1(uid: string, algorithm: 'MD5' | 'SHA-256'): {principal: Principal; ha1: string} | undefined;
  /**
   * Differs whenever what `verify` would compare this name's password with does, so that a remembered answer can be dropped. A secret.
   * Where a directory has none, answers are forgotten with the Directory that gave them.
   */
  credentialTag?(uid: string): string;
}
