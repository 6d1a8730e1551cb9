import type {IncomingHttpHeaders} from 'node:http';

/** What the conditions are held against: the current representation. */
export interface Validators {
  readonly exists: boolean;
  /** Strong, without quotes; undefined where the resource has none. */
  readonly etag?: string | undefined;
  /** Milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/**
 * RFC 9110 §13.2.2: whether the request's conditions hold. 304 and 412 are the answers if not; undefined: go on.
 * `reading`: the method is GET or HEAD.
 */
export function evaluateConditions(headers: IncomingHttpHeaders, current: Validators, reading: boolean): 304 | 412 | undefined {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current, false)) return 412;
  } else if (headers['if-unmodified-since'] !== undefined && current.exists) {
    const since = parseHttpDate(headers['if-unmodified-since']);
    if (since !== undefined && current.modified !== undefined && seconds(current.modified) > seconds(since)) return 412;
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, current, true)) return reading ? 304 : 412;
  } else if (reading && headers['if-modified-since'] !== undefined) {
    const since = parseHttpDate(headers['if-modified-since']);
    if (since !== undefined && current.modified !== undefined && seconds(current.modified) <= seconds(since)) return 304;
  }
  return undefined;
}

/** §8.8.3.2: If-Match compares strongly, If-None-Match weakly; none of our own tags is weak. */
function matches(header: string, {exists, etag}: Validators, weakly: boolean): boolean {
  if (!exists) return false;
  if (header.trim() === '*') return true;
  if (etag === undefined) return false;
  for (const [, weak, tag] of header.matchAll(/(W\/)?"([^"]*)"/g)) if (tag === etag && (weakly || !weak)) return true;
  return false;
}

function parseHttpDate(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** HTTP's dates have whole seconds. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
