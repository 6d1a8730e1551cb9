/**
 * Whether two calendar addresses are one: `MAILTO:Bob@Example.com` is `mailto:bob@example.com`, and what is written in percents is what it
 * means. Of other URIs only the scheme and host are of no case (RFC 3986 §6.2.2.1), save `urn:`, which is of none (RFC 8141 §3.1).
 */
export function sameAddress(a: string, b: string): boolean {
  return a === b || normalAddress(a) === normalAddress(b);
}

/** An address in the form that equal ones have in common: a key. */
export function normalAddress(address: string): string {
  if (isNormal.test(address)) return address;
  const text = address.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  // Some write the bare address; that is never a path.
  if (scheme === undefined) return text.includes('@') && !text.startsWith('/') ? `mailto:${text.toLowerCase()}` : decoded(text);
  const rest = text.slice(scheme.length + 1);
  if (scheme === 'mailto') return `mailto:${decoded(rest.replace(/\?.*$/, '')).trim().toLowerCase()}`;
  if (scheme === 'urn') return `urn:${rest.toLowerCase()}`;
  const authority = /^\/\/[^/?#]*/.exec(rest)?.[0];
  return authority === undefined
    ? `${scheme}:${decoded(rest)}`
    : `${scheme}:${authority.toLowerCase()}${decoded(rest.slice(authority.length)).replace(/\/$/, '')}`;
}

/** What nearly all are: of a thousand attendees each is looked at many times. */
const isNormal = /^mailto:[!-$&->@[-~]*$/;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
