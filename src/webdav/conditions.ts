import {evaluateConditions} from '../http/conditional.ts';
import type {HttpRequest} from '../http/message.ts';
import type {StoredResource} from '../store/store.ts';
import {entityTag, lastModified} from './entity-tag.ts';
import {DavError} from './error.ts';
import {requireIf} from './if-header.ts';
import type {Location} from './locate.ts';
import type {DavContext} from './tables.ts';

/** RFC 9110 §13 and RFC 4918 §10.4, for methods that write; GET holds the former against what it would send. Throws DavError 412. */
export async function requireConditions({headers}: HttpRequest, location: Location, context: DavContext): Promise<void> {
  const {target} = location;
  const stored = target?.stored;
  if (evaluateConditions(headers, {exists: target !== undefined, ...(stored && validators(stored, headers))}, false)) {
    throw new DavError(412, {message: 'It is not as the request’s conditions say.'});
  }
  for (const {header, holds} of context.protocol.conditions) {
    const value = headers[header];
    if (value !== undefined && !holds(String(value), stored)) {
      throw new DavError(412, {message: `It is not as ${header} says.`});
    }
  }
  await requireIf(headers.if, location, context);
}

/** Of a collection only where they are asked for: a unit of work that knows them runs again when anything below changes. */
function validators(stored: StoredResource, headers: HttpRequest['headers']): {etag?: string; modified?: number} {
  if (stored.collection && !conditional.some(name => headers[name] !== undefined)) return {};
  return {etag: entityTag(stored), modified: lastModified(stored)};
}

const conditional = ['if-match', 'if-none-match', 'if-unmodified-since'];
