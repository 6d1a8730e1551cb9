import {createHash} from 'node:crypto';
import {evaluateConditions} from '../http/conditional.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';

/** An answer with its entity tag, a hash of its bytes where it has none; to who has it already, 304 (RFC 9110 §13). */
export function unlessKnown({method, headers}: HttpRequest, answer: HttpResponse): HttpResponse {
  if (answer.status !== 200 || typeof answer.body !== 'string' || (method !== 'GET' && method !== 'HEAD')) return answer;
  const sent = answer.headers?.etag;
  const etag = sent === undefined ? hashOf(answer.body) : String(sent).slice(1, -1);
  const tagged = {...answer.headers, etag: `"${etag}"`};
  const refused = evaluateConditions(headers, {exists: true, etag}, true);
  return refused ? {status: refused, headers: tagged} : {...answer, headers: tagged};
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}
