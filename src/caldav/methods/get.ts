import {evaluateConditions} from '../../http/conditional.ts';
import type {StoredCollection} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {get as getFile} from '../../webdav/methods/get.ts';
import type {Method} from '../../webdav/tables.ts';
import {calendar} from '../kinds.ts';
import {printMonolithic} from '../monolithic.ts';

/** GET of a calendar gives it as one iCalendar object, as subscribing clients want it; of anything else, as WebDAV says. */
export const get: Method = {
  ...getFile,
  handle(request) {
    const {target, http, limits} = request;
    if (target!.kind !== calendar || limits.enableMonolithicCalendars === false) return getFile.handle(request);
    const stored = target!.stored as StoredCollection;
    const etag = `r${stored.revision}`;
    const headers = {etag: `"${etag}"`, 'cache-control': 'private, no-cache'};
    const refused = evaluateConditions(http.headers, {exists: true, etag, modified: stored.modified}, true);
    if (refused === 304) return {status: 304, headers};
    if (refused) throw new DavError(refused, {message: 'It is not as the request’s conditions say.', headers});
    const type = {'content-type': 'text/calendar;charset=utf-8', 'x-content-type-options': 'nosniff'};
    return {status: 200, headers: {...headers, ...type}, body: printMonolithic(stored, target!.view!)};
  },
};
