import {execFileSync} from 'node:child_process';
import {stat} from 'node:fs/promises';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {indexFile} from '../server/indexer.ts';
import {type Account, currentIdentity, planAccount} from '../server/privileges.ts';
import {openFileStore, prepareFileStore} from '../store/file/store.ts';
import type {Store} from '../store/store.ts';
import type {CommandIo} from './command.ts';

/**
 * Opens the store, whether or not a server runs on it, and hands it to `work`, as the account whose data it is: root becomes that
 * account meanwhile, so that what is written gets the right owner. Throws UserError where the data is out of reach.
 */
export async function withStore<T>(config: Config, io: CommandIo, work: (store: Store) => Promise<T>): Promise<T> {
  const account = await ownerOf(config, io);
  await prepareFileStore();
  return runAs(account, config.umask, async () => {
    await using closing = new AsyncDisposableStack();
    const store = await openFileStore({
      root: config.documentRoot,
      log: {debug() {}, info() {}, warn: (_, message) => io.out.note(message), error: (_, message) => io.out.note(message)},
      index: indexFile,
    }).catch(error => Promise.reject(explain(error, config)));
    closing.defer(() => store.close());
    return await work(store);
  });
}

/** Whom root is to become: UserName, or else whoever owns the data. */
async function ownerOf(config: Config, {out}: CommandIo): Promise<Account | undefined> {
  const identity = currentIdentity();
  if (identity.uid !== 0 || config.userName) return planAccount(config, identity, sentence => out.note(sentence));
  const owner = await stat(config.documentRoot).catch(() => undefined);
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

function explain(error: unknown, {documentRoot}: Config): unknown {
  const {code, path} = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return error;
  return new UserError(
    `This account may not write to ${path ?? documentRoot}.`,
    'Run the command as the account that the server runs as, or as root.',
  );
}
