import {breathe} from '../../base/breathe.ts';
import {child, type Element, elements, isElement, type Node, text} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {limitOf} from '../limit.ts';
import {multistatus, printStatus} from '../multistatus.ts';
import {numberOfMatchesWithinLimits} from '../preconditions.ts';
import {parsePrefer} from '../prefer.ts';
import {principalsBelow} from '../principal-listing.ts';
import {livePropertiesOf, printResponse} from '../propstat.ts';
import type {DavContext, DavRequest, Report, Resource, Value} from '../tables.ts';
import {namesIn, wantedIn} from '../wanted.ts';

/** More than any picker shows; with more matches the answer is cut and says so. */
const maxMatches = 500;

/**
 * RFC 3744 §9.4. It searches below the target, or everywhere where that is no collection of principals: clients leave out
 * DAV:apply-to-principal-collection-set and mean it.
 */
export const principalPropertySearch: Report = {
  name: dav('principal-property-search'),
  supports: ({view}) => !view,
  run(body, request) {
    const search = parseSearch(body);
    const prefer = parsePrefer(request.http);
    const wanted = wantedIn(body, request.http);
    const everywhere = child(body, dav('apply-to-principal-collection-set')) !== undefined;
    const most = Math.min(limitOf(body) ?? maxMatches, maxMatches);

    async function* responses(): AsyncIterable<string> {
      let count = 0;
      for await (const principal of principalsBelow(request.target, everywhere, request)) {
        await breathe();
        if (!request.may(dav('read'), principal) || !(await matches(principal, search, request))) continue;
        if (++count > most) {
          yield printStatus(request.target.href, new DavError(numberOfMatchesWithinLimits));
          return;
        }
        yield await printResponse(principal, wanted, request);
      }
    }
    return multistatus(responses(), {headers: prefer.applied});
  },
};

/** Each is asked of each principal. */
const maxTerms = 100;

interface Search {
  readonly terms: readonly Term[];
  readonly all: boolean;
}

/** One DAV:property-search: the text must be found in each of the properties. */
interface Term {
  readonly names: readonly Name[];
  readonly found: (value: string) => boolean;
}

function parseSearch(body: Element): Search {
  const terms = elements(body, dav('property-search')).map(search => {
    const prop = child(search, dav('prop'));
    const match = child(search, dav('match'));
    if (!prop || !match) throw new DavError(400, {message: 'A DAV:property-search needs DAV:prop and DAV:match.'});
    return {names: namesIn(prop), found: finder(fold(text(match)), match.attributes['match-type'])};
  });
  if (terms.length > maxTerms) throw new DavError(400, {message: `More than ${maxTerms} property searches are asked for.`});
  if (terms.length === 0) throw new DavError(400, {message: 'DAV:property-search is missing.'});
  return {terms, all: body.attributes.test !== 'anyof'};
}

/** A URL of a principal or of its GUID, among the addresses: found in full only, or each word in them would find everybody. */
const isUrl = /^(?:\/|urn:)/;

function finder(wanted: string, type: string | undefined): Term['found'] {
  const found = textFinder(wanted, type);
  return value => (isUrl.test(value) ? value === wanted : found(value));
}

/** CalendarServer's `match-type`; RFC 3744's own match is `contains`, and never minds case. */
function textFinder(wanted: string, type = 'contains'): Term['found'] {
  if (type === 'equals') return value => value === wanted;
  if (type === 'starts-with') return value => value.startsWith(wanted);
  if (type === 'ends-with') return value => value.endsWith(wanted);
  return value => value.includes(wanted);
}

async function matches(principal: Resource, {terms, all}: Search, context: DavRequest): Promise<boolean> {
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
  return textsIn(await row.get({resource, stored: resource.stored!, context})).map(fold);
}

function textsIn(value: Value | undefined): string[] {
  if (value === undefined) return [];
  const nodes: readonly Node[] = Array.isArray(value) ? value : [value as Node];
  return nodes.map(node => (typeof node === 'string' ? node : isElement(node) ? text(node) : ''));
}

function fold(value: string): string {
  return value.normalize('NFC').toLowerCase();
}
