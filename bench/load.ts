import {Worker} from 'node:worker_threads';

/** The first account. */
export const user = 'bench';

/** In a request: becomes a number of as many digits, another each time. */
export const place = '@@@@@@@@@@';

export interface LoadOrder {
  readonly port: number;
  /** Whole requests as they go over the wire, sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** So many requests belong together and are sent as a whole. */
  readonly cycle: number;
  /** Each request is sent once, however long it takes. */
  readonly once?: boolean;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
  /** Answers of 400 and above. */
  readonly errors: number;
  readonly bytes: number;
  readonly wrong?: string;
}

/** Puts load on a port of this machine, from a thread of its own. */
export function load(order: LoadOrder): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./load-thread.ts', import.meta.url), {workerData: order});
    thread.on('message', resolve).on('error', reject);
    thread.on('exit', code => reject(new Error(`the load generator ended with ${code}`)));
  });
}

/** A request for the wire. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly depth?: '0' | '1';
  readonly body?: string;
  /** Who asks, where it is not the first account. */
  readonly as?: string;
}

/** Of an account whose password is its name. */
export function authorizationOf(name: string): string {
  return `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`;
}

export function onWire({method, path, depth, body = '', as = user}: Request): string {
  const type = body.startsWith('BEGIN:') ? 'text/calendar' : 'application/xml';
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: ${authorizationOf(as)}`,
    ...(depth === undefined ? [] : [`Depth: ${depth}`]),
    ...(body === '' ? [] : [`Content-Type: ${type}; charset=utf-8`, `Content-Length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n');
}
