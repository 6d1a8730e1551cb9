import type {Principal} from '../accounts/principal.ts';
import {fixedProxies} from '../accounts/proxies.ts';
import {type Element, elements, text} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {DavError} from './error.ts';
import {parseHref} from './href.ts';
import {proxyAccessOf} from './kinds/calendar-proxy.ts';
import {cannotModifyProtectedProperty, recognizedPrincipal} from './preconditions.ts';
import {findPrincipal} from './principals.ts';
import type {DavContext, Resource} from './tables.ts';

/** More than any office has, and each stands in every answer that lists them. */
const maxMembers = 1000;

/** The principals that a DAV:group-member-set names, each once; none where it is removed. Throws DavError recognized-principal. */
export function membersIn(value: Element | undefined, context: DavContext): Principal[] {
  const hrefs = value ? elements(value, dav('href')) : [];
  if (hrefs.length > maxMembers) throw new DavError(403, {message: `More than ${maxMembers} delegates are named.`});
  return [...new Set(hrefs.map(href => requirePrincipal(text(href).trim(), context)))];
}

function requirePrincipal(href: string, {directory, hosts}: DavContext): Principal {
  const [tree, type, name, ...more] = parseHref(href, hosts);
  const found = tree === 'principals' && name !== undefined && more.length === 0 && findPrincipal(type!, name, directory);
  if (!found) throw new DavError(recognizedPrincipal, {message: `${href} is no principal here.`});
  return found;
}

/** Whom accounts.xml names stays: throws DavError where one of them is missing. */
export function requireChangeable(members: readonly Principal[], {actsFor, kind}: Resource): void {
  const missing = fixedProxies(actsFor!, proxyAccessOf(kind)!).filter(guid => !members.some(member => member.guid === guid));
  if (missing.length === 0) return;
  throw new DavError(cannotModifyProtectedProperty, {
    message: `The administrator has fixed in accounts.xml that ${missing.join(', ')} act for ${actsFor!.fullName || actsFor!.uids[0]}.`,
  });
}
