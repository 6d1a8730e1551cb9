import {randomBytes, timingSafeEqual} from 'node:crypto';
import type {Directory, Principal} from '../accounts/principal.ts';
import {VerifiedCredentials} from '../accounts/verified.ts';
import type {Log} from '../base/log.ts';
import type {SharedMemory} from '../base/shared-memory.ts';
import {type BasicCredentials, basicChallenge, parseBasic} from './basic.ts';
import {type DigestAlgorithm, digestChallenge, isDigestResponse, Nonces, parseDigest} from './digest.ts';
import type {HttpRequest} from './message.ts';
import {NonceUses} from './nonce-uses.ts';
import {HttpRefusal} from './refusal.ts';
import {Throttle} from './throttle.ts';

export interface AuthenticatorOptions {
  /** The accounts of this moment; asked anew for every request. */
  directory(): Directory;
  readonly basic: {readonly enabled: boolean; readonly allowedOverWireUnencrypted: boolean};
  readonly digest: {
    readonly enabled: boolean;
    readonly algorithms: readonly DigestAlgorithm[];
    /** Also RFC 2069's form without qop, which clients of 2009 sent. */
    readonly withoutQop?: boolean;
  };
  readonly log: Log;
  /** What Digest's nonces are signed with. Processes that answer the same clients must share it; otherwise random. */
  readonly nonceKey?: Uint8Array;
  /** What processes that answer the same clients tell each other. */
  readonly shared?: SharedMemory | undefined;
  readonly throttle?: Throttle;
  readonly verified?: VerifiedCredentials;
  now?(): number;
}

/** What a connection sent for a name and a password, and what they are remembered by. */
interface BasicSent extends BasicCredentials {
  readonly bytes: Uint8Array;
  readonly directory: Directory;
  readonly key: string;
}

export interface Authenticator {
  /**
   * Who sent the request (RFC 9110 §11); undefined where it has no credentials. Throws HttpRefusal: 401 for wrong ones, 403 where a
   * password may not travel this connection, 429 and 503 where there were too many wrong ones.
   */
  authenticate(request: HttpRequest): Promise<Principal | undefined>;
  /** The WWW-Authenticate values of every 401 to this request: one per scheme, the strongest first. */
  challenges(request: HttpRequest): string[];
}

/** RFC 9110 §11 with the schemes of RFC 7617 and RFC 7616, over accounts that may be exchanged at any time. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const {basic, digest, log, shared} = options;
  const now = options.now ?? Date.now;
  const nonces = new Nonces(options.nonceKey ?? randomBytes(32), now);
  const uses = new NonceUses(now, shared);
  const counted = new WeakSet<HttpRequest['headers']>();
  const throttle = options.throttle ?? new Throttle({now, shared});
  const verified = options.verified ?? new VerifiedCredentials(now, shared);
  const algorithms = digest.enabled ? [...digest.algorithms].sort().reverse() : [];

  const challenges = (request: HttpRequest, stale = false): string[] => {
    const {realm} = options.directory();
    const nonce = nonces.issue();
    return [
      ...algorithms.map(algorithm => digestChallenge(realm, algorithm, nonce, stale)),
      ...(basic.enabled && mayCarryPassword(request) ? [basicChallenge(realm)] : []),
    ];
  };
  const unauthorized = (request: HttpRequest, message: string, stale = false) =>
    new HttpRefusal(401, message, {'www-authenticate': challenges(request, stale)});
  const mayCarryPassword = ({secure, address}: HttpRequest) => secure || basic.allowedOverWireUnencrypted || isLoopback(address);
  const logRefusal = ({address}: HttpRequest, name: string) =>
    log.warn({account: name.slice(0, 100), address}, 'log-in refused: wrong name or password');

  /** Most connections send the same with each request: it is read once. */
  const lastSent = new WeakMap<object, BasicSent>();
  const readBasic = ({connection}: HttpRequest, rest: string, directory: Directory): BasicSent | undefined => {
    const bytes = Buffer.from(rest, 'latin1');
    const last = connection && lastSent.get(connection);
    if (last?.directory === directory && last.bytes.length === bytes.length && timingSafeEqual(last.bytes, bytes)) return last;
    const credentials = parseBasic(rest);
    if (!credentials) return undefined;
    const sent = {
      ...credentials,
      bytes: Uint8Array.from(bytes),
      directory,
      key: verified.keyOf(directory, credentials.name, credentials.password),
    };
    if (connection) lastSent.set(connection, sent);
    return sent;
  };

  const byBasic = async (request: HttpRequest, rest: string): Promise<Principal> => {
    if (!basic.enabled) throw unauthorized(request, 'This server does not accept Basic authentication.');
    if (!mayCarryPassword(request)) throw new HttpRefusal(403, clearText);
    const directory = options.directory();
    const credentials = readBasic(request, rest, directory);
    if (!credentials) throw unauthorized(request, 'The credentials are not in the form of RFC 7617.');
    const {name, password, key} = credentials;
    const attempt = {address: request.address, account: name};
    throttle.admit(attempt);
    const known = verified.recall(directory, key);
    if (known === 'wrong') throw unauthorized(request, wrongText);
    if (known) return known;
    const principal = await verified.verify(directory, name, password, request.address, async verify => {
      const found = await throttle.attempt(attempt, verify);
      if (!found) logRefusal(request, name);
      return found;
    });
    if (!principal) throw unauthorized(request, wrongText);
    return principal;
  };

  const byDigest = async (request: HttpRequest, rest: string): Promise<Principal> => {
    if (!digest.enabled) throw unauthorized(request, 'This server does not accept Digest authentication.');
    const credentials = parseDigest(rest);
    if (!credentials) throw unauthorized(request, 'The credentials are not in the form of RFC 7616.');
    const {algorithm, nonce, nc, qop, uri, username} = credentials;
    if (!algorithms.includes(algorithm)) throw unauthorized(request, `Digest with ${algorithm} is not accepted here.`);
    if (!qop && !digest.withoutQop) throw unauthorized(request, 'Digest without qop=auth is not accepted here.');
    if (!isTarget(uri, request)) throw new HttpRefusal(400, 'The uri of the Digest credentials is not that of the request.');
    const issued = nonces.findIssued(nonce);
    if (issued === undefined) throw unauthorized(request, 'The nonce is too old; use the new one.', true);
    const principal = await throttle.answer({address: request.address, account: username}, () => {
      const found = options.directory().findHa1(username, algorithm);
      const right = isDigestResponse(credentials, found?.ha1 ?? '', request.method);
      return found && right ? found.principal : undefined;
    });
    if (!principal) {
      logRefusal(request, username);
      throw unauthorized(request, wrongText);
    }
    // One with a large body is asked about twice: its head first.
    if (qop && !counted.has(request.headers)) {
      if (!(await uses.take(nonce, issued, nc))) throw unauthorized(request, 'The nonce is used up; use the new one.', true);
      counted.add(request.headers);
    }
    return principal;
  };

  return {
    challenges: request => challenges(request),
    async authenticate(request) {
      const {authorization} = request.headers;
      if (authorization === undefined) {
        if (basic.enabled && algorithms.length === 0 && !mayCarryPassword(request)) throw new HttpRefusal(403, clearText);
        return undefined;
      }
      const {scheme, rest} = split(authorization);
      if (scheme === 'basic') return byBasic(request, rest);
      if (scheme === 'digest') return byDigest(request, rest);
      throw unauthorized(request, `This server does not know the authentication scheme “${scheme.slice(0, 40)}”.`);
    },
  };
}

const wrongText = 'The name or the password is wrong.';

const clearText = `Passwords are not accepted over unencrypted HTTP from another machine: anybody between could read them.
Use the https:// address of this server instead.
If a proxy in front of it does TLS, its address belongs into TrustedProxies in the plist, and it must send X-Forwarded-Proto.
Whoever runs the server can allow clear text for a network that is safe: set Authentication Basic AllowedOverWireUnencrypted to true.`;

/** RFC 9110 §11.4: the scheme, in lower case, and what follows it. */
function split(authorization: string): {scheme: string; rest: string} {
  const [, scheme = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(authorization)!;
  return {scheme: scheme.toLowerCase(), rest};
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address);
}

/** RFC 7616 §3.4.6: the uri is what was asked for; clients differ in what they encode and whether they name the host. */
function isTarget(uri: string, {path, query, method}: HttpRequest): boolean {
  if (uri === '*') return method === 'OPTIONS';
  const target = query ? `${path}?${query}` : path;
  const plain = uri.replace(/^https?:\/\/[^/?#]*/i, '') || '/';
  return plain === target || plain === path || decoded(plain) === decoded(target);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
