import {type IncomingHttpHeaders, request as requestHttp} from 'node:http';
import {request as requestHttps} from 'node:https';
import {isIP} from 'node:net';
import {checkServerIdentity, getCACertificates, type PeerCertificate} from 'node:tls';

/** A question to a server. */
export interface Question {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Text, its first 256 KiB. */
  readonly body: string;
}

/** How to reach it. */
export interface Route {
  /** Connects here in place of the URL's host, which is still the name asked for. */
  readonly address?: string | undefined;
  /** Certificates in PEM to trust beside the well-known authorities. */
  readonly authorities?: string | undefined;
}

const timeoutMs = 10_000;
const mostBytes = 256 * 1024;

/** Asks once, on a connection of its own, following nothing. Rejects with the system's or OpenSSL's error. */
export async function ask(
  url: URL,
  {method, headers = {}, body}: Question,
  {address, authorities}: Route = {},
): Promise<HttpAnswer> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const options = {
    method,
    host: address ?? host,
    port: url.port || (secure ? 443 : 80),
    path: url.pathname + url.search,
    headers: {
      host: url.host,
      'user-agent': 'caldav-doctor',
      ...(body && {'content-type': 'application/xml; charset=utf-8'}),
      ...headers,
    },
    agent: false as const,
    timeout: timeoutMs,
    // An address is no server name (RFC 6066 §3), yet the certificate must be for it.
    servername: isIP(host) ? '' : host,
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
    ...(authorities && {ca: [...getCACertificates('default'), ...getCACertificates('system'), authorities]}),
  };
  return new Promise((resolve, reject) => {
    const question = (secure ? requestHttps : requestHttp)(options, answer => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = () =>
        resolve({url, status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString()});
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > mostBytes) {
          finish();
          answer.destroy();
        }
      });
      answer.on('end', finish);
      answer.on('error', reject);
    });
    question.on('timeout', () => question.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    question.on('error', reject);
    question.end(body);
  });
}

/** Why a connection failed, in words, and what helps. */
export function explainConnection(error: unknown, url: URL): {problem: string; fix: string} {
  const {code = '', message} = error as NodeJS.ErrnoException;
  const row = connectionErrors.find(({codes}) => codes.some(one => code.includes(one)));
  if (row) return {problem: `${url.origin}: ${row.problem}`, fix: row.fix};
  return {problem: `${url.origin} cannot be reached: ${message}`, fix: 'see that the name, the port and the firewall are right'};
}

const connectionErrors: readonly {codes: string[]; problem: string; fix: string}[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    problem: 'no such host name is known here',
    fix: 'mend the name, or make the DNS record (or a line in /etc/hosts)',
  },
  {
    codes: ['ECONNREFUSED'],
    problem: 'nothing listens there',
    fix: 'start the server (or the proxy) and look at its port and the firewall',
  },
  {
    codes: ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
    problem: 'the machine does not answer',
    fix: 'look at the firewall and at port forwarding',
  },
  {
    codes: ['CERT_HAS_EXPIRED'],
    problem: 'its certificate has run out',
    fix: 'renew it: `caldav setup --renew`, or at the proxy',
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    problem: 'its certificate is for another name',
    fix: 'use a name that it covers, or have it made anew for this name',
  },
  {
    codes: ['SELF_SIGNED', 'UNABLE_TO_VERIFY', 'UNABLE_TO_GET_ISSUER'],
    problem: 'its certificate is not signed by an authority that is known here',
    fix: 'serve the intermediate certificates with it; for a local authority, name its file in SSLAuthorityChain',
  },
  {
    codes: ['EPROTO', 'WRONG_VERSION', 'HPE_INVALID', 'ERR_SSL'],
    problem: 'it does not speak what the address says: clear HTTP on an https port, or the reverse',
    fix: 'change http:// to https:// or the port',
  },
];
