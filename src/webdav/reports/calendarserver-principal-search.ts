import type {Principal, PrincipalType} from '../../accounts/principal.ts';
import {child, type Element, elements, text} from '../../xml/element.ts';
import {calendarserver, dav} from '../../xml/names.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {findPrincipals} from '../principal-listing.ts';
import {principalTypes} from '../principals.ts';
import type {Report} from '../tables.ts';

/**
 * CalendarServer's search for people, rooms and things, as Apple's clients send it while a name is typed: each token must begin a word
 * of a name or of an address.
 */
export const calendarserverPrincipalSearch: Report = {
  name: calendarserver('calendarserver-principal-search'),
  supports: ({view}) => !view,
  run(body, request) {
    parseDepth(request.http, '0', ['0']);
    const tokens = tokensOf(body);
    const types = typesOf(body);
    const everywhere = child(body, dav('apply-to-principal-collection-set')) !== undefined;
    const matches = (owner: Principal) => types.includes(owner.type) && tokens.every(token => isFound(token, owner));
    return findPrincipals(body, request, everywhere, ({owner}) => matches(owner!));
  },
};

/** Each is looked for in each principal. */
const maxTokens = 100;

function tokensOf(body: Element): string[] {
  const tokens = elements(body, calendarserver('search-token')).flatMap(token => fold(text(token)).split(/\s+/).filter(Boolean));
  if (tokens.length === 0) throw new DavError(400, {message: 'CS:search-token is missing.'});
  if (tokens.length > maxTokens) throw new DavError(400, {message: `More than ${maxTokens} tokens are searched for.`});
  return tokens;
}

/** Whom each context is about; rooms are not asked to come. */
const contexts: Readonly<Record<string, readonly PrincipalType[]>> = {
  user: ['users'],
  group: ['groups'],
  resource: ['resources'],
  location: ['locations'],
  attendee: ['users', 'groups', 'resources'],
};

function typesOf({attributes: {context}}: Element): readonly PrincipalType[] {
  if (context === undefined) return principalTypes;
  if (Object.hasOwn(contexts, context)) return contexts[context]!;
  throw new DavError(400, {message: `The context of a search is one of ${Object.keys(contexts).join(', ')}.`});
}

function isFound(token: string, {fullName, firstName = '', lastName = '', uids, emails}: Principal): boolean {
  return [fullName, firstName, lastName, ...uids, ...emails].some(value => {
    const folded = fold(value);
    for (let at = folded.indexOf(token); at >= 0; at = folded.indexOf(token, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1]!)) return true;
    }
    return false;
  });
}

function fold(value: string): string {
  return value.normalize('NFC').toLowerCase();
}
