import {DavError} from './error.ts';

/** A URL path taken apart: its segments decoded, empty ones (doubled slashes) left out. */
export type Segments = readonly string[];

/**
 * The one way from a percent-encoded path to names, for request lines, Destination and hrefs in bodies alike, so that `%40` and `@`
 * are the same wherever they are compared. Throws DavError 400 for what no resource can be called: dot segments, encoded slashes,
 * control characters, invalid UTF-8 (RFC 3986 §3.3, RFC 4918 §8.3).
 */
export function parsePath(path: string): Segments {
  if (!path.startsWith('/')) throw refusal('it does not start with a slash');
  if (/[^\x21-\x7e]|[#?]/.test(path)) throw refusal('it holds characters that must be percent-encoded');
  const segments: string[] = [];
  for (const part of path.split('/')) if (part !== '') segments.push(parseSegment(part));
  return segments;
}

function parseSegment(part: string): string {
  let name = part;
  if (part.includes('%')) {
    try {
      name = decodeURIComponent(part);
    } catch {
      throw refusal('its percent-encoding is no UTF-8');
    }
    if (name.includes('/')) throw refusal('a name cannot hold a slash');
    if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) throw refusal('a name cannot hold control characters');
  }
  if (name === '.' || name === '..') throw refusal('dot segments are not resolved here');
  return name;
}

function refusal(why: string): DavError {
  return new DavError(400, {message: `The path is not accepted: ${why}.`});
}

/** A name as it stands in an href: everything but RFC 3986's unreserved characters is encoded. */
export function printSegment(name: string): string {
  return /^[\w.~-]*$/.test(name) ? name : encodeURIComponent(name).replace(/[!'()*]/g, encodeAscii);
}

function encodeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A path of names; `collection`: with a slash at its end. */
export function printPath(segments: Segments, collection: boolean): string {
  if (segments.length === 0) return '/';
  return `/${segments.map(printSegment).join('/')}${collection ? '/' : ''}`;
}

/**
 * The path of an href or a Destination (RFC 4918 §8.3: an absolute URL or an absolute path), still encoded. Undefined: it names another
 * server. The scheme and the port say nothing, as a proxy may have changed them; `hosts` are the names this server was asked by.
 */
export function pathOfHref(href: string, hosts: ReadonlySet<string>): string | undefined {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)(.*)$/is.exec(href);
  if (!absolute) return href;
  return hosts.has(hostName(absolute[1]!)) ? absolute[2] || '/' : undefined;
}

/** The names that an href leads through; none: it is of another server, or what no resource can be called. */
export function parseHref(href: string, hosts: ReadonlySet<string>): Segments {
  const path = pathOfHref(href, hosts);
  try {
    return path === undefined ? [] : parsePath(path);
  } catch (error) {
    if (error instanceof DavError) return [];
    throw error;
  }
}

/** The name in `host:port`, in lower case. */
export function hostName(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase();
}
