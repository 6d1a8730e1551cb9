import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {contextPath} from './action.ts';
import {standardService} from './actions.ts';
import {calendarserverService} from './calendarserver.ts';

/** The time zone services, for anybody: what they tell is public. Undefined: the request is not for them. */
export function timezones(request: HttpRequest): HttpResponse | undefined {
  if (/^\/\.well-known\/timezone\/?$/.test(request.path)) return toContextPath;
  return standardService(request) ?? calendarserverService(request);
}

/** RFC 7808 §4.2.1.3. */
const toContextPath: HttpResponse = {status: 301, headers: {location: contextPath, 'cache-control': 'public, max-age=86400'}};
