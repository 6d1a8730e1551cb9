import {type Element, elements} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {DavError, type Precondition} from '../error.ts';
import {parseHref} from '../href.ts';
import {
  allowedPrincipal,
  limitedNumberOfAces,
  noAceConflict,
  noInheritedAceConflict,
  noProtectedAceConflict,
  notSupportedPrivilege,
  recognizedPrincipal,
} from '../preconditions.ts';
import {privilegesOn} from '../privileges.ts';
import type {DavContext, Resource} from '../tables.ts';
import {type Ace, parseAce, type Who} from './ace.ts';
import {bitsOf} from './privilege-bits.ts';

/** All are looked through for each resource that has them. */
const mostAces = 500;

/**
 * The entries that an ACL request sets on a resource (RFC 3744 §8.1). Throws DavError 400, or the precondition of §8.1.1 that does not
 * hold.
 */
export function planAcl(body: Element, target: Resource, context: DavContext): Ace[] {
  const sent = elements(body, dav('ace'));
  if (sent.length > mostAces) throw new DavError(limitedNumberOfAces, {message: `There is room for ${mostAces} entries.`});
  const existing = context.acl(target);
  return sent.map(each => {
    const ace = parseAce(each, href => requirePrincipal(href, context));
    for (const mark of ['protected', 'inherited'] as const) {
      if (elements(each, dav(mark)).length > 0) refuse(noAceConflict, `No client can set an entry that is ${mark}.`);
    }
    requirePrivileges(ace, target, context);
    requireAllowed(ace, context);
    requireNoConflict(ace, existing, context);
    return ace;
  });
}

/** §4.2: a principal is named by its DAV:principal-URL. Answers its GUID. */
function requirePrincipal(href: string, {hosts, directory}: DavContext): string {
  const [tree, form, guid = '', ...below] = parseHref(href, hosts);
  const found = tree === 'principals' && form === '__uids__' ? directory.findByGuid(guid) : undefined;
  const isGroup = /^calendar-proxy-(?:read|write)$/.test(below.join('/'));
  if (!found || (below.length > 0 && !isGroup))
    throw new DavError(recognizedPrincipal, {message: `${href} is no DAV:principal-URL.`});
  // They have their rights in the whole home.
  if (isGroup) refuse(allowedPrincipal, 'Delegates as such can be granted nothing.');
  return found.guid;
}

function requirePrivileges({privileges}: Ace, target: Resource, context: DavContext): void {
  const supported = new Set(privilegesOn(target, context).map(({name}) => name));
  const unknown = privileges.find(name => !supported.has(name));
  if (unknown) refuse(notSupportedPrivilege, `${unknown} is no privilege on this resource.`);
}

/** Who has not logged in may read at most; and of the properties that could name a principal, only DAV:owner does. */
function requireAllowed({who, invert = false, verb, privileges}: Ace, {protocol}: DavContext): void {
  if (typeof who === 'object' && 'property' in who && who.property !== dav('owner')) {
    refuse(allowedPrincipal, 'DAV:owner is the only property that names a principal here.');
  }
  if (verb === 'deny' || !isForNobody(who, invert)) return;
  const harmless = bitsOf([dav('read'), dav('read-acl')], protocol);
  if (bitsOf(privileges, protocol) & ~harmless)
    refuse(allowedPrincipal, 'Only who has logged in can be granted more than to read.');
}

/** Whether somebody who has not logged in is among those an entry is for. */
function isForNobody(who: Who, invert: boolean): boolean {
  return (who === 'all' || who === 'unauthenticated') !== invert;
}

function requireNoConflict({who, invert = false, verb, privileges}: Ace, existing: readonly Ace[], {protocol}: DavContext): void {
  if (verb === 'grant' || invert) return;
  const denied = bitsOf(privileges, protocol);
  const against = existing.find(
    each => each.isProtected && isSame(each.who, who) && (bitsOf(each.privileges, protocol) & denied) !== 0,
  );
  if (!against) return;
  refuse(
    against.inherited === undefined ? noProtectedAceConflict : noInheritedAceConflict,
    'What this entry denies, one that cannot be changed grants.',
  );
}

function isSame(one: Who, other: Who): boolean {
  return typeof one === 'object' && typeof other === 'object' && 'guid' in one && 'guid' in other && one.guid === other.guid;
}

function refuse(condition: Precondition, message: string): never {
  throw new DavError(condition, {message});
}
