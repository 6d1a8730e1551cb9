import {UserError} from './user-error.ts';

/** What the system and SQLite answer of a disk. Errors of SQLite have an `errcode`, its extended result code; the system's a `code`. */
interface DiskError {
  readonly code?: string;
  readonly errcode?: number;
}

/** SQLite's primary result code, the low byte of the extended one. */
function resultOf(error: unknown): number | undefined {
  const {errcode} = (error ?? {}) as DiskError;
  return errcode === undefined ? undefined : errcode & 0xff;
}

function has(error: unknown, codes: readonly string[], results: readonly number[]): boolean {
  const {code} = (error ?? {}) as DiskError;
  return codes.includes(code ?? '') || results.includes(resultOf(error) ?? -1);
}

/** SQLITE_BUSY, whatever the reason. */
export function isBusy(error: unknown): boolean {
  return has(error, [], [5]);
}

/** SQLITE_FULL, SQLITE_IOERR_SHMSIZE, ENOSPC and EDQUOT. */
export function isLackOfRoom(error: unknown): boolean {
  return has(error, ['ENOSPC', 'EDQUOT'], [13]) || (error as DiskError | undefined)?.errcode === 4874;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, and a table or column that is not there. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || resultOf(error) === undefined) return false;
  return has(error, [], [11, 26]) || /no such (table|column)/.test(error.message);
}

/** This account may not write there, or nobody may: EACCES, EPERM and EROFS, SQLITE_READONLY, SQLITE_CANTOPEN. */
export function isUnwritable(error: unknown): boolean {
  return has(error, ['EACCES', 'EPERM', 'EROFS'], [8, 14]);
}

/** What the person at the terminal hears where `isUnwritable`; any other error as it is. `place`: what was to be written. */
export function explainUnwritable(error: unknown, place: string): unknown {
  if (!isUnwritable(error)) return error;
  const {path = place} = error as NodeJS.ErrnoException;
  return new UserError(
    `This account may not write to ${path}.`,
    'Run the command as the account that the server runs as, or as root.',
  );
}
