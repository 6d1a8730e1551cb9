import {readFileSync} from 'node:fs';
import type {Path} from '../store.ts';
import {etagOf} from './etag.ts';
import {fileOf} from './layout.ts';
import {type Identity, keptOf, type Ledger} from './ledger.ts';
import type {Operation} from './operations.ts';
import {createdOf, newResourceId} from './resource-id.ts';
import {type Row, unpackProperties, unpackTypes} from './rows.ts';

/** A file does not hold what the index says: it was changed by hand and has to be taken in first. */
export class StaleFile extends Error {
  readonly path: Path;

  constructor(path: Path) {
    super(`${path} was changed by hand`);
    this.path = path;
  }
}

/** Does one staged change to the index and the journal, in a transaction of the caller's. Throws where it makes no sense any more. */
export function apply(ledger: Ledger, homeFolder: string, operation: Operation): void {
  switch (operation.change) {
    case 'collection': {
      const identity = newIdentity(operation.properties, operation.resourceId);
      ledger.putCollection(operation.path, identity, operation.types);
      ledger.journal('mkdir', operation.path, {...identity, types: operation.types});
      return;
    }
    case 'put': {
      const {path, bytes, etag, index, properties, resourceId} = operation;
      const before = ledger.row(path);
      if (before?.collection) throw new Error(`${path} is a collection`);
      const identity = before ? merged(before, properties) : newIdentity(properties, resourceId);
      ledger.putObject(path, identity, {etag, size: bytes.length, index, file: null, modified: Date.now()});
      ledger.journal('put', path, {...identity, types: []}, bytes);
      return;
    }
    case 'properties': {
      const row = requireRow(ledger, operation.path);
      const properties = new Map(unpackProperties(row.properties));
      for (const [name, value] of operation.values) value === undefined ? properties.delete(name) : properties.set(name, value);
      ledger.setProperties(row, properties);
      ledger.journal('attributes', row.path, {...keptOf(row), properties});
      return;
    }
    case 'delete':
      requireRow(ledger, operation.path);
      ledger.remove(operation.path);
      ledger.journal('remove', operation.path);
      return;
    case 'copy': {
      const {from, to, shallow} = operation;
      const top = requireRow(ledger, from);
      for (const row of shallow ? [top] : ledger.tree(from))
        bring(ledger, homeFolder, row, to + row.path.slice(from.length), false);
      return;
    }
    case 'move': {
      const {from, to} = operation;
      requireRow(ledger, from);
      for (const row of ledger.tree(from)) bring(ledger, homeFolder, row, to + row.path.slice(from.length), true);
      ledger.remove(from);
      ledger.journal('remove', from);
      return;
    }
    case 'lock':
      requireRow(ledger, operation.lock.path);
      ledger.putLock(operation.lock, operation.now);
      return;
    case 'unlock':
      ledger.removeLock(operation.token);
  }
}

/** One resource to another path. Its bytes travel through the journal, so that doing it again after a crash does no harm. */
function bring(ledger: Ledger, homeFolder: string, row: Row, to: Path, keepIdentity: boolean): void {
  const properties = unpackProperties(row.properties);
  const identity = keepIdentity ? {resourceId: row.resource_id, created: row.created, properties} : newIdentity(properties);
  if (ledger.look.row(to)) throw new Error(`${to} is there already`);
  if (row.collection) {
    const types = unpackTypes(row.types);
    ledger.putCollection(to, identity, types);
    ledger.journal('mkdir', to, {...identity, types});
  } else {
    const bytes = bytesOf(ledger, homeFolder, row);
    ledger.putObject(to, identity, {etag: row.etag!, size: row.size, index: row, file: null, modified: row.modified});
    ledger.journal('put', to, {...identity, types: []}, bytes);
  }
}

function bytesOf(ledger: Ledger, homeFolder: string, row: Row): Uint8Array {
  const pending = ledger.look.pendingBytes(row.path);
  if (pending && row.file === null) return pending;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(fileOf(homeFolder, row.path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new StaleFile(row.path);
    throw error;
  }
  if (etagOf(bytes) !== row.etag) throw new StaleFile(row.path);
  return bytes;
}

/** A resource that comes back keeps the time of its making: its id tells it. */
function newIdentity(properties: Identity['properties'], resourceId?: string): Identity {
  const created = createdOf(resourceId) ?? Date.now();
  return {resourceId: resourceId ?? newResourceId(created), created, properties};
}

function merged(row: Row, properties: Identity['properties']): Identity {
  const all =
    properties.size === 0 ? unpackProperties(row.properties) : new Map([...unpackProperties(row.properties), ...properties]);
  return {resourceId: row.resource_id, created: row.created, properties: all};
}

function requireRow(ledger: Ledger, path: Path): Row {
  const row = ledger.look.row(path);
  if (!row) throw new Error(`there is no ${path}`);
  return row;
}
