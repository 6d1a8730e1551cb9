import {closeSync, constants, existsSync, fchownSync, openSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {isBusy} from '../base/disk-errors.ts';
import {UserError} from '../base/user-error.ts';

/** In DocumentRoot; never opened but to be locked: the system drops a process's locks when it closes the file anywhere. */
export const dataLockName = '.commands.sqlite';

/**
 * Keeps commands that work on the data, which share it, from those that put it elsewhere or other data in its place, which have it
 * `alone`. The lock is the operating system's, so that it does not outlive its holder; where none can be had, as on a disk that is
 * read-only, it goes without. Throws UserError where another command has it.
 */
export function lockData(root: string, how: 'shared' | 'alone'): Disposable {
  const file = join(root, dataLockName);
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(file)) create(file, root);
    database = new DatabaseSync(file, {timeout: 500});
    database.exec(how === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema');
    return {[Symbol.dispose]: () => database?.close()};
  } catch (error) {
    database?.close();
    if (!isBusy(error)) return {[Symbol.dispose]() {}};
    throw new UserError(`Another caldav command works on the data in ${root}.`, 'Type the same again when it is done.');
  }
}

/** Whoever makes it, it belongs to the account whose the data is. */
function create(file: string, root: string): void {
  const handle = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o640);
  try {
    const {uid, gid} = statSync(root);
    if (process.geteuid?.() === 0) fchownSync(handle, uid, gid);
  } finally {
    closeSync(handle);
  }
}
