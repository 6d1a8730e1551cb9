import type {ErrorCodes} from '../../base/disk-errors.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {Lock, Path} from '../store.ts';
import type {Read} from './reads.ts';

/** One change a unit of work staged. */
export type Operation =
  | {
      readonly change: 'collection';
      readonly path: Path;
      readonly types: readonly Name[];
      readonly properties: ReadonlyMap<Name, string>;
      readonly resourceId: string | undefined;
    }
  | {
      readonly change: 'put';
      readonly path: Path;
      readonly bytes: Uint8Array;
      readonly etag: string;
      readonly index: ObjectIndex | undefined;
      readonly properties: ReadonlyMap<Name, string>;
      /** Where the object is new; undefined: one of its own. */
      readonly resourceId: string | undefined;
    }
  | {readonly change: 'properties'; readonly path: Path; readonly values: ReadonlyMap<Name, string | undefined>}
  | {readonly change: 'delete'; readonly path: Path}
  | {readonly change: 'copy'; readonly from: Path; readonly to: Path; readonly shallow: boolean}
  | {readonly change: 'move'; readonly from: Path; readonly to: Path}
  /** `now`: the time from which the lock's seconds count, in milliseconds since 1970. */
  | {readonly change: 'lock'; readonly lock: Lock; readonly now: number}
  | {readonly change: 'unlock'; readonly token: string};

/** A unit of work as it goes to the writer: what it rests on, and what it does. */
export interface Work {
  readonly reads: readonly Read[];
  readonly operations: readonly Operation[];
}

/** `missing`: the home is gone. */
export type Outcome = 'kept' | 'conflict' | 'missing' | {readonly error: string; readonly codes: ErrorCodes};
