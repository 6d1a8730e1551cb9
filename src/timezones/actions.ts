import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {type Action, contextPath} from './action.ts';
import {capabilities} from './actions/capabilities.ts';
import {expand} from './actions/expand.ts';
import {find} from './actions/find.ts';
import {get} from './actions/get.ts';
import {leapseconds} from './actions/leapseconds.ts';
import {list} from './actions/list.ts';
import {unlessKnown} from './known.ts';
import {Problem, problemResponse} from './problem.ts';

/** RFC 7808 §5, in its order. */
const actions: readonly Action[] = [capabilities(() => actions), list, get, expand, find, leapseconds];

/** Answers what is below RFC 7808's context path; undefined: the path is not. */
export function standardService(http: HttpRequest): HttpResponse | undefined {
  if (http.path !== contextPath && !http.path.startsWith(`${contextPath}/`)) return undefined;
  // It is a resource too, whose properties are WebDAV's affair.
  if (http.method === 'PROPFIND' && http.path === contextPath) return undefined;
  try {
    return answer(http);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error);
    throw error;
  }
}

function answer(http: HttpRequest): HttpResponse {
  const {method} = http;
  if (method === 'OPTIONS') return {status: 204, headers: {allow}};
  if (method !== 'GET' && method !== 'HEAD') throw new Problem('invalid-action', {status: 405, headers: {allow}});
  const parameters = new URLSearchParams(http.query);
  const found = route(http.path.slice(contextPath.length), parameters);
  if (!found) throw new Problem('invalid-action', {status: 404});
  return unlessKnown(http, found.action.answer({http, tzid: found.tzid, parameters}));
}

const allow = 'GET, HEAD, OPTIONS';

/** By the templates. An identifier's slashes may stand as they are: some clients do not encode them. */
function route(path: string, parameters: URLSearchParams): {action: Action; tzid: string} | undefined {
  const [, first, ...rest] = path.replace(/\/$/, '').split('/');
  // The context path by itself is no action; whoever looks there is told what there is.
  if (first === undefined || (first === 'capabilities' && rest.length === 0)) return {action: actions[0]!, tzid: ''};
  if (first === 'leapseconds' && rest.length === 0) return {action: leapseconds, tzid: ''};
  if (first !== 'zones') return undefined;
  if (rest.length === 0) return {action: parameters.has('pattern') ? find : list, tzid: ''};
  const isExpand = rest.length > 1 && rest.at(-1) === 'observances';
  const tzid = decoded((isExpand ? rest.slice(0, -1) : rest).join('/'));
  return tzid === undefined ? undefined : {action: isExpand ? expand : get, tzid};
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
