import type {Change} from '../../store/store.ts';
import {child, type Element, element, text} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printNode} from '../../xml/print.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {printSegment} from '../href.ts';
import {descendantOf} from '../locate.ts';
import {multistatus, printStatus} from '../multistatus.ts';
import {limitOf} from '../nresults.ts';
import {numberOfMatchesWithinLimits, validSyncToken} from '../preconditions.ts';
import {parsePrefer} from '../prefer.ts';
import {printResponse, type Wanted} from '../propstat.ts';
import {parseSyncToken, printSyncToken} from '../sync-token.ts';
import type {DavRequest, Report, Resource} from '../tables.ts';
import {wantedIn} from '../wanted.ts';

/** What one answer tells of at most, though the client sets no limit (§3.6): more than most calendars hold. */
const page = 10_000;

/** RFC 6578 §3.2, on every collection in a home and on the home. */
export const syncCollection: Report = {
  name: dav('sync-collection'),
  supports: ({stored}) => stored?.collection === true,
  run(body, request) {
    const {target} = request;
    if (!child(body, dav('prop'))) throw new DavError(400, {message: 'DAV:prop is missing.'});
    const prefer = parsePrefer(request.http);
    const wanted = wantedIn(body, request.http);
    const token = child(body, dav('sync-token'));
    const since = parseSyncToken(token ? text(token) : '');
    const limit = Math.min(limitOf(body) ?? Infinity, page);
    const found = target.view!.changes(target.stored!.path, since, levelOf(body, request), limit);
    if (!found) throw new DavError(validSyncToken);
    const tail = printNode(element(dav('sync-token'), printSyncToken(found.revision)));
    return multistatus(responses(found.changes, since === undefined, found.truncated, target, wanted, request), {
      tail,
      headers: prefer.applied,
    });
  },
};

/** What a client has and may read no longer has gone, as far as it is concerned. `first`: it has nothing yet. */
function* responses(
  changes: readonly Change[],
  first: boolean,
  truncated: boolean,
  target: Resource,
  wanted: Wanted,
  request: DavRequest,
) {
  for (const change of changes) {
    const resource = change.stored && descendantOf(target, change.stored, request);
    if (resource && request.may(dav('read'), resource)) yield printResponse(resource, wanted, request);
    else if (!first && mayHaveHad(change, target, request)) yield printStatus(hrefOf(change, target), 404);
  }
  // §3.6: the client asks again with the token that follows.
  if (truncated) yield printStatus(target.href, new DavError(numberOfMatchesWithinLimits));
}

/** What lies in a collection that the client may not read has gone with it, and what is in there it is not told. */
function mayHaveHad({path}: Change, target: Resource, request: DavRequest): boolean {
  const above = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (above === target.stored!.path) return !target.kind.concealsMembers;
  const stored = target.view!.find(above);
  const collection = stored && descendantOf(target, stored, request);
  return !collection || (!collection.kind.concealsMembers && request.may(dav('read'), collection));
}

function hrefOf({path, stored, collection = stored?.collection}: Change, target: Resource): string {
  const below = target.stored!.path ? path.slice(target.stored!.path.length + 1) : path;
  return target.href + below.split('/').map(printSegment).join('/') + (collection ? '/' : '');
}

/** §3.3; Depth says it where the element is missing, as in the drafts that old clients know. */
function levelOf(body: Element, {http}: DavRequest): '1' | 'infinity' {
  const level = child(body, dav('sync-level'));
  if (!level) return parseDepth(http, '1') === 'infinity' ? 'infinity' : '1';
  const said = text(level).trim();
  if (said === '1') return '1';
  if (said === 'infinite' || said === 'infinity') return 'infinity';
  throw new DavError(400, {message: 'DAV:sync-level must be 1 or infinite.'});
}
