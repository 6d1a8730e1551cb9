import {child, type Element, element, elements, text} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {printPath} from '../href.ts';

/** An entry of an access control list (RFC 3744 §5.5). */
export interface Ace {
  readonly who: Who;
  /** It is for all that `who` is not. */
  readonly invert?: boolean;
  readonly verb: 'grant' | 'deny';
  /** An aggregate privilege stands for all it holds. */
  readonly privileges: readonly Name[];
  /** Nobody can change it. */
  readonly isProtected?: boolean;
  /** The href of what it is inherited from. */
  readonly inherited?: string;
}

/** Whom an entry is for (RFC 3744 §5.5.1): a principal, and the members where it is a group; or the principal that a property names. */
export type Who = {readonly guid: string} | {readonly property: Name} | 'all' | 'authenticated' | 'unauthenticated' | 'self';

/** The principals that are no URL (RFC 3744 §5.5.1); DAV:property is that of the owner. */
const kinds = ['all', 'authenticated', 'unauthenticated', 'self'] as const;

/** An entry as a client sends it: whoever it names by URL is found by `find`, which throws where there is none. */
export function parseAce(ace: Element, find: (href: string) => string): Ace {
  const [who, ...others] = elements(ace).filter(({name}) => name === dav('principal') || name === dav('invert'));
  const [verb, ...more] = elements(ace).filter(({name}) => name === dav('grant') || name === dav('deny'));
  if (!who || !verb || others.length > 0 || more.length > 0) {
    throw new DavError(400, {message: 'A DAV:ace has one DAV:principal or DAV:invert, and one DAV:grant or DAV:deny.'});
  }
  const invert = who.name === dav('invert');
  const principal = invert ? child(who, dav('principal')) : who;
  return {
    who: parseWho(principal, find),
    ...(invert ? {invert} : {}),
    verb: verb.name === dav('grant') ? 'grant' : 'deny',
    privileges: parsePrivileges(verb),
  };
}

function parseWho(principal: Element | undefined, find: (href: string) => string): Who {
  const [named, ...others] = principal ? elements(principal) : [];
  if (!named || others.length > 0) throw new DavError(400, {message: 'A DAV:principal holds one element.'});
  if (named.name === dav('href')) return {guid: find(text(named).trim())};
  if (named.name === dav('property')) return {property: elements(named)[0]?.name ?? dav('property')};
  const kind = kinds.find(each => dav(each) === named.name);
  if (!kind) throw new DavError(400, {message: `${named.name} is no principal.`});
  return kind;
}

/** RFC 3744 has one privilege in each DAV:privilege; clients are known to put several there. */
function parsePrivileges(verb: Element): Name[] {
  const names = elements(verb, dav('privilege')).flatMap(privilege => elements(privilege).map(({name}) => name));
  if (names.length === 0) throw new DavError(400, {message: `A ${verb.name} names at least one DAV:privilege.`});
  return [...new Set(names)];
}

/** An entry as DAV:acl lists it (RFC 3744 §5.5). */
export function printAce({who, invert, verb, privileges, isProtected, inherited}: Ace): Element {
  const principal = element(dav('principal'), printWho(who));
  return element(
    dav('ace'),
    invert ? element(dav('invert'), principal) : principal,
    element(dav(verb), ...privileges.map(name => element(dav('privilege'), element(name)))),
    isProtected ? element(dav('protected')) : undefined,
    inherited === undefined ? undefined : element(dav('inherited'), element(dav('href'), inherited)),
  );
}

function printWho(who: Who): Element {
  if (typeof who === 'string') return element(dav(who));
  if ('property' in who) return element(dav('property'), element(who.property));
  return element(dav('href'), printPath(['principals', '__uids__', who.guid], true));
}
