import {UserError} from './user-error.ts';

/** What errors of the system (`code`) and of SQLite (`errcode`, its extended result code) have beside their message. */
export interface ErrorCodes {
  readonly code?: string;
  readonly errcode?: number;
}

/** SQLite's primary result code, the low byte of the extended one. */
function resultOf(error: unknown): number | undefined {
  const {errcode} = (error ?? {}) as ErrorCodes;
  return errcode === undefined ? undefined : errcode & 0xff;
}

function has(error: unknown, codes: readonly string[], results: readonly number[]): boolean {
  const {code} = (error ?? {}) as ErrorCodes;
  return codes.includes(code ?? '') || results.includes(resultOf(error) ?? -1);
}

/** These alone: an error that goes to another thread loses them. */
export function codesOf(error: unknown): ErrorCodes {
  const {code, errcode} = error as ErrorCodes;
  return {...(code !== undefined && {code}), ...(errcode !== undefined && {errcode})};
}

/** SQLITE_BUSY, whatever the reason. */
export function isBusy(error: unknown): boolean {
  return has(error, [], [5]);
}

/** SQLITE_FULL, SQLITE_IOERR_SHMSIZE, ENOSPC and EDQUOT. */
export function isLackOfRoom(error: unknown): boolean {
  return has(error, ['ENOSPC', 'EDQUOT'], [13]) || (error as ErrorCodes | undefined)?.errcode === 4874;
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

/** What keeps the data out of reach, in a sentence for whoever asks the server; undefined: the error tells of nothing of the kind. */
export function troubleOf(error: unknown): string | undefined {
  return troubles.find(({codes, results}) => has(error, codes, results))?.sentence;
}

/** SQLITE_NOMEM 7, READONLY 8, IOERR 10, CANTOPEN 14; SQLITE_BUSY only after a minute of waiting. */
const troubles = [
  {codes: ['EROFS'], results: [8], sentence: 'The data can only be read at present: its disk takes no changes.'},
  {codes: ['EACCES', 'EPERM'], results: [], sentence: 'The server has not the rights to its data that it needs.'},
  {
    codes: ['EMFILE', 'ENFILE'],
    results: [14],
    sentence: 'The server has too many files open, or cannot open its data, at present.',
  },
  {codes: ['ENOMEM'], results: [7], sentence: 'The machine has no memory left at present.'},
  {codes: [], results: [5], sentence: 'Others keep the data to themselves at present.'},
  {
    codes: ['EIO', 'ENXIO', 'ENODEV', 'ENOTCONN', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'EUCLEAN', 'EBADMSG'],
    results: [10],
    sentence: 'The disk that the data lies on fails.',
  },
  {codes: [], results: [11, 26], sentence: 'The index of these data is damaged, and is being made anew.'},
];
