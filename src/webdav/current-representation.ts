import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {parsePrefer} from './prefer.ts';

/**
 * RFC 8144 §3.2: a client whose condition failed (412) and who prefers `return=representation` gets what is there now with the refusal,
 * and need not ask for it. `ask` answers another request by the same client; what it may not read stays out.
 */
export async function withCurrent(
  refusal: HttpResponse,
  http: HttpRequest,
  ask: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const prefer = parsePrefer(http);
  if (prefer.return !== 'representation') return refusal;
  const {host, accept, 'caldav-timezones': timezones, 'user-agent': agent} = http.headers;
  const asked = Object.entries({host, accept, 'caldav-timezones': timezones, 'user-agent': agent});
  const {status, headers, body} = await ask({
    ...http,
    method: 'GET',
    headers: Object.fromEntries(asked.filter(([, value]) => value !== undefined)),
    body: new Uint8Array(),
  });
  // A collection's page is not what was to be replaced.
  if (status !== 200 || headers?.etag === undefined || !(body instanceof Uint8Array)) return refusal;
  return {status: refusal.status, headers: {...headers, ...prefer.applied, 'content-location': http.path}, body};
}
