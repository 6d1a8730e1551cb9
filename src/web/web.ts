import {X509Certificate} from 'node:crypto';
import type {Principal} from '../accounts/principal.ts';
import type {Config} from '../config/config.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {printPage} from './page.ts';
import {printProfile} from './profile.ts';
import type {Server} from './server.ts';

/** What the pages are made of. */
export interface WebOptions {
  readonly config: Pick<
    Config,
    'serverHostName' | 'sslPort' | 'bindSslPorts' | 'enableAnonymousReadRoot' | 'tls' | 'authentication'
  >;
  /** The certificates of SSLAuthorityChain, PEM, as read at the start; empty: none. */
  readonly authorityChain: string;
}

/** Answers browsers, and undefined where a request is not for these pages. `principal` is who has logged in, if anybody has. */
export type Web = (request: HttpRequest, principal?: Principal) => HttpResponse | undefined;

/**
 * The few pages for people: `/` says what to type into which client, `/ca.crt` is the local authority's certificate for devices to
 * trust, `/caldav.mobileconfig` is a profile for Apple's devices. Everything here may be seen by anybody, save the profile: that is
 * for whoever has logged in, so the first call, without a principal, leaves it to be asked for a password.
 */
export function createWeb({config, authorityChain}: WebOptions): Web {
  const authority = findAuthority(authorityChain);
  return (request, principal) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const server = serverOf(request, config);
    if (request.path === '/ca.crt' && authority) return answer('application/x-x509-ca-cert', authority.raw);
    if (request.path === '/caldav.mobileconfig' && principal) {
      const profile = printProfile({server, user: principal.uids[0]!, authority: authority?.raw});
      return answer('application/x-apple-aspen-config', profile, {
        'content-disposition': 'attachment; filename="caldav.mobileconfig"',
      });
    }
    if (request.path !== '/' || !request.headers.accept?.includes('text/html')) return undefined;
    if (!config.enableAnonymousReadRoot && !principal) return undefined;
    const localOnly = !server.secure && !config.authentication.basic.allowedOverWireUnencrypted;
    const page = printPage({server, authority: authority !== undefined, localOnly});
    return answer('text/html; charset=utf-8', page, {
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
  };
}

/** As the browser has found it, so that it holds behind a proxy too; where that was over HTTP and there is HTTPS, that. */
function serverOf({headers, secure}: HttpRequest, {serverHostName, sslPort, bindSslPorts, tls}: WebOptions['config']): Server {
  const found = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})(?::(\d{1,5}))?$/i.exec(headers.host ?? '');
  const name = found?.[1] ?? serverHostName;
  if (!secure && tls.certificate) return {name, port: bindSslPorts[0] ?? sslPort, secure: true};
  return {name, port: Number(found?.[2] ?? (secure ? 443 : 80)), secure};
}

/** The authority that signs for this server alone; intermediates of a public one are no use to a device. */
function findAuthority(chain: string): X509Certificate | undefined {
  const texts = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return texts.map(text => new X509Certificate(text)).find(one => one.ca && one.checkIssued(one) && one.verify(one.publicKey));
}

function answer(type: string, content: string | Uint8Array, more: Record<string, string> = {}): HttpResponse {
  return {
    status: 200,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      vary: 'accept',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...more,
    },
    body: content,
  };
}
