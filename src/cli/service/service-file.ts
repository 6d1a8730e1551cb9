import {existsSync, lstatSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {replaceFile} from '../../base/replace-file.ts';
import {UserError} from '../../base/user-error.ts';
import {readMark, type ServiceMark} from '../../server/service-mark.ts';

/** What lies where a service's file belongs. */
export type Found =
  | {readonly kind: 'none'}
  /** A person's, a link, or ours with changes made by hand. */
  | {readonly kind: 'foreign' | 'edited'}
  | {readonly kind: 'ours'; readonly text: string; readonly mark: ServiceMark};

/** Throws UserError where it cannot be read. */
export function findServiceFile(file: string): Found {
  const entry = lstatSync(file, {throwIfNoEntry: false});
  if (!entry) return {kind: 'none'};
  // A link to /dev/null is systemd's way to switch a service off.
  if (!entry.isFile()) return {kind: 'foreign'};
  try {
    const text = readFileSync(file, 'utf8');
    const mark = readMark(text);
    if (!mark) return {kind: 'foreign'};
    return mark.edited ? {kind: 'edited'} : {kind: 'ours', text, mark};
  } catch (error) {
    throw refusal(file, error);
  }
}

/**
 * Writes the file and answers whether anything changed. Throws UserError for one that is a person's own, changed by hand or another
 * server's, which only `force` replaces.
 */
export async function putServiceFile(file: string, text: string, folder: string, force: boolean): Promise<boolean> {
  const found = findServiceFile(file);
  if (found.kind === 'ours' && found.text === text) return false;
  if (!force) {
    refuseOthers(found, file);
    // One whose folder is gone has been moved.
    if (found.kind === 'ours' && found.mark.folder !== folder && existsSync(found.mark.folder)) {
      throw new UserError(
        `${file} is for another server, in ${found.mark.folder}.`,
        'Give this one a name of its own: caldav service install --name NAME. Or replace it: --force',
      );
    }
  }
  try {
    if (found.kind === 'foreign') rmSync(file, {force: true});
    mkdirSync(dirname(file), {recursive: true});
    await replaceFile(file, text, {mode: 0o644});
  } catch (error) {
    throw refusal(file, error);
  }
  return true;
}

/** Throws UserError for a file that is not to be removed without `force`. */
export function requireRemovable(found: Found, file: string, folder: string, force: boolean): void {
  if (force) return;
  refuseOthers(found, file);
  if (found.kind === 'ours' && found.mark.folder !== folder) {
    throw new UserError(
      `${file} is for another server, in ${found.mark.folder}.`,
      `Name that folder: --dir ${found.mark.folder}. Or another service: --name NAME`,
    );
  }
}

export function removeServiceFile(file: string): void {
  try {
    rmSync(file, {force: true});
  } catch (error) {
    throw refusal(file, error);
  }
}

function refuseOthers({kind}: Found, file: string): void {
  if (kind === 'foreign') {
    throw new UserError(
      `${file} was not made by caldav service install.`,
      'Take another name: --name NAME. Or replace or remove it: --force',
    );
  }
  if (kind === 'edited') {
    throw new UserError(
      `${file} has been changed by hand.`,
      `Keep what you need of it elsewhere, with systemd in a drop-in (systemctl edit ${basename(file)}); then add: --force`,
    );
  }
}

function refusal(file: string, error: unknown): unknown {
  const {code} = error as NodeJS.ErrnoException;
  if (!code || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(code)) return error;
  return new UserError(`${file} cannot be written or read (${code}).`, 'Do it as root; or, for this account alone, add: --user');
}
