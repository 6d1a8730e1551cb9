import type {HttpResponse} from '../http/message.ts';
import {element} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {printXml} from '../xml/print.ts';
import type {DavError} from './error.ts';
import {xmlType} from './multistatus.ts';

/** A refusal as the client reads it: DAV:error with its condition (RFC 4918 §16), or a sentence where there is none. */
export function errorResponse(refusal: DavError): HttpResponse {
  const {status, condition, content, headers, message} = refusal;
  if (condition) {
    const body = printXml(element(dav('error'), element(condition, ...content)));
    return {status, headers: {'content-type': xmlType, ...headers}, body};
  }
  if (status === 304) return {status, headers};
  return {status, headers: {'content-type': 'text/plain; charset=utf-8', ...headers}, body: `${message}\n`};
}
