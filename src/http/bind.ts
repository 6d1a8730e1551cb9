import type {AddressInfo, Server} from 'node:net';
import type {Log} from '../base/log.ts';

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

const complainEveryMs = 10_000;

/**
 * Has a server listen; rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). All addresses are IPv6's and IPv4's; only
 * IPv4's where the kernel has no IPv6. What later keeps it from accepting a connection (too many open files) is told to the log.
 */
export async function bind(server: Server, {host, port, tls, backlog = 511}: Endpoint, log: Log): Promise<Bound> {
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
  let complained = -Infinity;
  server.on('error', error => {
    if (performance.now() - complained < complainEveryMs) return;
    complained = performance.now();
    log.error({reason: error.message}, 'a connection could not be accepted');
  });
  const bound = server.address() as AddressInfo;
  return {host: host ?? bound.address, port: bound.port, tls};
}
