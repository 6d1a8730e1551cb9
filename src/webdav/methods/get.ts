import {evaluateConditions} from '../../http/conditional.ts';
import type {HttpResponse} from '../../http/message.ts';
import type {StoredObject} from '../../store/store.ts';
import {text} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {parseXml} from '../../xml/parse.ts';
import {contentTypeOf} from '../content-type.ts';
import {DavError} from '../error.ts';
import {listCollection} from '../listing.ts';
import {chooseForm} from '../negotiate.ts';
import {livePropertiesOf} from '../propstat.ts';
import type {DavRequest, Method, Resource} from '../tables.ts';

/** RFC 9110 §9.3.1; a collection is answered with a list of its members for people (RFC 4918 §9.4). */
export const get: Method = {
  name: 'GET',
  mapped: dav('read'),
  writes: false,
  safe: true,
  handle: request => (request.target!.stored?.collection === false ? getFile(request) : listCollection(request)),
};

/** RFC 9110 §9.3.2: whatever GET says; the body is left out when it is sent (`http/send.ts`). */
export const head: Method = {
  name: 'HEAD',
  mapped: dav('read'),
  writes: false,
  safe: true,
  handle: request => request.protocol.methods.get('GET')!.handle(request),
};

async function getFile(request: DavRequest): Promise<HttpResponse> {
  const {http} = request;
  const resource = request.target!;
  const view = resource.view!;
  const {forms, adapts} = resource.kind;
  const adapt = adapts?.to(request);
  const form = forms && chooseForm(http, forms);
  const other = form === forms?.[0] ? undefined : form;
  // A client writes by the ETag it has read, so all forms have one, DAV:getetag. That it knows it does not say in which form: no 304.
  const conditions = other ? {...http.headers, 'if-none-match': undefined, 'if-modified-since': undefined} : http.headers;
  let stored = resource.stored as StoredObject;
  for (;;) {
    const headers = {
      etag: `"${stored.etag}"`,
      'last-modified': new Date(stored.modified).toUTCString(),
      'cache-control': 'private, no-cache',
      ...languageOf(stored),
      ...resource.kind.versions?.(stored),
      ...(forms ? {vary: adapts ? `Accept, ${adapts.header}` : 'Accept'} : {}),
    };
    const refused = evaluateConditions(conditions, {exists: true, etag: stored.etag, modified: stored.modified}, true);
    if (refused === 304) return {status: 304, headers};
    if (refused) throw new DavError(refused, {message: 'It is not as the request’s conditions say.', headers});
    const read = await view.read(stored.path, stored.etag);
    if (read) {
      const bytes = adapt?.(read) ?? read;
      const type = other?.contentType ?? (await contentType({...resource, stored}, request));
      // A file is its owner's, not the server's: a browser must not run it in the server's name.
      return {status: 200, headers: {...headers, 'content-type': type, ...inert}, body: other?.from(bytes) ?? bytes};
    }
    // Written over between the look and the reading: look again.
    const now = view.find(stored.path);
    if (!now || now.collection || now.etag === stored.etag) throw new DavError(404, {message: 'There is nothing here.'});
    stored = now;
  }
}

const inert = {'content-security-policy': "sandbox; default-src 'none'", 'x-content-type-options': 'nosniff'};

/** What DAV:getcontentlanguage says of it (RFC 4918 §15.3), where that can stand in a header. */
function languageOf({properties}: StoredObject): {readonly 'content-language'?: string} {
  const kept = properties.get(dav('getcontentlanguage'));
  const language = kept === undefined ? '' : text(parseXml(kept)).trim();
  return /^[a-z\d-]+(?: *, *[a-z\d-]+)*$/i.test(language) ? {'content-language': language} : {};
}

/** What DAV:getcontenttype says of it. */
async function contentType(resource: Resource, context: DavRequest): Promise<string> {
  const row = livePropertiesOf(resource.kind, context.protocol).get(dav('getcontenttype'));
  const value = await row?.get({resource, stored: resource.stored!, context});
  if (typeof value === 'string') return value;
  return value && 'raw' in value ? text(parseXml(value.raw)) : contentTypeOf(resource.stored!.path);
}
