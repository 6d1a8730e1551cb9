import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import {acceptsGzip, compressed, isCompressible} from './compress.ts';
import type {HttpResponse} from './message.ts';

/** Parts of a streamed answer are gathered to this size: many small writes are many packets. */
const gatherBytes = 32 * 1024;

export interface SendOptions {
  readonly compression: boolean;
  /** False: the connection is closed after this answer. */
  readonly keepAlive: boolean;
}

/**
 * Puts an answer on the wire: one that is whole in one write, one of parts with back-pressure. Resolves to the body's bytes once all has
 * been handed to the socket or the client is gone; throws what making a part throws: then the connection must be cut if headers are
 * out, for a client must not take half an answer for a whole one.
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpResponse,
  {compression, keepAlive}: SendOptions,
): Promise<number> {
  const headers: OutgoingHttpHeaders = {...answer.headers, server: 'caldav'};
  if (!keepAlive) headers.connection = 'close';
  let {body} = answer;
  if (compression && isCompressible(answer)) {
    headers.vary = headers.vary === undefined ? 'Accept-Encoding' : `${headers.vary}, Accept-Encoding`;
    if (request.method !== 'HEAD' && acceptsGzip(request.headers)) {
      const packed = await compressed(answer);
      body = packed.body;
      if (packed !== answer) headers['content-encoding'] = 'gzip';
    }
  }
  const {status} = answer;
  if (status === 204 || status === 304) {
    await dismiss(body);
    response.writeHead(status, headers).end();
    return 0;
  }
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    return sendWhole(request, response, status, headers, body ?? '');
  }
  if (request.method === 'HEAD') {
    await dismiss(body);
    response.writeHead(status, headers).end();
    return 0;
  }
  return sendParts(response, status, headers, body);
}

function sendWhole(
  {method}: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array,
): number {
  const size = Buffer.byteLength(body);
  headers['content-length'] ??= size;
  response.writeHead(status, headers);
  if (method === 'HEAD') {
    response.end();
    return 0;
  }
  response.end(body);
  return size;
}

async function sendParts(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  parts: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let total = 0;
  for await (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    gathered.push(bytes);
    gatheredBytes += bytes.byteLength;
    if (gatheredBytes < gatherBytes) continue;
    if (!response.headersSent) response.writeHead(status, headers);
    total += gatheredBytes;
    const free = response.write(Buffer.concat(gathered, gatheredBytes));
    gathered = [];
    gatheredBytes = 0;
    if (!free) await drained(response);
    if (response.destroyed) return total;
  }
  const rest = Buffer.concat(gathered, gatheredBytes);
  if (!response.headersSent) {
    headers['content-length'] ??= rest.byteLength;
    response.writeHead(status, headers);
  }
  response.end(rest);
  return total + rest.byteLength;
}

function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Lets go of a body that nobody will read, so that what makes its parts can clean up. */
async function dismiss(body: HttpResponse['body']): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return;
  await body[Symbol.asyncIterator]().return?.();
}
