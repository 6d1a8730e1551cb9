import type {IncomingMessage} from 'node:http';
import {promisify} from 'node:util';
import {gunzip, inflate} from 'node:zlib';

const empty = new Uint8Array(0);
const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
]);

/** Content codings that a request's body may have, as Accept-Encoding names them (RFC 9110 §12.5.3). */
export const acceptedEncodings = 'gzip, deflate';

/** Why a body was not taken: its status says it, and `message` tells a person. */
export class BodyRefusal extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, message: string) {
    super(message);
    this.name = 'BodyRefusal';
    this.status = status;
  }
}

/** The size a request says its body has; undefined where it says none (chunked, as macOS Finder sends it), 0 where it has no body. */
export function declaredSize({headers}: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}

/**
 * Reads a body whole and undoes its content coding (RFC 9110 §8.4). `maxBytes` holds for what comes over the wire and for what it
 * unpacks to, so that a bomb is not unpacked. `reserve` is told of every piece as it comes and may throw to end it.
 * Throws BodyRefusal; another error means that the client went away.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  reserve: (bytes: number) => void = () => {},
): Promise<Uint8Array> {
  const size = declaredSize(request);
  if (size === 0) return empty;
  if (size !== undefined && size > maxBytes) throw tooLarge(maxBytes);
  const body = await collect(request, maxBytes, reserve);
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return coding === 'identity' || coding === '' ? body : decode(body, coding, maxBytes);
}

function collect(request: IncomingMessage, maxBytes: number, reserve: (bytes: number) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let total = 0;
    const done = (error: Error | undefined, body: Uint8Array = empty) => {
      request.off('data', take).off('end', end).off('error', done).off('close', gone);
      if (error) reject(error);
      else resolve(body);
    };
    const take = (part: Uint8Array) => {
      total += part.byteLength;
      parts.push(part);
      try {
        if (total > maxBytes) throw tooLarge(maxBytes);
        reserve(part.byteLength);
      } catch (error) {
        request.pause();
        done(error as Error);
      }
    };
    const end = () => done(undefined, parts.length === 1 ? parts[0] : Buffer.concat(parts, total));
    const gone = () => done(new Error('the client closed the connection before the body was complete'));
    request.on('data', take).on('end', end).on('error', done).on('close', gone);
  });
}

async function decode(body: Uint8Array, coding: string, maxBytes: number): Promise<Uint8Array> {
  const decoder = decoders.get(coding);
  if (!decoder) throw new BodyRefusal(415, `A body with Content-Encoding ${JSON.stringify(coding)} is not understood here.`);
  try {
    return await decoder(body, {maxOutputLength: maxBytes});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new BodyRefusal(400, `The body is not the ${coding} that its Content-Encoding promises.`);
  }
}

function tooLarge(maxBytes: number): BodyRefusal {
  return new BodyRefusal(413, `The body is larger than the ${maxBytes} bytes that this server takes.`);
}
