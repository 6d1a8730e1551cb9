import type {Path, Revision} from '../store.ts';
import type {Meta} from './held.ts';
import type {Row} from './rows.ts';

/** What a unit of work looked at and what it saw, to be checked before its changes are kept. */
export type Read =
  /** An object, or nothing (undefined), or a collection with all below it. */
  | {readonly sort: 'revision'; readonly path: Path; readonly seen: Revision | undefined}
  /** A collection itself: its types and properties, not its members. */
  | {readonly sort: 'own'; readonly path: Path; readonly seen: Revision}
  /** Only what sort of resource there is. */
  | {readonly sort: 'kind'; readonly path: Path; readonly seen: Kind}
  | {readonly sort: 'uid'; readonly path: Path; readonly uid: string; readonly seen: Path | undefined}
  /** Limits are decided on these: what is there may have become less, not more than what the decision allows. */
  | {readonly sort: 'count'; readonly path: Path; readonly seen: number}
  | {readonly sort: 'used'; readonly seen: number}
  /** The locks of the home: when they changed last. */
  | {readonly sort: 'locks'; readonly seen: Revision};

export type Kind = 'collection' | 'object' | 'nothing';

/** What a row, or the lack of one, says is there. */
export function kindOf(row: Row | undefined): Kind {
  return row ? (row.collection ? 'collection' : 'object') : 'nothing';
}

/** Where to look whether reads still hold: in the index as it is, or as a transaction has made it so far. */
interface Present {
  row(path: Path): Row | undefined;
  uid(collection: Path, uid: string): {readonly path: Path} | undefined;
  meta(): Meta;
}

/** Whether a unit of work would see today what it saw then. */
export function holds(present: Present, reads: readonly Read[]): boolean {
  return reads.every(read => holdsOne(present, read));
}

function holdsOne(present: Present, read: Read): boolean {
  switch (read.sort) {
    case 'revision':
      return present.row(read.path)?.revision === read.seen;
    case 'own':
      return present.row(read.path)?.own === read.seen;
    case 'kind':
      return kindOf(present.row(read.path)) === read.seen;
    case 'uid':
      // Who had it and has it still is known without a search.
      if (read.seen !== undefined) return present.row(read.seen)?.uid === read.uid;
      return present.uid(read.path, read.uid) === undefined;
    case 'count':
      return (present.row(read.path)?.count ?? 0) <= read.seen;
    case 'used':
      return present.meta().used <= read.seen;
    case 'locks':
      return present.meta().locked === read.seen;
  }
}
