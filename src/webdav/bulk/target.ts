import type {HomeUnit, Path} from '../../store/store.ts';
import type {Resource} from '../tables.ts';
import type {BulkFormat} from './format.ts';

/** A collection that takes bulk changes, and how they are made to it. */
export interface BulkTarget {
  readonly collection: Resource;
  readonly format: BulkFormat;
  /** The unit of work that all changes of one request are staged in, and see one another in. */
  readonly unit: HomeUnit;
  /** The paths of the members changed so far. */
  readonly changed: ReadonlySet<Path>;
  /** Whether data that differ from what was sent are to be sent back (§3). */
  readonly returnChanged: boolean;
}
