import type {HttpRequest, HttpResponse} from '../http/message.ts';
import type {HomeUnit, Path} from '../store/store.ts';
import {element} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {printAlone} from '../xml/print.ts';
import {contentTypeOf, essence} from './content-type.ts';
import {DavError} from './error.ts';
import {printSegment} from './href.ts';
import {chooseForm} from './negotiate.ts';
import {parsePrefer} from './prefer.ts';
import {requireCount, requireName, requireRoom} from './room.ts';
import {scheduleArrival, settingProperties} from './schedule.ts';
import type {Admitted, DavContext, DavRequest, Resource} from './tables.ts';

/** Where the body of a request goes. */
export interface FilePlace {
  readonly parent: Resource;
  readonly path: Path;
  /** What is there now. */
  readonly target: Resource | undefined;
}

/** What came to be stored. */
export interface StoredFile {
  /** Without quotes. */
  readonly etag: string;
  /** The bytes as they are kept: those that came, where nothing had to be changed. */
  readonly bytes: Uint8Array;
  readonly index: Admitted['index'];
  /** Headers that tell the version beside the ETag. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Stores the body of a request (PUT, POST add-member) as a file in a home. */
export async function storeFile(request: DavRequest, place: FilePlace): Promise<HttpResponse> {
  const {http} = request;
  if (http.headers['content-range'] !== undefined) throw new DavError(400, {message: 'A part of a file cannot be stored.'});
  if ((http.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new DavError(415, {message: 'A content coding is not accepted here.', headers: {'accept-encoding': 'identity'}});
  }
  const contentType = http.headers['content-type'];
  const {etag, bytes, versions} = await storeBytes(http.body, contentType, place, request.txn, request, http.headers);
  const {target, path, parent} = place;
  const name = nameOf(path);
  const replaced = target?.stored?.collection === false;
  const unchanged = bytes === http.body;
  const href = target?.href ?? `${parent.href}${printSegment(name)}`;
  const headers = {
    ...(unchanged ? {etag: `"${etag}"`} : {}),
    ...(http.method === 'POST' ? {location: href} : {}), // RFC 9110 §15.3.2: a PUT has made what is at its own URL
    'cache-control': 'no-cache',
    ...versions,
  };
  const prefer = parsePrefer(http);
  if (prefer.return !== 'representation') return {status: replaced ? 204 : 201, headers};
  // As the client asks, and as it sent where that is all the same to it.
  const {forms, adapts} = parent.kind;
  const shown = adapts?.to(request)?.(bytes) ?? bytes;
  const sent = forms?.find(({type}) => type === essence(contentType ?? ''));
  const form = forms && (chooseForm(http, sent ? [sent, ...forms] : forms) ?? sent);
  return {
    status: replaced ? 200 : 201,
    headers: {
      ...headers,
      ...prefer.applied,
      etag: `"${etag}"`,
      'content-location': href,
      'content-type': form?.contentType ?? contentType ?? contentTypeOf(name),
    },
    body: form?.from(shown) ?? shown,
  };
}

/** Stages a file: the common limits, then the collection's own rules. At once, where it is of no interest to others. Throws DavError. */
export function storeBytes(
  sent: Uint8Array,
  contentType: string | undefined,
  {parent, path, target}: FilePlace,
  unit: HomeUnit,
  context: DavContext,
  headers: HttpRequest['headers'],
): StoredFile | Promise<StoredFile> {
  const {limits} = context;
  const name = nameOf(path);
  const before = target?.stored?.collection === false ? target.stored : undefined;
  const into = {...parent, view: unit};
  if (!before) {
    requireName(name, context);
    requireCount(into, context);
  }
  const admitted = parent.kind.admit?.({parent, view: unit, path, bytes: sent, contentType}, context);
  const {bytes, index} = admitted ?? {bytes: sent, index: undefined};
  if (!admitted && limits.maxResourceSizeBytes > 0 && bytes.length > limits.maxResourceSizeBytes) {
    throw new DavError(413, {message: `A file can have ${limits.maxResourceSizeBytes} bytes.`});
  }
  const stage = ({bytes, index}: Admitted, properties?: ReadonlyMap<Name, string>) => {
    requireRoom(into, bytes.length - (before?.sizeBytes ?? 0), context);
    return {etag: unit.put(path, bytes, index, properties), bytes, index};
  };
  const scheduled = scheduleArrival({parent, view: unit, path, before, after: admitted, headers}, context);
  if (!scheduled) return {...stage({bytes, index}, admitted ? undefined : typeProperty(name, contentType)), versions: {}};
  return scheduled.then(known => {
    const stored = stage(known.after ?? {bytes, index});
    settingProperties(path, known, unit);
    return {...stored, versions: known.headers};
  });
}

function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A type that the name does not tell is kept. */
function typeProperty(name: string, contentType: string | undefined): ReadonlyMap<Name, string> {
  const type = contentType ?? contentTypeOf(name);
  return new Map([[dav('getcontenttype'), printAlone(element(dav('getcontenttype'), type))]]);
}
