import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Config} from '../config/config.ts';
import type {Account} from './as-account.ts';

/** Whom the server will become: UserName, when root asks. Undefined: it stays what it is, or there is no such account. */
export async function findAccount(config: Config | undefined): Promise<Account | undefined> {
  if (!config?.userName || process.geteuid?.() !== 0) return undefined;
  return lookUpAccount(config.userName);
}

/** An account of the system by name, from wherever the system keeps them. */
export async function lookUpAccount(name: string): Promise<Account | undefined> {
  try {
    const id = async (what: string) => Number((await promisify(execFile)('id', [what, name])).stdout.trim());
    return {name, uid: await id('-u'), gid: await id('-g')};
  } catch {
    return undefined;
  }
}
