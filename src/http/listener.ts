import type {Server as HttpServer} from 'node:http';
import type {Server as HttpsServer, ServerOptions} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {refuseBroken} from './broken-request.ts';
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
  readonly maxConnections: number;
}

/** PEM texts. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly privateKey: string;
  /** Certificates between the server's and the root, where they are not in `certificate`. */
  readonly authorityChain: string;
}

export interface Endpoint {
  /** Undefined: all addresses. */
  readonly host: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: boolean;
  readonly backlog?: number;
}

export interface Bound {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface Listener {
  /** Binds; rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
  listen(endpoint: Endpoint): Promise<Bound>;
  update(options: ExchangeOptions): void;
  /** For connections made from now on; those that are open keep what they have. Throws what OpenSSL has against it. */
  updateTls(material: TlsMaterial): void;
  /** Takes no more connections, lets what is under way end for at most `graceMs`, then cuts what is left; a second call may shorten that. */
  close(graceMs: number): Promise<void>;
  connections(): Promise<number>;
  readonly underWay: number;
  readonly counts: ExchangeCounts;
}

/** Puts an app on sockets (RFC 9112). */
export function createListener(options: ExchangeOptions, limits: ConnectionLimits, tls?: TlsMaterial): Listener {
  const exchange = createExchange(options);
  const servers: (HttpServer | HttpsServer)[] = [];
  const sockets = new Set<Socket>();
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
    server.maxConnections = limits.maxConnections;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
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

  async function closeAll() {
    exchange.drain();
    const closed = servers.map(async server => {
      const done = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeIdleConnections();
      await done;
    });
    await Promise.all(closed);
  }

  return {
    async listen({host, port, tls: secure, backlog}) {
      const server = createServer(secure);
      await bind(server, host, port, backlog);
      servers.push(server);
      const bound = server.address() as AddressInfo;
      return {host: host ?? bound.address, port: bound.port, tls: secure};
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

/** All addresses are IPv6's and IPv4's; only IPv4's where the kernel has no IPv6. */
async function bind(server: HttpServer, host: string | undefined, port: number, backlog = 511): Promise<void> {
  const listen = (on: string) =>
    new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen({port, host: on, backlog}, () => {
        server.off('error', fail);
        done();
      });
    });
  try {
    await listen(host ?? '::');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (host !== undefined || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    await listen('0.0.0.0');
  }
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
