import type {AccessEntry} from '../http/access-log.ts';
import {createListener, type TlsMaterial} from '../http/listener.ts';
import {createDeliveries} from '../scheduling/deliveries.ts';
import {openDeliveriesFile} from '../scheduling/deliveries-file.ts';
import type {MailRoom} from '../scheduling/mail/open-mail.ts';
import {type App, type AppOptions, createApp} from './app.ts';

/** A server that only this machine reaches. */
export interface LoopbackServer {
  readonly port: number;
  /** The port for TLS; 0: it speaks none. */
  readonly tlsPort: number;
  /** Requests that are not over yet. */
  readonly underWay: number;
  /** Resolves when all is delivered that can be. */
  delivered(): Promise<void>;
  /** Looks at once for what is to be done that else is looked for every minute. */
  settle(): void;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/**
 * Answers on a free port of 127.0.0.1 by HTTP, and on another by TLS where there is a certificate, with limits that nobody meets by
 * chance: for servers that are gone after a run.
 */
export async function serveOnLoopback(
  options: AppOptions & {access?(entry: AccessEntry): void; readonly mail?: MailRoom},
  tls?: TlsMaterial,
): Promise<LoopbackServer> {
  // It is told its ports, which are known once the sockets are bound.
  let app: App | undefined;
  const listener = createListener(
    {
      app: Object.assign((request: Parameters<App>[0]) => app!(request), {
        admit: (request: Parameters<App>[0]) => app!.admit(request),
      }),
      log: options.log,
      ...(options.access ? {access: options.access} : {}),
      maxBodyBytes: 16 * 1024 * 1024,
      maxRequests: 600,
      maxWaitingBytes: 256 * 1024 * 1024,
      retryAfterSeconds: 1,
      compression: false,
      keepAlive: true,
      rejectClients: [],
      trustedProxies: [],
    },
    {
      maxHeaderBytes: 64 * 1024,
      headersTimeOutMs: 10_000,
      requestTimeOutMs: 60_000,
      idleTimeOutMs: 10_000,
      stallTimeOutMs: 60_000,
      maxConnections: 1000,
    },
    tls,
  );
  const {port} = await listener.listen({host: '127.0.0.1', port: 0, tls: false});
  const tlsPort = tls ? (await listener.listen({host: '127.0.0.1', port: 0, tls: true})).port : 0;
  const file = openDeliveriesFile(':memory:');
  const deliveries = createDeliveries({
    ...options,
    file,
    defaultTimezone: options.config.defaultTimezone,
    hostNames: [options.config.serverHostName],
    local: options.config.scheduling,
    as: principal => app!.as(principal),
    mailer: options.mail?.office && options.mail,
  });
  options.mail?.start(deliveries);
  app = createApp({
    ...options,
    duties: options.config.enableImplicitScheduling ? deliveries.duties : undefined,
    config: {...options.config, httpPort: port, sslPort: tlsPort},
  });
  return {
    port,
    tlsPort,
    get underWay() {
      return listener.underWay;
    },
    delivered: deliveries.idle,
    settle: deliveries.settle,
    async close() {
      await listener.close(0);
      await deliveries.stop();
      await options.mail?.stop();
      file[Symbol.dispose]();
    },
  };
}
