import type {TimeRange} from '../base/time-range.ts';
import type {ObjectIndex} from '../ical/object-index.ts';
import type {Name} from '../xml/names.ts';

/** A home: the tree it lies in and the GUID of the principal it belongs to, `calendars/<GUID>`. */
export type HomeId = `${'calendars' | 'addressbooks'}/${string}`;

/** Where a resource lies in its home: decoded names joined by `/`, without a slash at either end; the home itself is `''`. */
export type Path = string;

/** A moment in a home's history: strictly rising, never given out twice, a safe integer (milliseconds since 1970 × 1024 + counter). */
export type Revision = number;

/** What every stored resource has. */
interface Stored {
  readonly path: Path;
  /** RFC 5842 §3.1, a UUID in lower case: it stays when the resource is moved. */
  readonly resourceId: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly modified: number;
  /** When it changed last; for a collection, when it or anything below it did. */
  readonly revision: Revision;
  /** Properties that were set, by name: the whole property element, printed with its own namespace declarations. */
  readonly properties: ReadonlyMap<Name, string>;
}

/** A home (path `''`) or a folder in it. */
export interface StoredCollection extends Stored {
  readonly collection: true;
  /** What DAV:resourcetype holds beside DAV:collection: `[{urn:ietf:params:xml:ns:caldav}calendar]`; empty for an ordinary one. */
  readonly types: readonly Name[];
}

/** A file: a calendar object, or anything else in an ordinary collection. */
export interface StoredObject extends Stored {
  readonly collection: false;
  /** Strong, a hash of the bytes, without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** What is known of its content; undefined where the file is not iCalendar in a calendar. */
  readonly index: ObjectIndex | undefined;
}

export type StoredResource = StoredCollection | StoredObject;

/** A change since some revision, as RFC 6578 §3.5 reports it. A resource removed and made again is one change. */
export interface Change {
  readonly path: Path;
  readonly revision: Revision;
  /** Undefined: it was removed. */
  readonly stored: StoredResource | undefined;
  /** Of what was removed: whether it was a collection, so that its URL can be given with its slash. */
  readonly collection?: boolean;
}

export interface Changes {
  /** Oldest change first; with no `since`, what is there now and no removals. */
  readonly changes: readonly Change[];
  /** The revision up to which `changes` is complete. */
  readonly revision: Revision;
  /** Whether the limit cut the list. */
  readonly truncated: boolean;
}

/** A write lock (RFC 4918 §6, §7). It goes when its time is over, when it is removed, and when nothing is left at its path. */
export interface Lock {
  /** A URN, never given out twice. */
  readonly token: string;
  /** Its root: what was locked. */
  readonly path: Path;
  /** Whether it covers everything below a collection, too, also what comes to lie there later. */
  readonly infinite: boolean;
  readonly exclusive: boolean;
  /** GUID of the principal that made it. */
  readonly creator: string;
  /** The DAV:owner element that was sent, printed with its own namespace declarations. */
  readonly owner: string | undefined;
  /** The time it has left. */
  readonly seconds: number;
}

/** One home, to look at. Every call sees the newest state; what one call answers is of one moment. */
export interface HomeView {
  readonly home: HomeId;
  find(path: Path): StoredResource | undefined;
  /** The direct members of a collection in order of name; damaged objects are left out. */
  members(collection: Path): Iterable<StoredResource>;
  /** The object in a calendar that has this UID. */
  findUid(collection: Path, uid: string): StoredObject | undefined;
  /** The calendar objects with an instance that may overlap the range: never too few, floating ones with 14 hours to spare. */
  findInRange(collection: Path, range: TimeRange, component?: string): Iterable<StoredObject>;
  /**
   * What changed below a collection since a revision it had (RFC 6578).
   * Undefined: that revision was never this collection's, or is older than the history kept.
   * `depth` 1: direct members (a collection among them counts as changed when anything below it did); `infinity`: everything below.
   */
  changes(collection: Path, since: Revision | undefined, depth: '1' | 'infinity', limit?: number): Changes | undefined;
  /** The bytes of an object; undefined where there is none or it is not the version `etag` names. */
  read(path: Path, etag?: string): Promise<Uint8Array | undefined>;
  /**
   * Whether what was made of an object's bytes may be used again: false where its file no longer looks as it did, so that it must be read
   * to learn more. Of each object that is looked for at most once a second.
   */
  stands(object: StoredObject): boolean;
  /** Bytes of all objects' contents in the home together. `atMost` is what a decision rests on: a unit is kept as long as that holds. */
  usedBytes(atMost?: number): number;
  /** How many members a collection has; `atMost` as above. */
  count(collection: Path, atMost?: number): number;
  /** When anything in the home changed last, its locks too; looked at anew with each call. */
  revision(): Revision;
  /** All locks of the home, there when this was first asked of the view. Looking costs next to nothing where there are none. */
  locks(): readonly Lock[];
}

/**
 * One home, to change. What was looked at is remembered, and checked again when the unit is kept; changes are staged until then and
 * are not seen by the looking methods. A change that makes no sense (no parent, path taken by the other sort) throws a plain Error.
 */
export interface HomeUnit extends HomeView {
  /** Makes an empty collection. The path must be free, its parent there. `resourceId`: that which it had when it was here before. */
  createCollection(path: Path, types: readonly Name[], properties?: ReadonlyMap<Name, string>, resourceId?: string): void;
  /** Stores an object, new (`resourceId` as above) or in place of another (whose properties and id stay). Answers its ETag. */
  put(path: Path, bytes: Uint8Array, index?: ObjectIndex, properties?: ReadonlyMap<Name, string>, resourceId?: string): string;
  /** Sets and, where the value is undefined, removes properties. */
  setProperties(path: Path, values: ReadonlyMap<Name, string | undefined>): void;
  /** Removes an object, or a collection with everything in it. */
  delete(path: Path): void;
  /** Copies to a free path; a collection with its members, or (`shallow`) alone. The copies get resource ids of their own. */
  copy(from: Path, to: Path, shallow?: boolean): void;
  /** Moves to a free path; resource ids stay. */
  move(from: Path, to: Path): void;
  /** Makes a lock on what is there, or gives the one with this token its new time. No revision of a resource is raised by that. */
  lock(lock: Lock): void;
  unlock(token: string): void;
}

/** Where homes are kept. Nothing above this interface knows of paths on disk, extended attributes or SQL. */
export interface Store {
  /** The longest name a member can have, in bytes of UTF-8. */
  readonly maxNameBytes: number;
  /** Undefined: there is no such home. */
  view(home: HomeId): Promise<HomeView | undefined>;
  /**
   * One unit of work. Resolves when what `work` staged is durable; a `work` that throws changes nothing. When another unit came first
   * and changed what this one had looked at, `work` runs again from the start, so it must do nothing else. Throws if the home is missing, and `NoRoom` where the disk is full.
   */
  write<T>(home: HomeId, work: (unit: HomeUnit) => T | Promise<T>): Promise<T>;
  /** Makes a home and, with it, whatever `work` stages; false if it was there already. */
  createHome(home: HomeId, work?: (unit: HomeUnit) => void): Promise<boolean>;
  /** Removes a home with everything in it; false if there was none. */
  deleteHome(home: HomeId): Promise<boolean>;
  homes(): AsyncIterable<HomeId>;
  /** Writes out what is pending and lets go of everything. */
  close(): Promise<void>;
}
