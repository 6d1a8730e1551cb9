import {breathe} from '../../base/breathe.ts';
import {type Element, elements, isElement, type Node, text} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {multistatus, printStatus} from '../multistatus.ts';
import {numberOfMatchesWithinLimits} from '../preconditions.ts';
import {parsePrefer} from '../prefer.ts';
import {livePropertiesOf, printResponse, type Wanted} from '../propstat.ts';
import type {DavRequest, Report, Resource} from '../tables.ts';
import {maxNames} from '../wanted.ts';

/** What an answer may hold in all, so that properties that lead to each other do not grow without end. */
const maxResponses = 1000;
const maxProperties = 100_000;

/** RFC 3253 §3.8: the hrefs in a property's value are answered with the properties of what they name. */
export const expandProperty: Report = {
  name: dav('expand-property'),
  supports: () => true,
  run(body, request) {
    const {target, http} = request;
    const prefer = parsePrefer(http);
    const wanted = wantedIn(body, request, {
      minimal: prefer.return === 'minimal',
      left: maxResponses,
      propertiesLeft: maxProperties,
    });
    return multistatus([printResponse(target, wanted, request)], {headers: prefer.applied});
  },
};

interface State {
  readonly minimal: boolean;
  /** Responses that may still come. */
  left: number;
  /** Properties that they may hold. */
  propertiesLeft: number;
}

/** The DAV:property elements directly within one, as what is wanted of a resource; those with some within them are expanded. */
function wantedIn(parent: Element, request: DavRequest, state: State): Wanted {
  const asked = new Map(elements(parent, dav('property')).map(property => [nameOf(property), property]));
  if (asked.size > maxNames) throw new DavError(400, {message: `More than ${maxNames} properties are asked for.`});
  return {
    how: 'prop',
    names: [...asked.keys()],
    minimal: state.minimal,
    own(name, resource) {
      const property = asked.get(name)!;
      if (elements(property, dav('property')).length === 0) return undefined;
      return expand(name, resource, wantedIn(property, request, state), request, state);
    },
  };
}

function nameOf({attributes: {name, namespace = 'DAV:'}}: Element): Name {
  if (!name || /[^\w.\-\u0080-\uffff]/.test(name)) throw new DavError(400, {message: 'A DAV:property must say its name.'});
  return `{${namespace}}${name}`;
}

async function expand(name: Name, resource: Resource, wanted: Wanted, request: DavRequest, state: State) {
  const row = livePropertiesOf(resource.kind, request.protocol).get(name);
  const value = await row?.get({resource, stored: resource.stored!, context: request});
  if (value === undefined || (typeof value === 'object' && 'raw' in value)) return value;
  const nodes: readonly Node[] = Array.isArray(value) ? value : [value as Node];
  const expanded: Node[] = [];
  for (const node of nodes) {
    const isHref = isElement(node) && node.name === dav('href');
    expanded.push(isHref ? {raw: await respond(text(node), wanted, request, state)} : node);
  }
  return expanded;
}

async function respond(href: string, wanted: Wanted, request: DavRequest, state: State): Promise<string> {
  if (--state.left < 0 || state.propertiesLeft < 0) return printStatus(href, new DavError(numberOfMatchesWithinLimits));
  const found = await request.locate(href);
  if (!found) return printStatus(href, 404);
  state.propertiesLeft -= wanted.names.length;
  await breathe();
  return request.may(dav('read'), found) ? printResponse(found, wanted, request, href) : printStatus(href, 403);
}
