import {execFileSync} from 'node:child_process';
import {stat} from 'node:fs/promises';
import type {Config} from '../config/config.ts';
import {type Account, currentIdentity, planAccount} from '../server/privileges.ts';
import type {CommandIo} from './command.ts';

/** Does work on the data as the account whose it is: root becomes that account meanwhile. Throws UserError where root would stay root. */
export async function asDataOwner<T>(config: Config, io: CommandIo, work: () => Promise<T>): Promise<T> {
  return runAs(await ownerOf(config, io), config.umask, work);
}

/** Whom root is to become: UserName, or else whoever owns the data. */
async function ownerOf(config: Config, {out}: CommandIo): Promise<Account | undefined> {
  const identity = currentIdentity();
  if (identity.uid !== 0 || config.userName) return planAccount(config, identity, sentence => out.note(sentence));
  const owner = await stat(config.documentRoot)
    .catch(() => stat(config.dataRoot))
    .catch(() => undefined);
  if (owner === undefined || owner.uid === 0) return planAccount(config, identity, sentence => out.note(sentence));
  const name = execFileSync('id', ['-nu', String(owner.uid)], {encoding: 'utf8'}).trim();
  return {name, uid: owner.uid, gid: owner.gid};
}

/** With the rights of the account while `work` lasts; afterwards root again, to write where root may. Undefined: as it is. */
async function runAs<T>(account: Account | undefined, umask: number, work: () => Promise<T>): Promise<T> {
  const before = process.umask(umask);
  const groups = process.getgroups!();
  const gid = process.getegid!();
  if (account) {
    (process as NodeJS.Process & {initgroups(user: string, group: number): void}).initgroups(account.name, account.gid);
    process.setegid!(account.gid);
    process.seteuid!(account.uid);
  }
  try {
    return await work();
  } finally {
    if (account) {
      process.seteuid!(0);
      process.setegid!(gid);
      process.setgroups!(groups);
    }
    process.umask(before);
  }
}
