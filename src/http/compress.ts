import type {IncomingHttpHeaders} from 'node:http';
import {Readable} from 'node:stream';
import {promisify} from 'node:util';
import {constants, createGzip, gzip, gzipSync} from 'node:zlib';
import type {HttpResponse} from './message.ts';

/** Below this a smaller answer saves no packet. */
const minBytes = 1400;
/** Up to this it is quicker to compress at once than to hand the work to another thread. */
const maxSyncBytes = 16 * 1024;
const options = {level: 5};

/** Whether gzip is worth it for an answer by its type: text of some kind, whole, and not coded already (RFC 9110 §8.4). */
export function isCompressible({status, headers = {}}: HttpResponse): boolean {
  if (status === 206 || status === 204 || status === 304 || headers['content-encoding'] !== undefined) return false;
  return /^(?:text\/|application\/(?:[\w.-]+\+)?(?:xml|json)\b)/i.test(String(headers['content-type'] ?? ''));
}

/** Whether the client takes gzip (RFC 9110 §12.5.3). */
export function acceptsGzip(headers: IncomingHttpHeaders): boolean {
  const accept = headers['accept-encoding'];
  if (accept === undefined) return false;
  let star = false;
  for (const item of String(accept).toLowerCase().split(',')) {
    const [coding, ...parameters] = item.split(';').map(part => part.trim());
    const refused = parameters.some(parameter => /^q=0(?:\.0*)?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return !refused;
    if (coding === '*') star = !refused;
  }
  return star;
}

/** The answer with its body in gzip. The ETag stays what it was: clients compare it with the one in a listing. */
export async function compressed(response: HttpResponse): Promise<HttpResponse> {
  const {body} = response;
  if (body === undefined) return response;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return coded(response, gzipParts(body));
  const size = typeof body === 'string' ? body.length : body.byteLength;
  if (size < minBytes) return response;
  const known = typeof body === 'string' ? undefined : packed.get(body);
  if (known) return coded(response, known);
  const bytes = size <= maxSyncBytes ? gzipSync(body, options) : await promisify(gzip)(body, options);
  if (typeof body !== 'string') packed.set(body, bytes);
  return coded(response, bytes);
}

/** Answers that are given again are packed once. */
const packed = new WeakMap<Uint8Array, Uint8Array>();

function coded(response: HttpResponse, body: HttpResponse['body']): HttpResponse {
  return {...response, headers: {...response.headers, 'content-encoding': 'gzip'}, ...(body === undefined ? {} : {body})};
}

async function* gzipParts(parts: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(parts, {objectMode: true});
  const packer = createGzip({...options, flush: constants.Z_NO_FLUSH});
  source.on('error', error => packer.destroy(error));
  try {
    yield* source.pipe(packer) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    packer.destroy();
  }
}
