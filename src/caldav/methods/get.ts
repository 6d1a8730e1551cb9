import {evaluateConditions} from '../../http/conditional.ts';
import type {HomeView, StoredCollection} from '../../store/store.ts';
import {entityTag, lastModified} from '../../webdav/entity-tag.ts';
import {DavError} from '../../webdav/error.ts';
import {isForPeople, listCollection} from '../../webdav/listing.ts';
import {memberOf} from '../../webdav/locate.ts';
import {get as getFile} from '../../webdav/methods/get.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import type {DavContext, DavRequest, Method, Resource} from '../../webdav/tables.ts';
import {dav} from '../../xml/names.ts';
import {escapeXml} from '../../xml/print.ts';
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
    if (http.query !== exported && isForPeople(http)) return listCollection(request, forPeople(request));
    const stored = target!.stored as StoredCollection;
    const format = chooseForm(http, calendarFormats) ?? icalendar;
    const standard = timezonesWanted(request) !== false;
    const etag = `${entityTag(stored)}${format === icalendar ? '' : 'j'}${standard ? '' : 'f'}`;
    const modified = lastModified(stored);
    const headers = {
      etag: `"${etag}"`,
      'last-modified': new Date(modified).toUTCString(),
      'cache-control': 'private, no-cache',
      vary: varying,
    };
    const refused = evaluateConditions(http.headers, {exists: true, etag, modified}, true);
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

const varying = 'Accept, CalDAV-Timezones';

/** The query by which a browser, too, is given the calendar itself. */
const exported = 'export';

/** What the page of a calendar has for people: the link to subscribe by, and the one to take it along. */
function forPeople({target, http}: DavRequest) {
  const {host, ':authority': authority} = http.headers;
  const webcal = `webcal://${authority ?? host ?? ''}${target!.href}`;
  const links = `<a href="${escapeXml(webcal)}">Subscribe to this calendar</a> or <a href="?${exported}" download>save it as a file</a>.`;
  return {above: `<p>${links}</p>\n`, headers: {vary: varying}, form: 'l'};
}

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
