import type {Access, ObjectIndex, Span} from '../../ical/object-index.ts';
import type {Name} from '../../xml/names.ts';
import type {StoredObject, StoredResource} from '../store.ts';
import {packSpans, spanCount, unpackSpans} from './spans.ts';

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
  readonly access: Access | null;
  readonly organizer: string | null;
  readonly count: number;
  readonly types: string | null;
  readonly properties: string | null;
  readonly spans: Uint8Array | null;
}

/** The columns of a row, in the order in which statements name them. */
export const rowColumns = [
  'id',
  'parent',
  'path',
  'collection',
  'revision',
  'own',
  'born',
  'pruned',
  'resource_id',
  'created',
  'modified',
  'file',
  'etag',
  'size',
  'uid',
  'component',
  'horizon',
  'access',
  'organizer',
  'count',
  'types',
  'properties',
  'spans',
] as const satisfies readonly (keyof Row)[];

/** The values of these columns. */
export type RowValues = {[at in keyof typeof rowColumns]: Row[(typeof rowColumns)[at] & keyof Row]};

/** The row of these values. */
export function rowFrom(of: RowValues): Row {
  return {
    id: of[0],
    parent: of[1],
    path: of[2],
    collection: of[3],
    revision: of[4],
    own: of[5],
    born: of[6],
    pruned: of[7],
    resource_id: of[8],
    created: of[9],
    modified: of[10],
    file: of[11],
    etag: of[12],
    size: of[13],
    uid: of[14],
    component: of[15],
    horizon: of[16],
    access: of[17],
    organizer: of[18],
    count: of[19],
    types: of[20],
    properties: of[21],
    spans: of[22],
  };
}

/** What is known of a calendar object, in the columns of its row. */
export function indexColumns(index: ObjectIndex | undefined) {
  return {
    uid: index?.uid ?? null,
    component: index?.component ?? null,
    horizon: index?.horizon !== undefined && Number.isFinite(index.horizon) ? Math.floor(index.horizon) : null,
    access: index?.access ?? null,
    organizer: index?.organizer ?? null,
    spans: index ? packSpans(index.spans) : null,
  };
}

/** The reverse of `indexColumns`. Many spans, as a recurrence has them, are unpacked only when they are asked for. */
function indexFrom({uid, component, horizon, access, organizer, spans}: Row): ObjectIndex | undefined {
  if (uid === null || component === null || spans === null) return undefined;
  const known = {
    uid,
    component,
    horizon: horizon ?? undefined,
    access: access ?? undefined,
    organizer: organizer ?? undefined,
  };
  if (spanCount(spans) <= 4) return {...known, spans: unpackSpans(spans)};
  let unpacked: readonly Span[] | undefined;
  return {
    ...known,
    get spans() {
      unpacked ??= unpackSpans(spans);
      return unpacked;
    },
  };
}

const none: ReadonlyMap<Name, string> = new Map();

/** Properties as a column, NULL for none. */
export function packProperties(properties: ReadonlyMap<Name, string>): string | null {
  return properties.size === 0 ? null : JSON.stringify([...properties]);
}

/** The reverse of `packProperties`. */
export function unpackProperties(column: string | null): ReadonlyMap<Name, string> {
  if (column === null) return none;
  let properties = unpacked.get(column);
  if (properties) return properties;
  properties = new Map(JSON.parse(column) as [Name, string][]);
  if (unpacked.size >= maxUnpacked) unpacked.clear();
  if (column.length < 10_000) unpacked.set(column, properties);
  return properties;
}

/** Those of a calendar are asked for with every request for anything in it. */
const unpacked = new Map<string, ReadonlyMap<Name, string>>();
const maxUnpacked = 500;

/** Types as a column, NULL for none. */
export function packTypes(types: readonly Name[]): string | null {
  return types.length === 0 ? null : JSON.stringify(types);
}

/** The reverse of `packTypes`. */
export function unpackTypes(column: string | null): readonly Name[] {
  return column === null ? [] : (JSON.parse(column) as Name[]);
}

/** What the store's interface gives of a row. */
export function storedFrom(row: Row): StoredResource {
  if (!row.collection) return storedObject(row);
  return {...storedBase(row), collection: true, types: unpackTypes(row.types)};
}

/** `storedFrom` for a row known to be an object's. */
export function storedObject(row: Row): StoredObject {
  return {...storedBase(row), collection: false, etag: row.etag ?? '', sizeBytes: row.size, index: indexFrom(row)};
}

function storedBase(row: Row) {
  return {
    path: row.path,
    resourceId: row.resource_id,
    created: row.created,
    modified: row.modified,
    revision: row.revision,
    properties: unpackProperties(row.properties),
  };
}
