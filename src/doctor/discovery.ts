import {child, elements, text} from '../xml/element.ts';
import {caldav, dav, type Name} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {ask, type HttpAnswer, type Question, type Route} from './http-client.ts';

/** The paths that clients begin at, knowing nothing but a host name. */
export const startingPaths = ['/.well-known/caldav', '/', '/principals/'] as const;

/** A way that a client took: where it was led, and what was answered last. */
export interface Walk {
  readonly answer: HttpAnswer;
  /** Each address that it was sent on to. */
  readonly redirects: readonly URL[];
}

/** Asks as clients do, keeping the method over at most five redirects. */
export async function walk(from: URL, question: Question, route?: Route): Promise<Walk> {
  const redirects: URL[] = [];
  for (let url = from; ; ) {
    const answer = await ask(url, question, route);
    const {location} = answer.headers;
    if (answer.status < 300 || answer.status > 399 || location === undefined || redirects.length === 5)
      return {answer, redirects};
    const next = new URL(location, url);
    redirects.push(next);
    if (next.origin !== url.origin) return {answer, redirects};
    url = next;
  }
}

/** PROPFIND for one property of one resource (RFC 4918 §9.1). */
export function propfind(name: Name, depth: '0' | '1', headers: Question['headers'] = {}): Question {
  const [, namespace, local] = /^\{(.*)\}(.*)$/.exec(name)!;
  const body = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><p:${local} xmlns:p="${namespace}"/><resourcetype/></prop></propfind>`;
  return {method: 'PROPFIND', headers: {depth, ...headers}, body};
}

/** The `href` in a property of the first resource of a multistatus; undefined where it is not there. */
export function hrefIn(body: string, property: Name): string | undefined {
  const response = child(parseXml(body), dav('response'));
  for (const propstat of response ? elements(response, dav('propstat')) : []) {
    if (!/ 200 /.test(`${text(child(propstat, dav('status')) ?? propstat)} `)) continue;
    const found = child(child(propstat, dav('prop')) ?? propstat, property);
    const href = found && child(found, dav('href'));
    if (href) return text(href).trim();
  }
  return undefined;
}

/** The hrefs of the calendars in a multistatus of a home. */
function calendarsIn(body: string): string[] {
  const calendars: string[] = [];
  for (const response of elements(parseXml(body), dav('response'))) {
    const types = elements(response, dav('propstat')).flatMap(propstat =>
      elements(propstat, dav('prop')).flatMap(prop => elements(prop, dav('resourcetype'))),
    );
    if (types.some(type => child(type, caldav('calendar'))))
      calendars.push(text(child(response, dav('href')) ?? response).trim());
  }
  return calendars;
}

/** What a client found that walked the whole way, or the step at which it was stopped. */
export type Discovered =
  | {readonly principal: string; readonly home: string; readonly calendars: readonly string[]}
  | {readonly stoppedAt: string; readonly answer: HttpAnswer};

/** The way of RFC 6764 §6: well-known path, current-user-principal (RFC 5397), calendar-home-set (RFC 4791 §6.2.1), the home's members. */
export async function discover(base: URL, authorization: string, route?: Route): Promise<Discovered> {
  const headers = {authorization};
  const principalName = dav('current-user-principal');
  const first = await walk(new URL('/.well-known/caldav', base), propfind(principalName, '0', headers), route);
  const principal = first.answer.status === 207 ? hrefIn(first.answer.body, principalName) : undefined;
  if (principal === undefined) return {stoppedAt: 'current-user-principal at /.well-known/caldav', answer: first.answer};
  const homeName = caldav('calendar-home-set');
  const second = await ask(new URL(principal, first.answer.url), propfind(homeName, '0', headers), route);
  const home = second.status === 207 ? hrefIn(second.body, homeName) : undefined;
  if (home === undefined) return {stoppedAt: `calendar-home-set at ${principal}`, answer: second};
  const third = await ask(new URL(home, first.answer.url), propfind(dav('displayname'), '1', headers), route);
  if (third.status !== 207) return {stoppedAt: `the list of ${home}`, answer: third};
  return {principal, home, calendars: calendarsIn(third.body)};
}

/** RFC 7617 §2. */
export function basic({user, password}: {user: string; password: string}): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
