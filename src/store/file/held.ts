import type {Path, Revision, StoredResource} from '../store.ts';
import type {Row} from './rows.ts';

export interface Meta {
  readonly revision: Revision;
  readonly used: number;
  readonly start_id: string | null;
  readonly deleted: number;
  readonly locked: Revision;
}

/** What tells one state of a collection from another. */
export interface Head {
  readonly id: number;
  readonly revision: Revision;
  readonly born: Revision;
  readonly pruned: Revision;
}

/** What was looked up already of a moment that lasts. */
export class Held {
  meta: Meta | undefined;
  readonly rows = new Map<Path, Row | undefined>();
  readonly found = new Map<Path, StoredResource | undefined>();
  readonly heads = new Map<Path, Head | undefined>();
}

/** What is known, or is then; `known` undefined: nothing is kept. */
export function once<T>(known: Map<Path, T | undefined> | undefined, path: Path, look: () => T | undefined): T | undefined {
  let found = known?.get(path);
  if (found !== undefined || known?.has(path)) return found;
  found = look();
  known?.set(path, found);
  return found;
}
