import {randomUUID} from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {failpoint} from '../../base/failpoint.ts';
import {fileMode, folderMode, workshopName} from './layout.ts';

/** Makes a folder with the right mode; one that is there stays as it is. Answers whether it was made. */
export function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  chmodSync(folder, folderMode);
  return true;
}

/** Makes a folder and those above it that are missing, durably. */
export function makeFolders(folder: string): void {
  try {
    if (!makeFolder(folder)) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolders(dirname(folder));
    makeFolder(folder);
  }
  syncFolder(dirname(folder));
}

/** A new file in the home's workshop with these bytes, not yet synced; the caller closes it. */
export function draft(homeFolder: string, bytes: Uint8Array): {file: string; descriptor: number} {
  const workshop = join(homeFolder, workshopName);
  const file = join(workshop, `${process.pid}-${randomUUID()}`);
  let descriptor: number;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    descriptor = openSync(file, flags, fileMode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolder(workshop);
    descriptor = openSync(file, flags, fileMode);
  }
  try {
    fchmodSync(descriptor, fileMode);
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    closeSync(descriptor);
    rmSync(file, {force: true});
    throw error;
  }
  return {file, descriptor};
}

/** Writes a file so that it is at any moment the old one or the new one; its folder is left for the caller to sync. */
export function writeSafely(homeFolder: string, file: string, bytes: Uint8Array): void {
  const {file: temporary, descriptor} = draft(homeFolder, bytes);
  try {
    fsyncSync(descriptor);
    failpoint('side file written');
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, {force: true});
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes what was created, renamed or removed in a folder durable; one that is gone has nothing to make durable. */
export function syncFolder(folder: string): void {
  syncPath(folder);
}

/** Makes a file's or folder's bytes and attributes durable. */
export function syncPath(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
