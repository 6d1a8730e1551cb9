import type {IncomingHttpHeaders} from 'node:http';

/** A request as the listener hands it on: the body has been read, within the limit. */
export interface HttpRequest {
  readonly method: string;
  /** The path as sent, percent-encoded, without the query. */
  readonly path: string;
  /** What follows `?`, without it; empty where there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The client's address, a trusted proxy's forwarding considered. */
  readonly address: string;
  /** Whether the client's side of the connection is TLS, a trusted proxy's forwarding considered. */
  readonly secure: boolean;
  /** The same object for all requests of one connection. */
  readonly connection?: object;
}

/** An answer. A body of parts is sent part by part, with back-pressure. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}
