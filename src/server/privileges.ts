import {execFileSync} from 'node:child_process';
import {userInfo} from 'node:os';
import {UserError} from '../base/user-error.ts';

/** An account and a group of the system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What this process is; tests put another in its place. */
export interface Identity {
  readonly uid: number | undefined;
  readonly name: string;
}

export function currentIdentity(): Identity {
  return {uid: process.geteuid?.(), name: accountName()};
}

/**
 * The account that the server is to become: undefined where it stays what it is. Throws UserError where root would serve, or where
 * the account does not exist; `warn` hears of a UserName that cannot be followed.
 */
export function planAccount(
  {userName, groupName}: {userName: string; groupName: string},
  identity: Identity,
  warn: (sentence: string) => void,
): Account | undefined {
  if (identity.uid !== 0) {
    if (userName && userName !== identity.name) {
      warn(`UserName is ${userName}, but only root can become another account: serving as ${identity.name}.`);
    }
    return undefined;
  }
  if (!userName) {
    throw new UserError(
      'caldav does not serve as root, and the configuration names no account to become.',
      'Start it from another account, or name one: caldav config set UserName ACCOUNT (caldav setup --run-as ACCOUNT makes it).',
    );
  }
  const uid = idOf(userName, '-u');
  const gid = groupName ? groupId(groupName) : idOf(userName, '-g');
  if (uid === undefined || gid === undefined) {
    const missing = uid === undefined ? `account ${userName} (UserName)` : `group ${groupName} (GroupName)`;
    throw new UserError(
      `There is no ${missing} on this machine.`,
      uid === undefined
        ? `Make it: useradd --system --home-dir /nonexistent ${userName}`
        : `Make it: groupadd --system ${groupName}`,
    );
  }
  if (uid === 0) throw new UserError('UserName is root, and caldav does not serve as root.', 'Name another account in UserName.');
  return {name: userName, uid, gid};
}

/** Becomes the account for good: supplementary groups, group, user, in this order. Throws where root could be had back. */
export function becomeAccount({name, uid, gid}: Account): void {
  (process as NodeJS.Process & {initgroups(user: string, group: number): void}).initgroups(name, gid);
  process.setgid!(gid);
  process.setuid!(uid);
  let again = true;
  try {
    process.setuid!(0);
  } catch {
    again = false;
  }
  if (again || process.getuid!() !== uid || process.geteuid!() !== uid || process.getegid!() !== gid) {
    throw new Error(`the process could not give up root for ${name}`);
  }
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? '');
  }
}

/** From wherever the system keeps its accounts; a number is taken as it is. */
function idOf(name: string, what: '-u' | '-g'): number | undefined {
  try {
    return Number(execFileSync('id', [what, name], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim());
  } catch {
    return undefined;
  }
}

function groupId(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  try {
    return Number(execFileSync('getent', ['group', name], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).split(':')[2]);
  } catch {
    return undefined;
  }
}
