import {evaluateConditions} from '../http/conditional.ts';
import type {HttpRequest} from '../http/message.ts';
import {DavError} from './error.ts';
import type {Resource} from './tables.ts';

/** RFC 9110 §13, for methods that write; GET holds the conditions against what it would send. Throws DavError 412. */
export function requireConditions({headers}: HttpRequest, target: Resource | undefined): void {
  const stored = target?.stored;
  const etag = stored && !stored.collection ? stored.etag : undefined;
  if (evaluateConditions(headers, {exists: target !== undefined, etag, modified: stored?.modified}, false)) {
    throw new DavError(412, {message: 'It is not as the request’s conditions say.'});
  }
}
