import type {Revision} from '../store/store.ts';
import {DavError} from './error.ts';
import {validSyncToken} from './preconditions.ts';

/** RFC 6578 §4: a token is a URI; ours holds the revision. */
export function printSyncToken(revision: Revision): string {
  return `data:,${revision}`;
}

/** Undefined: the first synchronisation. Throws DavError valid-sync-token for what was never a token of this server. */
export function parseSyncToken(token: string): Revision | undefined {
  const sent = token.trim();
  if (sent === '') return undefined;
  const revision = /^data:,(\d{1,16})$/.exec(sent)?.[1];
  if (revision === undefined || !Number.isSafeInteger(Number(revision))) throw new DavError(validSyncToken);
  return Number(revision);
}
