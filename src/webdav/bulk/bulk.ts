import {breathe} from '../../base/breathe.ts';
import type {HttpResponse} from '../../http/message.ts';
import {type Element, elements} from '../../xml/element.ts';
import {mobileme} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {ctagPrefix} from '../if-header.ts';
import {multistatus} from '../multistatus.ts';
import type {DavRequest, Resource} from '../tables.ts';
import {changeOne} from './change.ts';
import {createOne} from './create.ts';
import type {BulkFormat} from './format.ts';
import {seeingStaged} from './staged.ts';
import type {BulkTarget} from './target.ts';

/**
 * CalendarServer's bulk changes: a POST to a collection that makes many members out of one body (§3), or does what a list of changes
 * says (§4). Each is answered for itself, and one that fails leaves the others be; what is done is kept together. Throws DavError.
 */
export async function changeInBulk(request: DavRequest, collection: Resource, format: BulkFormat): Promise<HttpResponse> {
  const {http, limits, txn} = request;
  const {maxResources, maxBytes} = limits.bulk!;
  if (maxBytes > 0 && http.body.length > maxBytes) {
    throw new DavError(413, {message: `A bulk change has at most ${maxBytes} bytes.`});
  }
  const options = String(http.headers['x-mobileme-dav-options'] ?? '');
  const adapt = collection.kind.adapts?.to(request);
  const target: BulkTarget = {
    collection,
    format: adapt ? {...format, show: (bytes, type) => format.show(adapt(bytes), type)} : format,
    ...seeingStaged(txn, collection.stored!.path),
    returnChanged: /(?:^|,)\s*return-changed-data\b/i.test(options),
  };
  const contentType = http.headers['content-type'];
  const isList = /^\s*(?:application|text)\/xml\b/i.test(contentType ?? '');
  const changes = isList ? requireList(request) : await format.split(http.body, contentType, limits);
  if (maxResources > 0 && changes.length > maxResources) {
    throw new DavError(413, {message: `A bulk change has at most ${maxResources} resources, and this one ${changes.length}.`});
  }
  // All of them before the answer begins, which is printed while it is sent: by then the unit of work is closed.
  const responses: string[] = [];
  for (const each of changes) {
    await breathe();
    responses.push(await ('content' in each ? createOne(each, contentType, target, request) : changeOne(each, target, request)));
  }
  const response = await multistatus(responses, {headers: {'cache-control': 'no-cache'}});
  return String(http.headers.if).includes(ctagPrefix) ? withCtag(response, target, request) : response;
}

/**
 * §6: the CTag after a change that was made by one. It is known only when the change is kept, and not told where somebody else's has
 * been kept meanwhile: the client would take it that it knows of that one.
 */
function withCtag(response: HttpResponse, {collection, changed}: BulkTarget, {store, after}: DavRequest): HttpResponse {
  const headers = {...response.headers} as Record<string, string>;
  const {path, revision} = collection.stored!;
  after(async () => {
    const view = await store.view(collection.view!.home);
    const now = view?.find(path)?.revision;
    const changes = view?.changes(path, revision, '1')?.changes;
    if (now !== undefined && changes?.every(change => changed.has(change.path))) headers.ctag = String(now);
  });
  return {...response, headers};
}

/** §7.1. */
function requireList({xml}: DavRequest): Element[] {
  const body = xml();
  if (body?.name !== mobileme('multiput')) throw new DavError(400, {message: 'The body must be a multiput element.'});
  return elements(body, mobileme('resource'));
}
