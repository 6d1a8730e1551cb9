import type {StoredResource} from '../store/store.ts';
import {changedAt} from './changed-at.ts';

/** The entity tag, without quotes, of what GET answers to who accepts anything (RFC 4918 §15.6): of a collection, of what is in it now. */
export function entityTag(stored: StoredResource): string {
  return stored.collection ? `r${stored.revision}` : stored.etag;
}

/** When that changed last (§15.7), in milliseconds since 1970. */
export function lastModified(stored: StoredResource): number {
  return stored.collection ? changedAt(stored.revision) : stored.modified;
}
