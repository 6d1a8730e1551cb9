import {existsSync} from 'node:fs';
import type {Principal} from '../accounts/principal.ts';
import {fixedProxies, type ProxyAccess} from '../accounts/proxies.ts';
import {openProxiesFile, type ProxiesFile, proxiesFileIn} from '../accounts/proxies-file.ts';
import {UserError} from '../base/user-error.ts';
import {asDataOwner} from './as-data-owner.ts';
import type {CommandIo} from './command.ts';
import type {Accounts} from './open-accounts.ts';

/**
 * Opens what owners have set of who acts for them, whether or not a server runs, and hands it to `work`, as the account whose data it
 * is. A running server sees what is changed with its next request. Throws UserError where the file is out of reach.
 */
export function withProxies<T>({config}: Accounts, io: CommandIo, work: (proxies: ProxiesFile) => T): Promise<T> {
  return asDataOwner(config, io, async () => {
    using proxies = openProxiesFile(proxiesFileIn(config.dataRoot));
    return work(proxies);
  });
}

/** One who acts for another, and where that is said. */
export interface Delegate {
  readonly owner: string;
  readonly delegate: string;
  readonly access: ProxyAccess;
  /** `accounts`: in accounts.xml, `owner`: set by the owner from a calendar program, or by `caldav proxy add`. */
  readonly setBy: 'accounts' | 'owner';
}

/** All who act for others, by GUID, whether their accounts are still there or not. */
export async function listDelegates(accounts: Accounts, io: CommandIo): Promise<Delegate[]> {
  const {directory, config} = accounts;
  const owners = (['users', 'locations', 'resources'] as const).flatMap(type => [...directory.list(type)]);
  const fixed = owners.flatMap(owner =>
    (['write', 'read'] as const).flatMap(access =>
      fixedProxies(owner, access).map(delegate => ({owner: owner.guid, delegate, access, setBy: 'accounts'}) as const),
    ),
  );
  if (!existsSync(proxiesFileIn(config.dataRoot))) return fixed;
  const set = await withProxies(accounts, io, proxies => proxies.list());
  return [...fixed, ...set.map(({owner, access, member}) => ({owner, delegate: member, access, setBy: 'owner'}) as const)];
}

/**
 * Forgets whom an account that is gone had let act for it, and for whom it acted; there may be nothing to forget. Where that cannot be
 * done it is a remark: what names an account that is not there has no effect.
 */
export async function forgetDelegates(accounts: Accounts, {guid}: Principal, io: CommandIo): Promise<void> {
  const file = proxiesFileIn(accounts.config.dataRoot);
  if (!existsSync(file)) return;
  try {
    await withProxies(accounts, io, proxies => proxies.forget(guid));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.out.note(`What ${file} says of its delegates stays there: ${error.message}`);
  }
}

/** How an account is called on the command line: its type before it where it is no user. */
export function delegateName({directory}: Accounts, guid: string): string {
  const found = directory.findByGuid(guid);
  if (!found) return `${guid} (no longer there)`;
  return found.type === 'users' ? found.uids[0]! : `${found.type}/${found.uids[0]}`;
}
