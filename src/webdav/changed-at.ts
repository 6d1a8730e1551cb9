import type {Revision} from '../store/store.ts';

/** When a revision came to be, in milliseconds since 1970: for a collection, when it or anything below it changed last. */
export function changedAt(revision: Revision): number {
  return Math.floor(revision / 1024);
}
