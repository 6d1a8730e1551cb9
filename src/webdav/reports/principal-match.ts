import {breathe} from '../../base/breathe.ts';
import {child, elements, isElement, type Node, text} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {proxyAccessOf} from '../kinds/calendar-proxy.ts';
import {principal} from '../kinds/principal.ts';
import {membersOf} from '../locate.ts';
import {multistatus} from '../multistatus.ts';
import {parsePrefer} from '../prefer.ts';
import {principalsBelow} from '../principal-listing.ts';
import {livePropertiesOf, printResponse} from '../propstat.ts';
import type {DavContext, DavRequest, Report, Resource, Value} from '../tables.ts';
import {wantedIn} from '../wanted.ts';

/** RFC 3744 §9.3: which resources below a collection are the one who asks (or a group with them in it), or name them in a property. */
export const principalMatch: Report = {
  name: dav('principal-match'),
  supports: ({kind, stored}) => kind.members !== undefined || proxyAccessOf(kind) !== undefined || stored?.collection === true,
  run(body, request) {
    parseDepth(request.http, '0', ['0']);
    const self = child(body, dav('self'));
    const property = child(body, dav('principal-property'));
    const by = property && elements(property)[0]?.name;
    if (!self && !by) throw new DavError(400, {message: 'DAV:self or DAV:principal-property is missing.'});
    const prefer = parsePrefer(request.http);
    const wanted = wantedIn(body, request.http);
    const mine = selves(request);

    async function* responses(): AsyncIterable<string> {
      for await (const resource of by ? allBelow(request.target, request) : selfBelow(request)) {
        await breathe();
        if (!request.may(dav('read'), resource)) continue;
        const matches = by ? await namesAny(by, resource, mine, request) : mine.has(identity(resource));
        if (matches) yield await printResponse(resource, wanted, request);
      }
    }
    return multistatus(responses(), {headers: prefer.applied});
  },
};

/** At any depth, as far as the one who asks may look. */
async function* allBelow(collection: Resource, request: DavRequest): AsyncIterable<Resource> {
  for await (const member of membersOf(collection, request)) {
    yield member;
    if (request.may(dav('read'), member)) yield* allBelow(member, request);
  }
}

/**
 * Principals lie only below their own collections; the groups of delegates, below those whose delegates they are. Asked of a group, it
 * may be the group itself.
 */
async function* selfBelow(request: DavRequest & {target: Resource}): AsyncIterable<Resource> {
  const {target} = request;
  if (target.view) return;
  if (target.actsFor || target.owner?.type === 'groups') yield target;
  if (target.actsFor) return;
  if (target.kind === principal) {
    yield* membersOf(target, request);
    return;
  }
  for await (const found of principalsBelow(target, false, request)) {
    yield found;
    yield* membersOf(found, request);
  }
}

/**
 * What the one who asks is (nothing, where nobody has logged in): itself, the groups that it is in, and those of the delegates of
 * others that it is in.
 */
function selves({principal, directory, proxies}: DavContext): Set<string> {
  if (!principal) return new Set();
  const {guid} = principal;
  const delegated = (['read', 'write'] as const).flatMap(access => proxies.for(guid, access).map(owner => `${owner} ${access}`));
  return new Set([guid, ...directory.groupsOf(guid).map(group => group.guid), ...delegated]);
}

function identity({kind, owner, actsFor}: Resource): string {
  return owner ? owner.guid : `${actsFor?.guid} ${proxyAccessOf(kind)}`;
}

/** None where the one who asks may not see it. */
async function visibleValue(name: Name, resource: Resource, context: DavContext): Promise<Value | undefined> {
  try {
    return await livePropertiesOf(resource.kind, context.protocol).get(name)?.get({resource, stored: resource.stored!, context});
  } catch (error) {
    if (!(error instanceof DavError)) throw error;
    return undefined;
  }
}

async function namesAny(name: Name, resource: Resource, guids: ReadonlySet<string>, context: DavContext): Promise<boolean> {
  const value = await visibleValue(name, resource, context);
  const nodes: readonly Node[] = value === undefined ? [] : Array.isArray(value) ? value : [value as Node];
  for (const node of nodes) {
    const found = isElement(node) && node.name === dav('href') ? await context.locate(text(node)) : undefined;
    if (found && !found.view && guids.has(identity(found))) return true;
  }
  return false;
}
