import {DavError} from '../../webdav/error.ts';
import {makeCollection} from '../../webdav/make-collection.ts';
import {parseInstructions} from '../../webdav/set-properties.ts';
import type {DavRequest, Method} from '../../webdav/tables.ts';
import type {Element} from '../../xml/element.ts';
import {caldav, dav} from '../../xml/names.ts';
import {calendar} from '../kinds.ts';
import {calendarCollectionLocationOk, resourceMustBeNull} from '../preconditions.ts';

/** RFC 4791 §5.3.1: makes a calendar with the properties given, or nothing. */
export const mkcalendar: Method = {
  name: 'MKCALENDAR',
  mapped: dav('bind'),
  unmapped: dav('bind'),
  writes: true,
  cacheControl: 'no-cache',
  supports: ({stored}) => stored !== undefined,
  handle(request) {
    if (request.target) throw new DavError(resourceMustBeNull, {message: 'Something is there already.'});
    if (!request.parent?.view) throw new DavError(calendarCollectionLocationOk, {message: 'Calendars lie in calendar homes.'});
    const body = parseBody(request);
    const instructions = body ? parseInstructions(body) : [];
    return makeCollection(request, {kind: calendar, instructions, answer: dav('multistatus')});
  },
};

/** Whatever type it is sent with: clients of old forget it. Throws DavError. */
function parseBody({xml}: DavRequest): Element | undefined {
  const body = xml();
  if (body && body.name !== caldav('mkcalendar')) {
    throw new DavError(415, {message: 'The body must be a CALDAV:mkcalendar element.'});
  }
  return body;
}
