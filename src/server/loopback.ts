import {createListener} from '../http/listener.ts';
import {type AppOptions, createApp} from './app.ts';

/** A server that only this machine reaches. */
export interface LoopbackServer {
  readonly port: number;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/** Answers on a free port of 127.0.0.1, by HTTP and with limits that nobody meets by chance: for servers that are gone after a run. */
export async function serveOnLoopback(options: AppOptions): Promise<LoopbackServer> {
  const listener = createListener(
    {
      app: createApp(options),
      log: options.log,
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
  );
  const {port} = await listener.listen({host: '127.0.0.1', port: 0, tls: false});
  return {port, close: () => listener.close(0)};
}
