import {Agent, request as requestHttp} from 'node:http';
import {request as requestHttps, Agent as TlsAgent} from 'node:https';
import {rootCertificates} from 'node:tls';
import type {ServerInfo} from './server-info.ts';

/** A request as it goes out. */
export interface Question {
  readonly method: string;
  /** A path, percent-encoded, with its query. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** The values of a header, in order; the name in lower case. */
  header(name: string): readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
}

export interface Client {
  send(question: Question): Promise<Answer>;
  close(): void;
}

const timeoutMs = 60_000;

/**
 * Speaks to the server of a serverinfo: clear HTTP where it has a port for that, else HTTPS, trusting `authority` beside the
 * machine's own.
 */
export function createClient({host, port, sslPort, authority}: ServerInfo): Client {
  const secure = port === 0;
  const agent = secure
    ? new TlsAgent({keepAlive: true, ...(authority && {ca: [...rootCertificates, authority]})})
    : new Agent({keepAlive: true});
  const once = ({method, uri, headers, body}: Question) =>
    new Promise<Answer>((resolve, reject) => {
      const question = (secure ? requestHttps : requestHttp)(
        {
          host,
          port: secure ? sslPort : port,
          agent,
          method,
          path: uri,
          timeout: timeoutMs,
          headers: {...headers, 'content-length': String(body?.length ?? 0)},
        },
        answer => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => resolve(makeAnswer(answer.statusCode ?? 0, answer.rawHeaders, Buffer.concat(chunks))));
          answer.on('error', reject);
        },
      );
      question.on('timeout', () => question.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      question.on('error', error => reject(Object.assign(error, {reused: question.reusedSocket})));
      question.end(body);
    });
  return {
    async send(question) {
      try {
        return await once(question);
      } catch (error) {
        // The server may close a connection that waits just when it is used again.
        const {code, reused} = error as NodeJS.ErrnoException & {reused?: boolean};
        if (reused && (code === 'ECONNRESET' || code === 'EPIPE')) return once(question);
        if (secure && code !== undefined && untrusted.has(code)) throw new Error(notTrusted(error as Error), {cause: error});
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

/** What OpenSSL says of a certificate whose authority is not known. */
const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function notTrusted({message}: Error): string {
  return `the server’s certificate is not trusted (${message}): name its authority’s with --authority`;
}

function makeAnswer(status: number, raw: readonly string[], body: Buffer): Answer {
  const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]!] as const] : []));
  return {
    status,
    headers,
    header: name => headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value),
    body,
    text: body.toString('utf8'),
  };
}
