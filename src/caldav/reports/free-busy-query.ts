import {freeBusyCalendar, mergeBusy} from '../../ical/free-busy.ts';
import {busyIn} from '../../scheduling/busy-time.ts';
import {inbox, outbox} from '../../scheduling/kinds.ts';
import {readFreeBusy} from '../../scheduling/privileges.ts';
import {DavError} from '../../webdav/error.ts';
import {chooseForm} from '../../webdav/negotiate.ts';
import type {Report, Resource} from '../../webdav/tables.ts';
import {elements} from '../../xml/element.ts';
import {caldav} from '../../xml/names.ts';
import {calendarFormats, icalendar} from '../calendar-format.ts';
import {requireRangesWithin} from '../date-limits.ts';
import {parseTimeRange} from '../filter/parse.ts';
import {calendarsOf} from './calendars.ts';

/**
 * RFC 4791 §7.10, with the VAVAILABILITYs of the calendars (RFC 7953 §7.2.3): answered with a VFREEBUSY, not with a multistatus. What the
 * client may know busy time of, it need not be able to read.
 */
export const freeBusyQuery: Report = {
  name: caldav('free-busy-query'),
  needs: readFreeBusy,
  conceals: true,
  supports: ({stored, kind}) => stored?.collection === true && kind !== inbox && kind !== outbox,
  async run(body, request) {
    const [given, ...more] = elements(body, caldav('time-range'));
    const range = given && parseTimeRange(given, 400);
    if (!range || more.length > 0 || !Number.isFinite(range.start) || !Number.isFinite(range.end)) {
      throw new DavError(400, {message: 'A free-busy-query has one CALDAV:time-range, with start and end.'});
    }
    requireRangesWithin(body, request.limits);
    const mayKnow = (resource: Resource) => request.may(readFreeBusy, resource);
    const calendars = calendarsOf(request.target, request, readFreeBusy);
    const periods = mergeBusy(await busyIn(range, {calendars, counts: mayKnow}, request));
    const answer = freeBusyCalendar({range, stamp: Date.now(), periods});
    const format = chooseForm(request.http, calendarFormats) ?? icalendar;
    return {status: 200, headers: {'content-type': format.contentType}, body: format.print(answer)};
  },
};
