import type {Path, Revision} from '../store.ts';
import type {Look} from './look.ts';
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
  /** Limits are decided on these: what is there may have become less, not more. */
  | {readonly sort: 'count'; readonly path: Path; readonly seen: number}
  | {readonly sort: 'used'; readonly seen: number}
  /** The locks of the home: when they changed last. */
  | {readonly sort: 'locks'; readonly seen: Revision};

export type Kind = 'collection' | 'object' | 'nothing';

/** What a row, or the lack of one, says is there. */
export function kindOf(row: Row | undefined): Kind {
  return row ? (row.collection ? 'collection' : 'object') : 'nothing';
}

/** Whether a unit of work would see today what it saw then. */
export function holds(look: Look, reads: readonly Read[]): boolean {
  const rows = new Map<Path, Row | undefined>();
  const rowAt = (path: Path) => {
    if (!rows.has(path)) rows.set(path, look.row(path));
    return rows.get(path);
  };
  return reads.every(read => holdsOne(look, rowAt, read));
}

function holdsOne(look: Look, rowAt: (path: Path) => Row | undefined, read: Read): boolean {
  switch (read.sort) {
    case 'revision':
      return rowAt(read.path)?.revision === read.seen;
    case 'own':
      return rowAt(read.path)?.own === read.seen;
    case 'kind':
      return kindOf(rowAt(read.path)) === read.seen;
    case 'uid':
      return look.uid(read.path, read.uid)?.path === read.seen;
    case 'count':
      return (rowAt(read.path)?.count ?? 0) <= read.seen;
    case 'used':
      return look.meta().used <= read.seen;
    case 'locks':
      return look.meta().locked === read.seen;
  }
}
