import {type ErrorCodes, isLackOfRoom} from '../../base/disk-errors.ts';
import {NoRoom} from '../../base/no-room.ts';

/** An error of the writer thread as who asked it is to have it: with its codes, or `NoRoom`. */
export function asThrown(error: Error, codes: ErrorCodes): Error {
  if (isLackOfRoom(codes)) return new NoRoom(error.message, {cause: error});
  return Object.assign(error, codes);
}
