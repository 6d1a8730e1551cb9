import type {HttpResponse} from '../http/message.ts';

/** RFC 7808 §5: what can be wrong with a request, each with its status and the sentence for people (RFC 7807). */
const problems = {
  'invalid-action': {status: 400, title: 'There is no such action'},
  'invalid-changedsince': {status: 400, title: 'changedsince may be given once'},
  'tzid-not-found': {status: 404, title: 'There is no time zone of this identifier'},
  'invalid-format': {status: 406, title: 'Time zones are not to be had in any format that the request accepts'},
  'invalid-start': {status: 400, title: 'start is one date-time in UTC, such as 2008-01-01T00:00:00Z'},
  'invalid-end': {status: 400, title: 'end is one date-time in UTC after start'},
  'invalid-pattern': {status: 400, title: 'pattern is one text, with * at its ends alone and \\ before * and \\ alone'},
} as const;

/** A refusal by the time zone service. */
export class Problem extends Error {
  readonly type: keyof typeof problems;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: keyof typeof problems, {status, headers = {}}: {status?: number; headers?: Record<string, string>} = {}) {
    super(problems[type].title);
    this.type = type;
    this.status = status ?? problems[type].status;
    this.headers = headers;
  }
}

/** The refusal as an answer (RFC 7808 §4.1.7). */
export function problemResponse({type, status, message, headers}: Problem): HttpResponse {
  return {
    status,
    headers: {'content-type': 'application/problem+json; charset=utf-8', 'content-language': 'en', ...headers},
    body: JSON.stringify({type: `urn:ietf:params:tzdist:error:${type}`, title: message, status}),
  };
}
