import type {ObjectIndex} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {StoredCollection, StoredObject, StoredResource} from '../store.ts';
import {packSpans, unpackSpans} from './spans.ts';

/** A row of the table `resource`. */
export interface Row {
  readonly id: number;
  readonly parent: number | null;
  readonly path: string;
  readonly collection: 0 | 1;
  readonly revision: number;
  readonly own: number;
  readonly born: number;
  readonly pruned: number;
  readonly resource_id: string;
  readonly created: number;
  readonly modified: number;
  readonly file: string | null;
  readonly etag: string | null;
  readonly size: number;
  readonly uid: string | null;
  readonly component: string | null;
  readonly horizon: number | null;
  readonly count: number;
  readonly types: string | null;
  readonly properties: string | null;
  readonly spans: Uint8Array | null;
}

/** What is known of a calendar object, in the columns of its row. */
export function indexColumns(index: ObjectIndex | undefined) {
  return {
    uid: index?.uid ?? null,
    component: index?.component ?? null,
    horizon: index?.horizon !== undefined && Number.isFinite(index.horizon) ? Math.floor(index.horizon) : null,
    spans: index ? packSpans(index.spans) : null,
  };
}

/** The reverse of `indexColumns`. */
export function indexFrom({uid, component, horizon, spans}: Row): ObjectIndex | undefined {
  if (uid === null || component === null || spans === null) return undefined;
  return {uid, component, spans: unpackSpans(spans), horizon: horizon ?? undefined};
}

const none: ReadonlyMap<Name, string> = new Map();

/** Properties as a column, NULL for none. */
export function packProperties(properties: ReadonlyMap<Name, string>): string | null {
  return properties.size === 0 ? null : JSON.stringify([...properties]);
}

/** The reverse of `packProperties`. */
export function unpackProperties(column: string | null): ReadonlyMap<Name, string> {
  return column === null ? none : new Map(JSON.parse(column) as [Name, string][]);
}

/** Types as a column, NULL for none. */
export function packTypes(types: readonly Name[]): string | null {
  return types.length === 0 ? null : JSON.stringify(types);
}

/** The reverse of `packTypes`. */
export function unpackTypes(column: string | null): readonly Name[] {
  return column === null ? [] : (JSON.parse(column) as Name[]);
}

/** What the store's interface gives of a row; what takes work to unpack is unpacked when it is asked for. */
export function storedFrom(row: Row): StoredResource {
  return row.collection ? storedCollection(row) : storedObject(row);
}

/** `storedFrom` for a row known to be an object's. */
export function storedObject(row: Row): StoredObject {
  let properties: ReadonlyMap<Name, string> | undefined;
  let index: ObjectIndex | undefined;
  return {
    path: row.path,
    resourceId: row.resource_id,
    created: row.created,
    modified: row.modified,
    revision: row.revision,
    get properties() {
      properties ??= unpackProperties(row.properties);
      return properties;
    },
    collection: false,
    etag: row.etag ?? '',
    sizeBytes: row.size,
    get index() {
      index ??= indexFrom(row);
      return index;
    },
  };
}

function storedCollection(row: Row): StoredCollection {
  return {
    path: row.path,
    resourceId: row.resource_id,
    created: row.created,
    modified: row.modified,
    revision: row.revision,
    properties: unpackProperties(row.properties),
    collection: true,
    types: unpackTypes(row.types),
  };
}
