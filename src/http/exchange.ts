import type {IncomingMessage, ServerResponse} from 'node:http';
import type {BlockList, Socket} from 'node:net';
import type {Log} from '../base/log.ts';
import {type AccessEntry, claimedUser, withoutSecrets} from './access-log.ts';
import {type Client, clientOf, trustedProxies} from './forwarded.ts';
import type {HttpRequest, HttpResponse} from './message.ts';
import {acceptedEncodings, BodyRefusal, declaredSize, readBody} from './request-body.ts';
import {send} from './send.ts';

/** Answers requests. */
export interface Application {
  (request: HttpRequest): Promise<HttpResponse>;
  /** Asked about a request with a large body before that is read (`body` is empty); an answer refuses it. */
  admit?(head: HttpRequest): Promise<HttpResponse | undefined>;
}

/** What every answer goes by; it may be replaced while the server runs. */
export interface ExchangeOptions {
  readonly app: Application;
  readonly log: Log;
  /** Told of each request once it is over. */
  readonly access?: (entry: AccessEntry) => void;
  /** Larger bodies are 413. */
  readonly maxBodyBytes: number;
  /**
   * Requests that have arrived in full and are not answered yet, and bytes of bodies that wait for their end; beyond either is 503. As
   * many bytes of answers may wait to be taken.
   */
  readonly maxRequests: number;
  readonly maxWaitingBytes: number;
  readonly retryAfterSeconds: number;
  readonly compression: boolean;
  readonly keepAlive: boolean;
  /** User-Agents that are answered 403. */
  readonly rejectClients: readonly RegExp[];
  /** Addresses and CIDR blocks whose Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Clear requests from other machines are sent to this port over TLS; `host` serves where a request names none. */
  readonly redirectToTls?: {readonly host: string; readonly port: number};
  /** Strict-Transport-Security of every answer that goes over TLS (RFC 6797 §7.1, §7.2); undefined: none. */
  readonly strictTransport?: string;
}

/** What has been answered since the start. */
export interface ExchangeCounts {
  requests: number;
  /** By method, and by the first digit of the status. */
  readonly methods: Record<string, number>;
  readonly statuses: Record<string, number>;
  bytesOut: number;
  refusedBusy: number;
}

export interface Exchange {
  /** Answers one request; never throws. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<unknown>;
  /** As `handle`, for a client that waits for 100 Continue before it sends the body (RFC 9110 §10.1.1). */
  handleExpecting(request: IncomingMessage, response: ServerResponse): Promise<unknown>;
  update(options: ExchangeOptions): void;
  /** There are too many connections: what comes on this one is answered 503, and closes it. */
  turnAway(socket: Socket): void;
  /** From now on every answer closes its connection. */
  drain(): void;
  readonly underWay: number;
  readonly counts: ExchangeCounts;
}

/** How long, and for how many bytes, an answered client that goes on sending is listened to, so that it gets to read the answer. */
const lingerMs = 5000;
const lingerBytes = 32 * 1024 * 1024;

/** One request to one answer: reads the body, asks the app, sends what it says, and tells the log. */
export function createExchange(initial: ExchangeOptions): Exchange {
  let options = initial;
  let trusted: BlockList = trustedProxies(options.trustedProxies);
  let draining = false;
  let underWay = 0;
  /** Of those under way the ones that have arrived in full. */
  let arrived = 0;
  let waitingBytes = 0;
  const counts: ExchangeCounts = {requests: 0, methods: {}, statuses: {}, bytesOut: 0, refusedBusy: 0};
  // Pipelined requests are answered one after the other (RFC 9112 §9.3.2: unsafe ones must be); Node would begin all at once.
  const lines = new WeakMap<Socket, Line>();
  const turnedAway = new WeakSet<Socket>();
  /** Bytes of answers that clients have yet to take, those that began to wait first before the others. */
  const untaken = new Map<ServerResponse, number>();
  let untakenBytes = 0;

  function handle(request: IncomingMessage, response: ServerResponse, expecting: boolean): Promise<unknown> {
    const {socket} = request;
    const line = lines.get(socket) ?? {last: Promise.resolve(), length: 0};
    lines.set(socket, line);
    if (++line.length > mostPipelined) socket.destroy();
    const turn =
      line.length > 1 ? line.last.then(() => answer(request, response, expecting)) : answer(request, response, expecting);
    line.last = turn.finally(() => line.length--);
    return line.last;
  }

  async function answer(request: IncomingMessage, response: ServerResponse, expecting: boolean): Promise<void> {
    const {socket} = request;
    if (socket.destroyed) return;
    const started = performance.now();
    const time = Date.now();
    const over = new Promise<void>(resolve => response.once('close', resolve));
    const client = clientOf({address: socket.remoteAddress ?? '', secure: 'encrypted' in socket}, request.headers, trusted);
    if (options.strictTransport && client.secure) response.setHeader('strict-transport-security', options.strictTransport);
    const {method = 'GET'} = request;
    const target = request.url ?? '/';
    // One that is turned away takes no room, nor one whose body has not come yet, however long it goes on sending.
    const welcome = !turnedAway.has(socket);
    const admitted = welcome && arrived < options.maxRequests && waitingBytes <= options.maxWaitingBytes;
    if (admitted) underWay++;
    let entered = false;
    const enter = () => {
      if (arrived >= options.maxRequests) throw new Busy();
      arrived++;
      entered = true;
    };
    let bytes = 0;
    let status = 0;
    try {
      const reply = !admitted ? busy() : (refuse(request, client) ?? (await ask(request, response, client, {expecting, enter})));
      status = reply.status;
      const unread = !request.complete && (expecting || declaredSize(request) !== 0);
      if (unread) await refuseBody(request, response, reply);
      else
        bytes = await send(request, response, reply, {
          compression: options.compression,
          keepAlive: welcome && !draining && options.keepAlive,
        });
    } catch (error) {
      status = await fail(error, request, response);
    }
    if (socket.writableLength > 0) wait(response, socket.writableLength);
    await over;
    untakenBytes -= untaken.get(response) ?? 0;
    untaken.delete(response);
    if (!response.writableFinished && status < 500) status = 499;
    counts.requests++;
    counts.methods[method] = (counts.methods[method] ?? 0) + 1;
    const digit = `${String(status)[0]}xx`;
    counts.statuses[digit] = (counts.statuses[digit] ?? 0) + 1;
    counts.bytesOut += bytes;
    options.access?.({
      address: client.address,
      user: claimedUser(request.headers.authorization),
      time,
      method,
      target,
      httpVersion: request.httpVersion,
      status,
      bytes,
      referer: request.headers.referer,
      agent: request.headers['user-agent'],
      elapsedMs: performance.now() - started,
      underWay,
      port: socket.localPort ?? 0,
    });
    if (admitted) underWay--;
    if (entered) arrived--;
  }

  /** Clients that do not read hold memory: where they hold too much together, the one that has done so longest is cut off. */
  function wait(response: ServerResponse, bytes: number): void {
    untaken.set(response, bytes);
    untakenBytes += bytes;
    for (const [oldest, held] of untaken) {
      if (untakenBytes <= options.maxWaitingBytes) return;
      untaken.delete(oldest);
      untakenBytes -= held;
      oldest.destroy();
    }
  }

  /** What can be said without reading the body. */
  function refuse({headers, url = '/'}: IncomingMessage, client: {address: string; secure: boolean}): HttpResponse | undefined {
    const agent = headers['user-agent'];
    if (agent !== undefined && options.rejectClients.some(pattern => pattern.test(agent))) {
      return plain(403, 'This client is not served here.');
    }
    const tls = options.redirectToTls;
    if (tls && !client.secure && !isLoopback(client.address)) {
      const host = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?=:\d+$|$)/i.exec(headers.host ?? '')?.[0] ?? tls.host;
      const location = `https://${host}${tls.port === 443 ? '' : `:${tls.port}`}${originForm(url)}`;
      return {...plain(301, 'Use https.'), headers: {'content-type': 'text/plain; charset=utf-8', location}};
    }
    return undefined;
  }

  async function ask(
    request: IncomingMessage,
    response: ServerResponse,
    client: {address: string; secure: boolean},
    {expecting, enter}: {expecting: boolean; enter(): void},
  ): Promise<HttpResponse> {
    let reserved = 0;
    try {
      const head = headOf(request, client);
      const refused = (declaredSize(request) ?? Infinity) > unaskedBytes ? await options.app.admit?.(head) : undefined;
      if (refused) return refused;
      if (expecting && (declaredSize(request) ?? 0) <= options.maxBodyBytes) response.writeContinue();
      const body = await readBody(request, options.maxBodyBytes, bytes => {
        reserved += bytes;
        waitingBytes += bytes;
        if (waitingBytes > options.maxWaitingBytes) throw new Busy();
      });
      enter();
      return await options.app({...head, body});
    } catch (error) {
      if (error instanceof Busy) return busy();
      if (!(error instanceof BodyRefusal)) throw error;
      const reply = plain(error.status, error.message);
      return error.status === 415 ? {...reply, headers: {...reply.headers, 'accept-encoding': acceptedEncodings}} : reply;
    } finally {
      waitingBytes -= reserved;
    }
  }

  function busy(): HttpResponse {
    counts.refusedBusy++;
    const {status, headers, body} = plain(503, 'The server is busy. Try again later.');
    return {status, headers: {...headers, 'retry-after': String(options.retryAfterSeconds)}, body};
  }

  /** An error of the app's, or of making or sending the answer: 500 where that can still be said. Answers the status for the log. */
  async function fail(error: unknown, request: IncomingMessage, response: ServerResponse): Promise<number> {
    if (request.socket.destroyed || response.destroyed) {
      response.destroy();
      return 499;
    }
    options.log.error(
      {err: error, method: request.method, path: withoutSecrets(request.url ?? '')},
      'a request could not be answered',
    );
    if (response.headersSent) {
      response.destroy();
      return 500;
    }
    try {
      await send(request, response, plain(500, 'The server failed. Its log says why.'), {compression: false, keepAlive: false});
    } catch {
      response.destroy();
    }
    return 500;
  }

  return {
    handle: (request, response) => handle(request, response, false),
    handleExpecting: (request, response) => handle(request, response, true),
    update(next) {
      trusted = trustedProxies(next.trustedProxies);
      options = next;
    },
    turnAway(socket) {
      turnedAway.add(socket);
    },
    drain() {
      draining = true;
    },
    get underWay() {
      return underWay;
    },
    counts,
  };
}

class Busy extends Error {}

/** The requests of one connection that are not answered yet, and the end of the last of them. */
interface Line {
  last: Promise<unknown>;
  length: number;
}

/** No client sends so many before the first is answered: each of them takes room. */
const mostPipelined = 100;

/** So much of a body is read of anybody: it costs less than to close the connection. */
const unaskedBytes = 64 * 1024;

/** The request without its body. */
function headOf({url = '/', method = 'GET', headers, socket}: IncomingMessage, {address, secure}: Client): HttpRequest {
  const target = originForm(url);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  return {method, path, query, headers, body: new Uint8Array(0), address, secure, connection: socket};
}

function plain(status: number, sentence: string): HttpResponse {
  return {status, headers: {'content-type': 'text/plain; charset=utf-8'}, body: `${sentence}\n`};
}

/**
 * Answers before the body has been read, and goes on reading for a while: closing at once would reset the connection, and a client
 * that still sends would never see the answer.
 */
async function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  {status, headers, body}: HttpResponse,
): Promise<void> {
  const text = typeof body === 'string' ? body : '';
  response.shouldKeepAlive = false;
  response.writeHead(status, {...headers, server: 'caldav', connection: 'close', 'content-length': Buffer.byteLength(text)});
  response.write(request.method === 'HEAD' ? '' : text);
  await new Promise<void>(resolve => {
    let rest = lingerBytes;
    const timer = setTimeout(resolve, lingerMs);
    request.on('data', (part: Uint8Array) => {
      rest -= part.byteLength;
      if (rest < 0) resolve();
    });
    request.once('end', resolve).once('close', resolve).once('error', resolve);
    request.resume();
    request.socket.once('close', () => clearTimeout(timer));
  });
  response.end();
}

/** The path and query of a request-target that may be in absolute form (RFC 9112 §3.2.2); otherwise as it is. */
function originForm(target: string): string {
  if (target.startsWith('/') || !/^https?:\/\//i.test(target)) return target;
  const rest = target.slice(target.indexOf('//') + 2);
  const at = rest.search(/[/?#]/);
  if (at < 0) return '/';
  return rest[at] === '/' ? rest.slice(at) : `/${rest.slice(at)}`;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
