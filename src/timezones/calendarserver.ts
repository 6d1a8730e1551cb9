import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {printComponent} from '../ical/print.ts';
import {changesWithin, standardCalendar} from '../ical/standard-timezone.ts';
import {aliasesOf, timezone, timezoneIds, tzdataVersion} from '../ical/tzdata.ts';
import {DavError} from '../webdav/error.ts';
import {errorResponse} from '../webdav/error-response.ts';
import {type Element, element} from '../xml/element.ts';
import {calendarserver} from '../xml/names.ts';
import {printXml} from '../xml/print.ts';
import {caching} from './action.ts';
import {unlessKnown} from './known.ts';
import {only, parseDay} from './parameters.ts';
import {supportedMethod, timezoneAvailable, validEndDate, validMethod, validStartDate, validTimezone} from './preconditions.ts';

/** CalendarServer's own service, from before RFC 7808: its methods are named in the query, by GET and by POST alike. */
export const servicePath = '/timezones';

/** Answers GET, HEAD and POST of the service, and GET of `/timezones/Europe/Berlin.ics`; undefined: it is something else. */
export function calendarserverService(request: HttpRequest): HttpResponse | undefined {
  const {method, path, query} = request;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return undefined;
  const file = /^\/timezones\/(.+)\.ics$/.exec(path)?.[1];
  if (file === undefined && path !== servicePath && path !== `${servicePath}/`) return undefined;
  try {
    return unlessKnown(request, file === undefined ? answer(new URLSearchParams(query)) : getFile(file));
  } catch (error) {
    if (error instanceof DavError) return errorResponse(error);
    throw error;
  }
}

function getFile(path: string): HttpResponse {
  const calendar = standardCalendar(path.replaceAll(/%2f/gi, '/'));
  if (!calendar) throw new DavError(404, {message: 'There is no such time zone.'});
  return {status: 200, headers: {'content-type': 'text/calendar; charset=utf-8', ...caching}, body: printComponent(calendar)};
}

function answer(parameters: URLSearchParams): HttpResponse {
  if (parameters.size === 0) return describe();
  if (parameters.getAll('method').length > 1) throw new DavError(validMethod);
  const method = Object.hasOwn(methods, parameters.get('method') ?? '') ? methods[parameters.get('method')!] : undefined;
  if (!method) throw new DavError(supportedMethod);
  return method(parameters);
}

const methods: Readonly<Record<string, (parameters: URLSearchParams) => HttpResponse>> = {
  list() {
    const tzids = timezoneIds.flatMap(id => [id, ...aliasesOf(id)]).sort();
    return inXml('tzids', ...tzids.map(tzid => element(calendarserver('tzid'), tzid)));
  },
  get(parameters) {
    const {tzid} = requireTimezone(parameters);
    const body = printComponent(standardCalendar(tzid)!);
    return {status: 200, headers: {'content-type': 'text/calendar; charset=utf-8', ...caching}, body};
  },
  expand(parameters) {
    const {zone} = requireTimezone(parameters);
    const start = parseDate(only(parameters, 'start'));
    if (start === undefined) throw new DavError(validStartDate);
    const end = parseDate(only(parameters, 'end'));
    if (end === undefined || end <= start) throw new DavError(validEndDate);
    return inXml(
      'tzdata',
      ...changesWithin(zone, {start, end}).map(({at, from, to}, index) =>
        element(
          calendarserver('observance'),
          // The first says what holds at the start, which the client has given without a zone.
          element(calendarserver('onset'), localText(index === 0 ? start : at + from)),
          element(calendarserver('utc-offset'), offsetText(to)),
        ),
      ),
    );
  },
};

/** Throws DavError. */
function requireTimezone(parameters: URLSearchParams) {
  const tzid = only(parameters, 'tzid');
  if (tzid === undefined) throw new DavError(validTimezone);
  const zone = timezone(tzid);
  if (!zone) throw new DavError(timezoneAvailable);
  return {tzid, zone};
}

/** `20080101`, or `20080101T120000` with or without Z. */
function parseDate(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d)Z?)?$/.exec(text ?? '');
  const day = match ? parseDay(match.slice(1, 4).join('-')) : undefined;
  if (!match || day === undefined) return undefined;
  return day + ((Number(match[4] ?? 0) * 60 + Number(match[5] ?? 0)) * 60 + Number(match[6] ?? 0)) * 1000;
}

function localText(local: number): string {
  return new Date(local).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
}

function offsetText(offset: number): string {
  return `${offset < 0 ? '-' : '+'}${new Date(Math.abs(offset)).toISOString().slice(11, 16).replace(':', '')}`;
}

function inXml(name: string, ...children: Element[]): HttpResponse {
  const body = printXml(element(calendarserver(name), ...children));
  return {status: 200, headers: {'content-type': 'application/xml; charset=utf-8', ...caching}, body};
}

function describe(): HttpResponse {
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Time zones</title></head>
<body><h1>Time zones</h1>
<p>IANA’s time zone database, edition ${tzdataVersion}: <a href="?method=list">the list</a>; and
<a href="/stdtimezones/capabilities">the service of RFC 7808</a>.</p></body></html>
`;
  return {status: 200, headers: {'content-type': 'text/html; charset=utf-8', ...caching}, body};
}
