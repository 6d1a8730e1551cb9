import type {HttpResponse} from '../http/message.ts';
import type {Path} from '../store/store.ts';
import {element} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {printAlone} from '../xml/print.ts';
import {contentTypeOf} from './content-type.ts';
import {DavError} from './error.ts';
import {printSegment} from './href.ts';
import {parsePrefer} from './prefer.ts';
import {requireCount, requireName, requireRoom} from './room.ts';
import type {DavRequest, Resource} from './tables.ts';

/** Where the body of a request goes. */
export interface FilePlace {
  readonly parent: Resource;
  readonly path: Path;
  /** What is there now. */
  readonly target: Resource | undefined;
}

/** Stores the body of a request (PUT, POST add-member) as a file in a home: the common limits, then the collection's own rules. */
export function storeFile(request: DavRequest, {parent, path, target}: FilePlace): HttpResponse {
  const {http, txn, limits} = request;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const before = target?.stored?.collection === false ? target.stored : undefined;
  if (http.headers['content-range'] !== undefined) throw new DavError(400, {message: 'A part of a file cannot be stored.'});
  if ((http.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new DavError(415, {message: 'A content coding is not accepted here.', headers: {'accept-encoding': 'identity'}});
  }
  if (!before) {
    requireName(name, request);
    requireCount(parent, request);
  }
  const contentType = http.headers['content-type'];
  const {bytes, index} = parent.kind.admit?.({parent, view: txn, path, bytes: http.body, contentType}, request) ?? {
    bytes: http.body,
  };
  if (!parent.kind.admit && limits.maxResourceSizeBytes > 0 && bytes.length > limits.maxResourceSizeBytes) {
    throw new DavError(413, {message: `A file can have ${limits.maxResourceSizeBytes} bytes.`});
  }
  requireRoom(parent, bytes.length - (before?.sizeBytes ?? 0), request);
  const etag = txn.put(path, bytes, index, parent.kind.admit ? undefined : typeProperty(name, contentType));
  const unchanged = bytes === http.body;
  const href = target?.href ?? `${parent.href}${printSegment(name)}`;
  const headers = {
    ...(unchanged ? {etag: `"${etag}"`} : {}),
    ...(before ? {} : {location: href}),
    'cache-control': 'no-cache',
  };
  const prefer = parsePrefer(http);
  if (prefer.return !== 'representation') return {status: before ? 204 : 201, headers};
  return {
    status: before ? 200 : 201,
    headers: {
      ...headers,
      ...prefer.applied,
      etag: `"${etag}"`,
      'content-location': href,
      'content-type': contentType ?? contentTypeOf(name),
    },
    body: bytes,
  };
}

/** A type that the name does not tell is kept. */
function typeProperty(name: string, contentType: string | undefined): ReadonlyMap<Name, string> {
  const type = contentType ?? contentTypeOf(name);
  return new Map([[dav('getcontenttype'), printAlone(element(dav('getcontenttype'), type))]]);
}
