import {link, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {setTimeout as sleep} from 'node:timers/promises';
import {isRunning} from './is-running.ts';
import {UserError} from './user-error.ts';

const waitMs = 10_000;

/**
 * Runs `work` while no other process that asks for the same lock does. The lock is a file `<file>.lock` that says who holds it; one
 * whose process is gone is taken away. Throws UserError where another keeps it for longer than ten seconds.
 */
export async function withLockFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const mine = `${process.pid} on ${hostname()}\n`;
  const until = Date.now() + waitMs;
  while (!(await take(lock, mine))) {
    const holder = await readFile(lock, 'utf8').catch(() => '');
    if (holder && isGone(holder)) await takeAway(lock, holder);
    else if (Date.now() > until) {
      throw new UserError(
        `${file} is being edited by another command (process ${holder.trim() || 'unknown'}).`,
        `Try again when it has ended; if there is none, remove ${lock}.`,
      );
    } else await sleep(20 + Math.random() * 60);
  }
  try {
    return await work();
  } finally {
    await rm(lock, {force: true});
  }
}

/** Makes the lock with its contents in one step, so that it is never seen empty. */
async function take(lock: string, contents: string): Promise<boolean> {
  const temporary = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(temporary, contents, {flag: 'wx', mode: 0o644});
    await link(temporary, lock);
    return true;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return takeWithoutLink(lock, contents);
  } finally {
    await rm(temporary, {force: true});
  }
}

/** On file systems without hard links, such as FAT: for a moment the lock is there and empty. */
async function takeWithoutLink(lock: string, contents: string): Promise<boolean> {
  try {
    await writeFile(lock, contents, {flag: 'wx', mode: 0o644});
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A process of this machine that no longer runs. */
function isGone(holder: string): boolean {
  const match = /^(\d+) on (.*)\n$/.exec(holder);
  return match !== null && match[2] === hostname() && !isRunning(Number(match[1]));
}

/** Removes the lock if it is still the one that was looked at; another that has come in its place is put back. */
async function takeAway(lock: string, holder: string): Promise<void> {
  const aside = `${lock}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, lock).catch(() => undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await rm(aside, {force: true});
  }
}
