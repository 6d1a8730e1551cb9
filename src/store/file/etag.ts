import {hash} from 'node:crypto';

/** A strong entity tag (RFC 9110 §8.8.1): 128 bits of the SHA-256 of the bytes, in base64url. */
export function etagOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url').slice(0, 22);
}
