import {evaluateConditions} from '../../http/conditional.ts';
import type {HomeView, StoredCollection} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import {memberOf} from '../../webdav/locate.ts';
import {get as getFile} from '../../webdav/methods/get.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import type {DavContext, Method, Resource} from '../../webdav/tables.ts';
import {dav} from '../../xml/names.ts';
import {calendarFormats, icalendar, jcal} from '../calendar-format.ts';
import {freeBusyUrl, getFreeBusy} from '../free-busy-url.ts';
import {calendar} from '../kinds.ts';
import {printMonolithic} from '../monolithic.ts';
import {printMonolithicJcal} from '../monolithic-jcal.ts';
import {timezonesWanted, withAllTimezones, withoutTimezones} from '../sent-timezones.ts';

/** GET of a calendar gives it as one iCalendar object, as subscribing clients want it, or as jCal; of anything else, as WebDAV says. */
export const get: Method = {
  ...getFile,
  async handle(request) {
    const {target, http, limits} = request;
    if (target!.kind === freeBusyUrl) return getFreeBusy(request);
    if (target!.kind !== calendar || limits.enableMonolithicCalendars === false) return getFile.handle(request);
    const stored = target!.stored as StoredCollection;
    const format = chooseForm(http, calendarFormats) ?? icalendar;
    const standard = timezonesWanted(request) !== false;
    const etag = `r${stored.revision}${format === icalendar ? '' : 'j'}${standard ? '' : 'f'}`;
    const headers = {etag: `"${etag}"`, 'cache-control': 'private, no-cache', vary: 'Accept, CalDAV-Timezones'};
    const refused = evaluateConditions(http.headers, {exists: true, etag, modified: stored.modified}, true);
    if (refused === 304) return {status: 304, headers};
    if (refused) throw new DavError(refused, {message: 'It is not as the request’s conditions say.', headers});
    const type = {'content-type': format.contentType, 'x-content-type-options': 'nosniff'};
    const parts = printMonolithic(stored, readable(target!, request, standard));
    return {
      status: 200,
      headers: {...headers, ...type},
      body: format === jcal ? await printMonolithicJcal(parts, request.log) : parts,
    };
  },
};

/** A calendar as the one who asks may see it. Whoever subscribes to it knows no time zone but those within it. */
function readable(calendar: Resource, context: DavContext, standard: boolean): Pick<HomeView, 'members' | 'read'> {
  const view = calendar.view!;
  return {
    *members(path) {
      for (const stored of view.members(path)) if (context.may(dav('read'), memberOf(calendar, stored, context))) yield stored;
    },
    async read(path, etag) {
      const bytes = await view.read(path, etag);
      return bytes && (standard ? withAllTimezones(bytes) : withoutTimezones(bytes));
    },
  };
}
