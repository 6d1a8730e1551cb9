import {breathe} from '../../base/breathe.ts';
import {dav} from '../../xml/names.ts';
import {classes} from '../allow.ts';
import {type Depth, parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {principal} from '../kinds/principal.ts';
import {membersOf} from '../locate.ts';
import {multistatus} from '../multistatus.ts';
import {propfindFiniteDepth} from '../preconditions.ts';
import {parsePrefer} from '../prefer.ts';
import {printMembers} from '../printed-runs.ts';
import {notLoggedIn} from '../privileges.ts';
import {printResponse, type Wanted} from '../propstat.ts';
import type {DavContext, DavRequest, Method, Resource} from '../tables.ts';
import {parsePropfind} from '../wanted.ts';

/** RFC 4918 §9.1. */
export const propfind: Method = {
  name: 'PROPFIND',
  mapped: dav('read'),
  writes: false,
  safe: true,
  handle(request) {
    const target = request.target!;
    const prefer = parsePrefer(request.http);
    const wanted = {...parsePropfind(request.xml()), minimal: prefer.return === 'minimal'};
    // Clients that ask this without a password wait for the challenge: to DAV:unauthenticated they would be nobody for good.
    const asksWho = request.limits.challengeDiscovery !== false && wanted.names.includes(dav('current-user-principal'));
    if (asksWho && !request.principal) throw notLoggedIn();
    const sent = parseDepth(request.http, 'infinity');
    // Below a principal there is one level, so a client that leaves Depth out does no harm.
    const depth = sent === 'infinity' && target.kind === principal ? '1' : sent;
    // May be refused (RFC 4918 §9.1), and every client lists one level at a time.
    if (depth === 'infinity' && hasMembers(target)) throw request.principal ? new DavError(propfindFiniteDepth) : notLoggedIn();
    const headers = {...prefer.applied, ...about(target, depth, request)};
    return multistatus(responses(target, depth, prefer.noRoot, wanted, request), {headers});
  },
};

function hasMembers({stored, kind}: Resource): boolean {
  return stored ? stored.collection : kind.members !== undefined;
}

/**
 * Of a collection asked for without its slash, its URL (RFC 4918 §5.2). Outside homes, where clients begin, what OPTIONS says: Nextcloud's
 * library looks for it in the answer about a principal. Of one resource in a home, when it changed.
 */
function about(target: Resource, depth: Depth, {protocol, http}: DavRequest): Readonly<Record<string, string>> {
  const {stored, href} = target;
  const place: Record<string, string> = href.endsWith('/') && !http.path.endsWith('/') ? {'content-location': href} : {};
  if (!stored) return {...place, dav: classes({target}, protocol)};
  return depth === '1' ? place : {...place, 'last-modified': new Date(stored.modified).toUTCString()};
}

/** A response for the resource and for its members, as far as the client may read them. */
function* responses(target: Resource, depth: Depth, noRoot: boolean, wanted: Wanted, context: DavRequest): Responses {
  if (depth !== '1' || !noRoot) yield printResponse(target, wanted, context);
  if (depth !== '1') return;
  if (target.stored) yield* inHome(target, wanted, context);
  else yield outsideHomes(target, wanted, context);
}

type Responses = Iterable<string | Promise<string>>;

function* inHome(target: Resource, wanted: Wanted, context: DavContext): Responses {
  const {kind, stored, view} = target;
  // Who is trusted with a home may read all that lies in it.
  if (stored?.collection && !kind.concealsMembers && context.isTrusted(target)) {
    const members = view!.members(stored.path);
    yield* printMembers(target, Array.isArray(members) ? members : [...members], wanted, context);
    return;
  }
  for (const member of membersOf(target, context) as Iterable<Resource>) {
    if (context.may(dav('read'), member)) yield printResponse(member, wanted, context);
  }
}

/** What lies in no home is little: it goes out in one piece. */
async function outsideHomes(target: Resource, wanted: Wanted, context: DavContext): Promise<string> {
  let printed = '';
  for await (const member of membersOf(target, context)) {
    await breathe();
    if (context.may(dav('read'), member)) printed += await printResponse(member, wanted, context);
  }
  return printed;
}
