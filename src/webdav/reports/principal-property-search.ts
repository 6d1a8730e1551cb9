import type {PrincipalType} from '../../accounts/principal.ts';
import {child, type Element, elements, isElement, type Node, text} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {findPrincipals} from '../principal-listing.ts';
import {livePropertiesOf} from '../propstat.ts';
import type {DavContext, DavRequest, Report, Resource, Value} from '../tables.ts';
import {namesIn} from '../wanted.ts';

/**
 * RFC 3744 §9.4. It searches below the target, or everywhere where that is no collection of principals: clients leave out
 * DAV:apply-to-principal-collection-set and mean it. `test`, `type`, `match-type` and `caseless` are CalendarServer's.
 */
export const principalPropertySearch: Report = {
  name: dav('principal-property-search'),
  supports: ({view}) => !view,
  run(body, request) {
    parseDepth(request.http, '0', ['0']);
    const search = parseSearch(body);
    const everywhere = child(body, dav('apply-to-principal-collection-set')) !== undefined;
    return findPrincipals(body, request, everywhere, principal => matches(principal, search, request));
  },
};

/** Each is asked of each principal. */
const maxTerms = 100;

interface Search {
  /** Undefined: of all types. */
  readonly type: PrincipalType | undefined;
  readonly terms: readonly Term[];
  readonly all: boolean;
}

/** One DAV:property-search: the text must be found in each of the properties. */
interface Term {
  readonly names: readonly Name[];
  readonly found: (value: string) => boolean;
}

function parseSearch(body: Element): Search {
  const {type} = body.attributes;
  if (type !== undefined && !Object.hasOwn(types, type)) {
    throw new DavError(400, {message: `The type of those searched for is one of ${Object.keys(types).join(', ')}.`});
  }
  const terms = elements(body, dav('property-search')).map(search => {
    const prop = child(search, dav('prop'));
    const match = child(search, dav('match'));
    if (!prop || !match) throw new DavError(400, {message: 'A DAV:property-search needs DAV:prop and DAV:match.'});
    return {names: namesIn(prop), found: finder(text(match), match.attributes)};
  });
  if (terms.length > maxTerms) throw new DavError(400, {message: `More than ${maxTerms} property searches are asked for.`});
  if (terms.length === 0) throw new DavError(400, {message: 'DAV:property-search is missing.'});
  const {test = 'allof'} = body.attributes;
  if (test !== 'allof' && test !== 'anyof') throw new DavError(400, {message: 'The test of a search is allof or anyof.'});
  return {type: type === undefined ? undefined : types[type], terms, all: test === 'allof'};
}

/** RFC 6638 §2.4.2. */
const types: Readonly<Record<string, PrincipalType>> = {
  INDIVIDUAL: 'users',
  GROUP: 'groups',
  ROOM: 'locations',
  RESOURCE: 'resources',
};

/** A URL of a principal or of its GUID, among the addresses: found in full only, or each word in them would find everybody. */
const isUrl = /^(?:\/|urn:)/;

function finder(match: string, {'match-type': type = 'contains', caseless = 'yes'}: Element['attributes']): Term['found'] {
  if (!Object.hasOwn(textFinders, type)) {
    throw new DavError(400, {message: `The match-type of a search is one of ${Object.keys(textFinders).join(', ')}.`});
  }
  const form = caseless === 'no' ? (value: string) => value.normalize('NFC') : fold;
  const wanted = form(match);
  const isIn = textFinders[type]!;
  return value => (isUrl.test(value) ? fold(value) === fold(match) : isIn(form(value), wanted));
}

/** CalendarServer's `match-type`; RFC 3744's own match is `contains`, and never minds case. */
const textFinders: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  contains: (value, wanted) => value.includes(wanted),
  equals: (value, wanted) => value === wanted,
  'starts-with': (value, wanted) => value.startsWith(wanted),
  'ends-with': (value, wanted) => value.endsWith(wanted),
};

async function matches(principal: Resource, {type, terms, all}: Search, context: DavRequest): Promise<boolean> {
  if (type !== undefined && principal.owner!.type !== type) return false;
  for (const {names, found} of terms) {
    let is = names.length > 0;
    for (const name of names) is &&= (await searchable(name, principal, context)).some(found);
    if (is !== all) return is;
  }
  return all;
}

/** The texts in a property's value, one for each address in a list of them; none where it cannot be searched. */
async function searchable(name: Name, resource: Resource, context: DavContext): Promise<string[]> {
  const row = livePropertiesOf(resource.kind, context.protocol).get(name);
  if (!row?.searchable) return [];
  return textsIn(await row.get({resource, stored: resource.stored!, context}));
}

function textsIn(value: Value | undefined): string[] {
  if (value === undefined) return [];
  const nodes: readonly Node[] = Array.isArray(value) ? value : [value as Node];
  return nodes.map(node => (typeof node === 'string' ? node : isElement(node) ? text(node) : ''));
}

function fold(value: string): string {
  return value.normalize('NFC').toLowerCase();
}
