import {createHash, createHmac, randomBytes, timingSafeEqual} from 'node:crypto';
import {quote} from './basic.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** RFC 7616 §3.4: what a client sends, quotes and escapes removed. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  /** Undefined: as in RFC 2069, which clients of 2009 still spoke. */
  readonly qop: 'auth' | undefined;
  readonly nc: string;
  readonly cnonce: string;
}

export const nonceLifetimeMs = 10 * 60_000;

const timeBytes = 6;
const randomLength = 8;
const saltBytes = timeBytes + randomLength;
const nonceBytes = saltBytes + 16;

/**
 * Nonces that no server has to remember before they are used: the time, something random, and an HMAC over both (RFC 7616 §3.3).
 * Whoever shares the key accepts them. Digest over clear HTTP protects the password and, by `NonceUses`, the request from being sent
 * again, but neither from being read nor from being changed: only TLS does.
 */
export class Nonces {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  constructor(key: Uint8Array, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  issue(): string {
    const salt = Buffer.alloc(saltBytes);
    salt.writeUIntBE(this.#now(), 0, timeBytes);
    randomBytes(randomLength).copy(salt, timeBytes);
    return this.#sign(salt);
  }

  /** When it was issued; undefined where it was not issued under this key, or not lately. */
  findIssued(nonce: string): number | undefined {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== nonceBytes || !sameText(this.#sign(bytes.subarray(0, saltBytes)), nonce)) return undefined;
    const issued = bytes.readUIntBE(0, timeBytes);
    const age = this.#now() - issued;
    return age >= -1000 && age < nonceLifetimeMs ? issued : undefined;
  }

  #sign(salt: Uint8Array): string {
    const hmac = createHmac('sha256', this.#key).update('digest nonce').update(salt).digest();
    return Buffer.concat([salt, hmac], nonceBytes).toString('base64url');
  }
}

/** RFC 7616 §3.3: a challenge for one algorithm. `stale`: the nonce was too old, the client need not ask for the password again. */
export function digestChallenge(realm: string, algorithm: DigestAlgorithm, nonce: string, stale: boolean): string {
  const parts = [`realm=${quote(realm)}`, 'qop="auth"', `algorithm=${algorithm}`, `nonce=${quote(nonce)}`, 'charset=UTF-8'];
  return `Digest ${[...parts, ...(stale ? ['stale=true'] : [])].join(', ')}`;
}

/** The credentials behind `Digest `; undefined where one that is needed is missing or asks for what was not offered. */
export function parseDigest(text: string): DigestCredentials | undefined {
  const found = parseParameters(text);
  const algorithm = (found?.get('algorithm') ?? 'MD5').toUpperCase();
  const qop = found?.get('qop')?.toLowerCase();
  if (!found || (algorithm !== 'MD5' && algorithm !== 'SHA-256') || (qop !== undefined && qop !== 'auth')) return undefined;
  const value = (name: string) => found.get(name) ?? '';
  const username = found.has('username') ? utf8(value('username')) : extended(value('username*'));
  const credentials: DigestCredentials = {
    username: username ?? '',
    realm: value('realm'),
    nonce: value('nonce'),
    uri: value('uri'),
    response: value('response').toLowerCase(),
    algorithm,
    qop,
    nc: value('nc'),
    cnonce: value('cnonce'),
  };
  const {nonce, uri, response, nc, cnonce} = credentials;
  if (!credentials.username || !nonce || !uri || !response) return undefined;
  if (qop === 'auth' && (!/^[0-9a-f]{8}$/i.test(nc) || !cnonce)) return undefined;
  return credentials;
}

/** RFC 7616 §3.4.1: whether the response is the one that knowledge of HA1 gives for this method. */
export function isDigestResponse(credentials: DigestCredentials, ha1: string, method: string): boolean {
  const {algorithm, nonce, nc, cnonce, qop, uri, response} = credentials;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const ha2 = hash(`${method}:${uri}`);
  return sameText(hash(qop ? `${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}` : `${ha1}:${nonce}:${ha2}`), response);
}

/** RFC 9110 §11.2: auth-params, each a token or a quoted-string, names in lower case. Undefined where one is given twice. */
function parseParameters(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  const pattern = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,|$)/gy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    const name = match?.[1]?.toLowerCase();
    if (!match || !name || found.has(name)) return undefined;
    found.set(name, match[2] === undefined ? match[3]! : match[2].replace(/\\(.)/g, '$1'));
  }
  return found;
}

/** Node hands on header bytes as ISO 8859-1; the challenge asked for UTF-8. */
function utf8(text: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** RFC 8187 §3.2: `UTF-8''J%C3%A4s`. */
function extended(text: string): string | undefined {
  const match = /^utf-8'[^']*'(.+)$/i.exec(text);
  try {
    return match ? decodeURIComponent(match[1]!) : undefined;
  } catch {
    return undefined;
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
