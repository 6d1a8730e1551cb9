import {child, type Element, text} from '../xml/element.ts';
import {calendarserver, dav} from '../xml/names.ts';
import {DavError} from './error.ts';

/**
 * How many resources the client wants at most (RFC 5323 §5.17, RFC 6578 §3.7; CalendarServer's searches have it in their name space);
 * undefined: it does not say. Throws DavError 400.
 */
export function limitOf(body: Element): number | undefined {
  const limit = child(body, dav('limit')) ?? child(body, calendarserver('limit'));
  const results = limit && (child(limit, dav('nresults')) ?? child(limit, calendarserver('nresults')));
  if (!results) return undefined;
  const count = /^\s*([1-9]\d{0,8})\s*$/.exec(text(results))?.[1];
  if (!count) throw new DavError(400, {message: 'The nresults of a limit must be a number above 0.'});
  return Number(count);
}
