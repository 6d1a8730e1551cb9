import type {Element} from '../../xml/element.ts';
import type {Name} from '../../xml/names.ts';
import type {DavError} from '../error.ts';
import type {Limits} from '../limits.ts';

/** What bulk changes must know of a kind of collection. */
export interface BulkFormat {
  /** The element that holds the data of one member: `{urn:ietf:params:xml:ns:caldav}calendar-data`. */
  readonly data: Name;
  /** What names of new members end in: `.ics`. */
  readonly ending: string;
  /**
   * Takes a body with many members apart, each a file of its own. Throws DavError where nothing can be made of it, or too many of
   * them.
   */
  split(bytes: Uint8Array, contentType: string | undefined, limits: Limits): Promise<readonly BulkItem[]>;
  /** The element with the data of a member, in the type that it was sent in. */
  show(bytes: Uint8Array, contentType: string | undefined): Element;
}

/** One member out of many: what is to be stored, or why it cannot be. */
export interface BulkItem {
  readonly uid: string | undefined;
  readonly content: Uint8Array | DavError;
  /** Whether it says the same in another form than was sent. */
  readonly converted?: boolean;
}
