import {evaluateConditions} from '../../http/conditional.ts';
import type {StoredCollection} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {get as getFile} from '../../webdav/methods/get.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import type {Method} from '../../webdav/tables.ts';
import {calendarFormats, icalendar, jcal} from '../calendar-format.ts';
import {calendar} from '../kinds.ts';
import {printMonolithic} from '../monolithic.ts';
import {printMonolithicJcal} from '../monolithic-jcal.ts';

/** GET of a calendar gives it as one iCalendar object, as subscribing clients want it, or as jCal; of anything else, as WebDAV says. */
export const get: Method = {
  ...getFile,
  async handle(request) {
    const {target, http, limits} = request;
    if (target!.kind !== calendar || limits.enableMonolithicCalendars === false) return getFile.handle(request);
    const stored = target!.stored as StoredCollection;
    const format = chooseForm(http, calendarFormats) ?? icalendar;
    const etag = format === icalendar ? `r${stored.revision}` : `r${stored.revision}j`;
    const headers = {etag: `"${etag}"`, 'cache-control': 'private, no-cache', vary: 'Accept'};
    const refused = evaluateConditions(http.headers, {exists: true, etag, modified: stored.modified}, true);
    if (refused === 304) return {status: 304, headers};
    if (refused) throw new DavError(refused, {message: 'It is not as the request’s conditions say.', headers});
    const type = {'content-type': format.contentType, 'x-content-type-options': 'nosniff'};
    const parts = printMonolithic(stored, target!.view!);
    return {
      status: 200,
      headers: {...headers, ...type},
      body: format === jcal ? await printMonolithicJcal(parts, request.log) : parts,
    };
  },
};
