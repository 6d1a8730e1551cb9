import type {Server as HttpServer} from 'node:http';
import type {Server as HttpsServer, ServerOptions} from 'node:https';
import {Server as NetServer, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {type Bound, bind, type Endpoint} from './bind.ts';
import {isAnswering, refuseBroken} from './broken-request.ts';
import {createExchange, type ExchangeCounts, type ExchangeOptions} from './exchange.ts';

// An import of node:http would read all that it exports, among it lazy ones that bring a whole HTTP client: 13 MiB a process.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** How a connection may behave; fixed for the listener's life. */
export interface ConnectionLimits {
  readonly maxHeaderBytes: number;
  /** From the first byte of a request to the end of its headers, and to the end of its body. */
  readonly headersTimeOutMs: number;
  readonly requestTimeOutMs: number;
  /** Between two requests on one connection. */
  readonly idleTimeOutMs: number;
  /** No byte in either direction, though a request is under way. */
  readonly stallTimeOutMs: number;
  /** The requests of those beyond it are answered 503, which closes them; beyond twice as many, one is closed as it comes. */
  readonly maxConnections: number;
}

/** PEM texts. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly privateKey: string;
  /** Certificates between the server's and the root, where they are not in `certificate`. */
  readonly authorityChain: string;
}

export interface Listener {
  /** Binds; rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
  listen(endpoint: Endpoint): Promise<Bound>;
  /** For connections that another process accepts: what to give each of them to. */
  receive(tls: boolean): (socket: Socket) => void;
  update(options: ExchangeOptions): void;
  /** For connections made from now on; those that are open keep what they have. Throws what OpenSSL has against it. */
  updateTls(material: TlsMaterial): void;
  /**
   * Takes no more connections, lets what is under way end for at most `graceMs`, then cuts what is left; a second call may shorten that.
   * A connection that is idle is closed only once nothing has come on it for a moment: a request may be on its way.
   */
  close(graceMs: number): Promise<void>;
  connections(): Promise<number>;
  readonly underWay: number;
  readonly counts: ExchangeCounts;
}

/** So long after it is told to close, a request that was on its way is still taken (RFC 9112 §9.6). */
const lastCallMs = 400;

/** Puts an app on sockets (RFC 9112). */
export function createListener(options: ExchangeOptions, limits: ConnectionLimits, tls?: TlsMaterial): Listener {
  const exchange = createExchange(options);
  const servers: (HttpServer | HttpsServer)[] = [];
  /** All connections, and of them those that have got as far as HTTP. */
  const sockets = new Set<Socket>();
  const talking = new Set<Socket>();
  let material = tls;
  let closing: Promise<void> | undefined;

  function createServer(secure: boolean): HttpServer | HttpsServer {
    const common = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeOutMs,
      requestTimeout: limits.requestTimeOutMs,
      keepAliveTimeout: limits.idleTimeOutMs,
      connectionsCheckingInterval: Math.max(100, Math.min(5000, limits.headersTimeOutMs / 2)),
      noDelay: true,
    };
    const server = secure
      ? https.createServer({...common, ...secureContext(material), ALPNProtocols: ['http/1.1']})
      : http.createServer(common);
    server.setTimeout(limits.stallTimeOutMs);
    server.on('connection', (socket: Socket) => {
      if (sockets.size >= 2 * limits.maxConnections) socket.destroy();
      else keep(sockets, socket);
    });
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      keep(talking, socket);
      if (sockets.size > limits.maxConnections) exchange.turnAway(socket);
    });
    server.on('request', (request, response) => void exchange.handle(request, response));
    server.on('checkContinue', (request, response) => void exchange.handleExpecting(request, response));
    server.on(
      'connect',
      (_request, socket: Socket) => void refuseBroken({name: '', message: '', code: 'HPE_INVALID_METHOD'}, socket),
    );
    server.on('clientError', (error, socket) => void refuseBroken(error, socket as Socket));
    return server;
  }

  function keep(set: Set<Socket>, socket: Socket) {
    set.add(socket);
    socket.once('close', () => set.delete(socket));
  }

  async function closeAll() {
    exchange.drain();
    // Not http.Server's own close, which cuts idle connections at once.
    for (const server of servers) NetServer.prototype.close.call(server);
    const read = new Map<Socket, number>();
    while (sockets.size > 0) {
      for (const socket of talking) {
        if (!isAnswering(socket) && read.get(socket) === socket.bytesRead) socket.destroy();
        else read.set(socket, socket.bytesRead);
      }
      const all = [...sockets].map(socket => new Promise(resolve => socket.once('close', resolve)));
      const later = new AbortController();
      await Promise.race([Promise.all(all), delay(lastCallMs, undefined, later).catch(() => {})]);
      later.abort();
    }
    // The connections are gone; this ends its looking after them.
    for (const server of servers) server.close(() => {});
  }

  return {
    async listen(endpoint) {
      const server = createServer(endpoint.tls);
      const bound = await bind(server, endpoint, options.log);
      servers.push(server);
      return bound;
    },
    receive(secure) {
      const server = createServer(secure);
      servers.push(server);
      // Which begins its looking after time-outs.
      server.emit('listening');
      return socket => {
        socket.allowHalfOpen = true;
        if (closing) socket.destroy();
        else server.emit('connection', socket);
      };
    },
    update: exchange.update,
    updateTls(next) {
      const context = secureContext(next);
      for (const server of servers) if (server instanceof https.Server) server.setSecureContext(context);
      material = next;
    },
    close(graceMs) {
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      closing ??= closeAll();
      return closing.finally(() => clearTimeout(timer));
    },
    async connections() {
      return sockets.size;
    },
    get underWay() {
      return exchange.underWay;
    },
    counts: exchange.counts,
  };
}

function secureContext(material: TlsMaterial | undefined): ServerOptions {
  if (!material) throw new Error('an endpoint with TLS needs a certificate');
  return {
    cert: [material.certificate, material.authorityChain].filter(Boolean).join('\n'),
    key: material.privateKey,
    minVersion: 'TLSv1.2',
    // Forward secrecy and AEAD only; TLS 1.3's suites are all of that kind and are named by Node.
    ciphers:
      'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:' +
      'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
  };
}
