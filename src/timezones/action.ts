import type {HttpRequest, HttpResponse} from '../http/message.ts';

/** A row of the table of actions (RFC 7808 §5). */
export interface Action {
  readonly name: string;
  /** After the context path: `/zones{/tzid}{?start,end}`. */
  readonly template: string;
  readonly parameters: readonly ActionParameter[];
  /** Throws Problem. `tzid` is there where the template has it. */
  answer(request: ActionRequest): HttpResponse;
}

export interface ActionParameter {
  readonly name: string;
  readonly required: boolean;
}

export interface ActionRequest {
  readonly http: HttpRequest;
  readonly tzid: string;
  readonly parameters: URLSearchParams;
}

/** RFC 7808's context path: what /.well-known/timezone leads to. */
export const contextPath = '/stdtimezones';

/** Public, and good for an hour: zones are changed at short notice. */
export const caching = {'cache-control': 'public, max-age=3600'};

export function json(content: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const type = {'content-type': 'application/json; charset=utf-8'};
  return {status: 200, headers: {...type, ...caching, ...headers}, body: JSON.stringify(content)};
}
