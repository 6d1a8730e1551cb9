import {closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import type {Account} from './privileges.ts';

export interface LogFileOptions {
  /** Lines are gathered for so long before they are written; 0: each is written at once, which is for errors. */
  readonly gatherMs: number;
  /** Whether the file is put aside when it grows over `maxBytes` or (`daily`) when a day ends. */
  readonly rotate: boolean;
  readonly daily?: boolean;
  readonly maxBytes?: number;
  /** How many old files are kept: `access.log.1` is the newest. */
  readonly keep?: number;
  /** Whose the file is to be, where root makes it. */
  readonly owner?: Account | undefined;
}

/** A log file that one process writes for all. Trouble in writing never reaches the caller: it is said once on standard error. */
export interface LogFile {
  write(lines: string): void;
  /** Opens the file of this name anew: somebody has moved it away. */
  reopen(): void;
  close(): void;
}

/** Opens a log for appending. Throws the system's error where that cannot be. */
export function openLogFile(
  file: string,
  {gatherMs, rotate, daily = false, maxBytes = 50 * 1024 * 1024, keep = 10, owner}: LogFileOptions,
): LogFile {
  let descriptor = open(file, owner);
  let size = fstatSync(descriptor).size;
  let day = dayOf(fstatSync(descriptor).mtimeMs || Date.now());
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  let complained = false;

  function complain(error: Error) {
    if (!complained) process.stderr.write(`caldav: ${file} cannot be written (${error.message}).\n`);
    complained = true;
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === '') return;
    try {
      turn();
      size += writeSync(descriptor, gathered);
      complained = false;
    } catch (error) {
      complain(error as Error);
    }
    gathered = '';
  }

  /** Puts the file aside if it is time. */
  function turn() {
    const today = dayOf(Date.now());
    if (!rotate || size === 0 || (size < maxBytes && (!daily || today === day))) {
      day = today;
      return;
    }
    day = today;
    try {
      rmSync(`${file}.${keep}`, {force: true});
      for (let number = keep - 1; number >= 1; number--) renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
      renameSync(file, `${file}.1`);
      reopen();
    } catch (error) {
      complain(error as Error);
    }
  }

  function reopen() {
    try {
      const next = open(file, owner);
      closeSync(descriptor);
      descriptor = next;
      size = fstatSync(descriptor).size;
    } catch (error) {
      complain(error as Error);
    }
  }

  return {
    write(lines) {
      gathered += lines;
      if (gatherMs === 0) flush();
      else timer ??= setTimeout(flush, gathered.length > 256 * 1024 ? 0 : gatherMs);
    },
    reopen() {
      flush();
      reopen();
    },
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}

function open(file: string, owner: Account | undefined): number {
  const descriptor = openToAppend(file, {followsLinks: !owner});
  const found = fstatSync(descriptor);
  if (!owner || process.geteuid?.() !== 0 || !found.isFile()) return descriptor;
  const {nlink, uid} = found;
  if (nlink > 1 && uid !== owner.uid) {
    closeSync(descriptor);
    throw new Error('it is another file under a second name');
  }
  fchownSync(descriptor, owner.uid, owner.gid);
  fchmodSync(descriptor, 0o640);
  return descriptor;
}

/** Opens a log, or makes it. Root must follow no link there: the folder may belong to the account it serves as. */
export function openToAppend(file: string, {followsLinks}: {followsLinks: boolean}): number {
  const {O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW} = constants;
  return openSync(file, O_APPEND | O_CREAT | O_WRONLY | (followsLinks ? 0 : O_NOFOLLOW), 0o640);
}

function renameIfThere(from: string, to: string) {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function dayOf(time: number): string {
  return new Date(time).toDateString();
}
