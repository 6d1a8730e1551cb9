import type {HttpRequest, HttpResponse} from '../http/message.ts';

/** Where discovery leads: the resource there knows the principal (RFC 5397), and that one its home (RFC 4791 §6.2.1). */
const contextPath = '/';

/** Where the server itself listens; `httpsPort` undefined: not for TLS. */
export interface OwnAddress {
  readonly name: string;
  readonly httpPorts: readonly number[];
  readonly httpsPort: number | undefined;
}

/**
 * What is decided by the path alone, before anybody is asked for a password: an answer, the request under another path, or undefined
 * for a request that goes on as it came. The other paths that clients try are resources: `caldav/discovery.ts`.
 */
export function route(request: HttpRequest, own: OwnAddress): HttpResponse | HttpRequest | undefined {
  const path = originForm(request.path);
  if (/^\/\.well-known\/caldav\/?$/.test(path)) return toContextPath(request, own);
  return path === request.path ? undefined : {...request, path};
}

/**
 * RFC 6764 §5: to the context path. Permanently, since all clients keep the method then (Apple's ask with PROPFIND); not to be cached,
 * so that a server can move. To HTTPS where the client has certainly come to our own port for HTTP; else by path only, as a proxy in
 * front may have another scheme, host and port.
 */
function toContextPath({headers, secure}: HttpRequest, {name, httpPorts, httpsPort}: OwnAddress): HttpResponse {
  const isDirect = !secure && httpPorts.some(port => headers.host === authority(name, port, 80));
  const origin = isDirect && httpsPort !== undefined ? `https://${authority(name, httpsPort, 443)}` : '';
  return {status: 301, headers: {location: origin + contextPath, 'cache-control': 'no-cache'}};
}

function authority(name: string, port: number, usual: number): string {
  return port === usual ? name : `${name}:${port}`;
}

/** RFC 9112 §3.2: a target in absolute form (as sent to a proxy) without its scheme and authority; `*` stands for the server as a whole. */
function originForm(target: string): string {
  if (target === '*') return contextPath;
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target);
  return absolute ? absolute[1] || contextPath : target;
}
