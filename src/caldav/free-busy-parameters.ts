import type {TimeRange} from '../base/time-range.ts';
import type {HttpRequest} from '../http/message.ts';
import {parseDuration} from '../ical/duration.ts';
import {DavError} from '../webdav/error.ts';
import {chooseForm} from '../webdav/negotiate.ts';
import {type CalendarFormat, calendarFormats, formatOf, icalendar} from './calendar-format.ts';
import {supportedFormat, supportedQueryParameter, validQueryParameters} from './preconditions.ts';

const day = 86_400_000;

/** Who asks for more would have the server look through years. */
const maxDays = 1100;

/**
 * What is asked of a free-busy URL: `start`, `end` or `period`, `accept`, as CalConnect's Freebusy Read URL calls them, and
 * CalendarServer's `duration` and `format`. From the start of today (UTC), for so many days, where nothing is said. Throws DavError.
 */
export function parseFreeBusyParameters(
  http: HttpRequest,
  days: number,
  now: number,
): {range: TimeRange; format: CalendarFormat} {
  const query = new URLSearchParams(http.query);
  const get = (...names: string[]) =>
    names.map(name => query.get(name)).find(value => value !== null && value !== '') ?? undefined;
  if (get('token') !== undefined || get('user') !== undefined) {
    throw new DavError(supportedQueryParameter, {message: 'The link is for one user, and needs no token.'});
  }
  const [start, end, duration] = [get('start'), get('end'), get('period', 'duration')];
  if (end !== undefined && duration !== undefined) throw invalid('Of an end and a duration only one can be given.');
  const from = start === undefined ? Math.floor(now / day) * day : requireInstant(start);
  const length = duration === undefined ? days * day : requireLength(duration);
  const range = {start: from, end: end === undefined ? from + length : requireInstant(end)};
  if (range.end <= range.start) throw invalid('The end must be after the start.');
  if (range.end - range.start > maxDays * day) throw invalid(`It tells of ${maxDays} days at most.`);
  return {range, format: requireFormat(get('accept', 'format'), http)};
}

/** A UTC time, as iCalendar writes it (`20261201T100000Z`) or as RFC 3339 does, whose day alone is one in UTC. */
function requireInstant(value: string): number {
  // In a query, a plus that is not encoded is a space.
  const written = value.trim().replace(/ (?=\d\d:\d\d$)/, '+');
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i.exec(written);
  const iso = basic ? written.replace(/^(.{4})(..)(..T..)(..)(..Z)$/i, '$1-$2-$3:$4:$5') : written;
  if (!basic && !/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i.test(iso)) throw notATime(value);
  const instant = Date.parse(iso.toUpperCase());
  // What no calendar has, 30 February, is not taken for another day.
  if (Number.isNaN(instant) || (basic && !new Date(instant).toISOString().startsWith(iso.slice(0, 10)))) throw notATime(value);
  return instant;
}

function notATime(value: string): DavError {
  return invalid(`${JSON.stringify(value)} is no time in UTC like 20261201T100000Z.`);
}

function requireLength(value: string): number {
  const duration = parseDuration(value);
  const length = duration && duration.days * day + duration.milliseconds;
  if (!length || length < 0) throw invalid(`${JSON.stringify(value)} is no duration like P14D.`);
  return length;
}

/** CalendarServer gives iCalendar as text/plain too, for browsers to show. */
const plain: CalendarFormat = {...icalendar, type: 'text/plain', contentType: 'text/plain;charset=utf-8'};

function requireFormat(asked: string | undefined, http: HttpRequest): CalendarFormat {
  if (asked === undefined) return chooseForm(http, calendarFormats) ?? icalendar;
  const format = /^\s*text\/plain\b/i.test(asked) ? plain : formatOf(asked);
  if (!format) throw new DavError(supportedFormat, {message: `It is not to be had as ${asked}.`});
  return format;
}

function invalid(message: string): DavError {
  return new DavError(validQueryParameters, {message});
}
