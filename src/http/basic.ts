/** What a client sends for a name and a password (RFC 7617). */
export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

/** RFC 7617 §2 and §2.1: the challenge, with the request for UTF-8. */
export function basicChallenge(realm: string): string {
  return `Basic realm=${quote(realm)}, charset="UTF-8"`;
}

/**
 * RFC 7617 §2: the credentials behind `Basic `. The name ends at the first colon; the password may have more. Undefined where it is
 * not base64 of that. Bytes that are not UTF-8 are taken for ISO 8859-1, which old clients send.
 */
export function parseBasic(credentials: string): BasicCredentials | undefined {
  const text = credentials.trim();
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const pair = decode(bytes);
  const colon = pair.indexOf(':');
  if (colon < 0 || /[\0-\x08\x0a-\x1f\x7f]/.test(pair)) return undefined;
  return {name: pair.slice(0, colon), password: pair.slice(colon + 1)};
}

/** RFC 9110 §5.6.4: a quoted-string, what is not ASCII as UTF-8 in obs-text, control characters as question marks. */
export function quote(text: string): string {
  const bytes = Buffer.from(text.replace(/[\0-\x1f\x7f]/g, '?').replace(/["\\]/g, '\\$&'));
  return `"${bytes.toString('latin1')}"`;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
