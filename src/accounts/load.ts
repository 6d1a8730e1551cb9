import {readFile} from 'node:fs/promises';
import {UserError} from '../base/user-error.ts';
import {createDirectory} from './directory.ts';
import {parseAccounts} from './document.ts';
import {duplicates} from './duplicates.ts';
import type {Directory} from './principal.ts';
import {type AccountRecord, readRecords} from './records.ts';
import {validateAccounts} from './validate.ts';

/** What accounts.xml says, as data that may go from process to process: to read it takes longer than to send it. */
export interface Accounts {
  readonly realm: string;
  readonly records: readonly AccountRecord[];
}

/** Throws UserError naming file, line and fix where the file cannot be used. */
export function parseAccountRecords(text: string, file: string): Accounts {
  const root = parseAccounts(text, file);
  const {realm, records, findings} = readRecords(root);
  const error = [...validateAccounts(root), ...findings, ...duplicates(records)].find(({level}) => level === 'error');
  if (error) throw new UserError(`${file}, line ${error.line}: ${error.message}.`, error.fix);
  return {realm, records};
}

/** accounts.xml as a directory. Throws UserError as `parseAccountRecords` does. */
export function parseDirectory(text: string, file: string): Directory {
  const {realm, records} = parseAccountRecords(text, file);
  return createDirectory(realm, records);
}

/** Reads and parses accounts.xml. Throws UserError as `parseDirectory` does, and where it cannot be read. */
export async function loadDirectory(file: string): Promise<Directory> {
  return parseDirectory(await readAccounts(file), file);
}

/** The text of accounts.xml. Throws UserError where it cannot be read or is not UTF-8. */
export async function readAccounts(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, (error as NodeJS.ErrnoException).code);
  }
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new UserError(`${file} is not UTF-8 text.`, 'Save it anew as UTF-8.');
  }
}

function unreadable(file: string, code: string | undefined): UserError {
  if (code === 'ENOENT') {
    return new UserError(`There is no file of accounts ${file}.`, 'Make one with `caldav setup`, or mend xmlFile in the plist.');
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError(
      `${file} may not be read by this account.`,
      'Run the command as the account that the server runs as, or as root.',
    );
  }
  return new UserError(`${file} cannot be read (${code ?? 'unknown error'}).`, 'See that it is an ordinary file.');
}
