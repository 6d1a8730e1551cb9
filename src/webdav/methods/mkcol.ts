import {dav} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {collection} from '../kinds/collection.ts';
import {makeCollection} from '../make-collection.ts';
import {parseInstructions} from '../set-properties.ts';
import type {DavRequest, Method} from '../tables.ts';

/** RFC 4918 §9.3, and with a body RFC 5689. */
export const mkcol: Method = {
  name: 'MKCOL',
  mapped: dav('bind'),
  unmapped: dav('bind'),
  writes: true,
  cacheControl: 'no-cache',
  supports: ({stored}) => stored?.collection === true,
  handle(request) {
    if (request.target) return makeCollection(request, {kind: collection, instructions: [], answer: dav('mkcol-response')});
    if (!request.parent?.view) throw new DavError(403, {message: 'No collection can be made here.'});
    const body = parseBody(request);
    const instructions = body ? parseInstructions(body) : [];
    return makeCollection(request, {kind: collection, instructions, answer: dav('mkcol-response')});
  },
};

function parseBody({http, xml}: DavRequest) {
  if (http.body.length === 0) return undefined;
  const type = http.headers['content-type'] ?? 'application/xml';
  if (!/[/+]xml\b/i.test(type)) throw new DavError(415, {message: 'MKCOL understands a body of XML only.'});
  const body = xml();
  if (body?.name !== dav('mkcol')) throw new DavError(415, {message: 'The body must be a DAV:mkcol element.'});
  return body;
}
