import type {HttpRequest} from '../http/message.ts';
import {DavError} from './error.ts';

export type Depth = '0' | '1' | 'infinity';

/** The Depth header (RFC 4918 §10.2); `missing` where it is not sent. Throws DavError 400 for anything but `allowed`. */
export function parseDepth({headers}: HttpRequest, missing: Depth, allowed: readonly Depth[] = ['0', '1', 'infinity']): Depth {
  const sent = headers.depth;
  if (sent === undefined) return missing;
  const depth = allowed.find(each => each === String(sent).trim().toLowerCase());
  if (!depth) throw new DavError(400, {message: `Depth must be ${allowed.join(' or ')} here.`});
  return depth;
}
