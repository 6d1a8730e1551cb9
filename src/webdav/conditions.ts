import {evaluateConditions} from '../http/conditional.ts';
import type {HttpRequest} from '../http/message.ts';
import {DavError} from './error.ts';
import {requireIf} from './if-header.ts';
import type {Location} from './locate.ts';
import type {DavContext} from './tables.ts';

/** RFC 9110 §13 and RFC 4918 §10.4, for methods that write; GET holds the former against what it would send. Throws DavError 412. */
export async function requireConditions({headers}: HttpRequest, location: Location, context: DavContext): Promise<void> {
  const {target} = location;
  const stored = target?.stored;
  const etag = stored && !stored.collection ? stored.etag : undefined;
  if (evaluateConditions(headers, {exists: target !== undefined, etag, modified: stored?.modified}, false)) {
    throw new DavError(412, {message: 'It is not as the request’s conditions say.'});
  }
  await requireIf(headers.if, location, context);
}
