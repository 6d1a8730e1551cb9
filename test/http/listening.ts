import {connect, type Socket} from 'node:net';
import {silent} from '../../src/base/log.ts';
import type {AccessEntry} from '../../src/http/access-log.ts';
import type {Bound} from '../../src/http/bind.ts';
import type {ExchangeOptions} from '../../src/http/exchange.ts';
import {type ConnectionLimits, createListener, type Listener, type TlsMaterial} from '../../src/http/listener.ts';

export const limits: ConnectionLimits = {
  maxHeaderBytes: 16_384,
  headersTimeOutMs: 5000,
  requestTimeOutMs: 10_000,
  idleTimeOutMs: 5000,
  stallTimeOutMs: 10_000,
  maxConnections: 1000,
};

export function exchangeOptions(options: Partial<ExchangeOptions> & Pick<ExchangeOptions, 'app'>): ExchangeOptions {
  return {
    log: silent,
    maxBodyBytes: 100_000,
    maxRequests: 100,
    maxWaitingBytes: 10_000_000,
    retryAfterSeconds: 180,
    compression: false,
    keepAlive: true,
    rejectClients: [],
    trustedProxies: [],
    ...options,
  };
}

/** A listener on a free port of the loopback address, closed when the test's scope ends. */
export async function listening(
  options: Partial<ExchangeOptions> & Pick<ExchangeOptions, 'app'>,
  more: {limits?: Partial<ConnectionLimits>; tls?: TlsMaterial} = {},
): Promise<{listener: Listener; bound: Bound; url: string; entries: AccessEntry[]} & AsyncDisposable> {
  const entries: AccessEntry[] = [];
  const listener = createListener(
    exchangeOptions({access: entry => entries.push(entry), ...options}),
    {...limits, ...more.limits},
    more.tls,
  );
  const bound = await listener.listen({host: '127.0.0.1', port: 0, tls: more.tls !== undefined});
  const url = `${more.tls ? 'https' : 'http'}://127.0.0.1:${bound.port}`;
  return {listener, bound, url, entries, [Symbol.asyncDispose]: () => listener.close(0)};
}

/** Sends bytes as they are and resolves to everything that came back when `done` says so or the server has closed. */
export function raw(port: number, send: string | ((socket: Socket) => void), done: (received: string) => boolean = () => false) {
  return new Promise<string>((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => (typeof send === 'string' ? socket.write(send) : send(socket)));
    socket.on('data', data => {
      received += data.toString('latin1');
      if (done(received)) socket.destroy();
    });
    socket.on('error', error => (received ? undefined : reject(error)));
    socket.on('close', () => resolve(received));
  });
}
