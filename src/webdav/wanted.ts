import type {HttpRequest} from '../http/message.ts';
import {child, type Element, elements} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {DavError} from './error.ts';
import {parsePrefer} from './prefer.ts';
import type {Wanted} from './propstat.ts';

/** What a body asks for; none: everything (RFC 4918 §9.1). Throws DavError 400. */
export function parsePropfind(body: Element | undefined): Wanted {
  if (!body) return {how: 'allprop', names: []};
  if (body.name === dav('propfind')) {
    const prop = child(body, dav('prop'));
    const all = child(body, dav('allprop'));
    const names = child(body, dav('propname'));
    const asked = [prop, all, names].filter(each => each !== undefined);
    if (asked.length === 1) {
      if (prop) return {how: 'prop', names: namesIn(prop), asked: askedIn(prop)};
      if (names) return {how: 'propname', names: []};
      const include = child(body, dav('include'));
      return {how: 'allprop', names: include ? namesIn(include) : []};
    }
  }
  throw new DavError(400, {message: 'The body must be a DAV:propfind with one of prop, allprop and propname in it.'});
}

/** More than any client asks for; each is looked for on each member of a listing. */
export const maxNames = 1000;

/** The names of the properties in a DAV:prop, each once. Throws DavError 400. */
export function namesIn(prop: Element): Name[] {
  const names = [...new Set(elements(prop).map(({name}) => name))];
  if (names.length > maxNames) throw new DavError(400, {message: `More than ${maxNames} properties are asked for.`});
  return names;
}

/** The elements that ask for more than a name does; undefined: none. */
function askedIn(prop: Element): Wanted['asked'] {
  const more = elements(prop).filter(({attributes}) => Object.keys(attributes).length > 0);
  return more.length > 0 ? new Map(more.map(each => [each.name, each])) : undefined;
}

/** What a report asks for of each resource: the DAV:prop in its body, none of it where that is missing. Throws DavError 400 for two. */
export function wantedIn(body: Element, http: HttpRequest): Wanted {
  const [prop, ...more] = elements(body, dav('prop'));
  if (more.length > 0) throw new DavError(400, {message: 'A report has one DAV:prop at most.'});
  return {
    how: 'prop',
    names: prop ? namesIn(prop) : [],
    asked: prop && askedIn(prop),
    minimal: parsePrefer(http).return === 'minimal',
  };
}
