import {breathe} from '../../base/breathe.ts';
import {dav} from '../../xml/names.ts';
import {type Depth, parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {membersOf} from '../locate.ts';
import {multistatus} from '../multistatus.ts';
import {propfindFiniteDepth} from '../preconditions.ts';
import {parsePrefer} from '../prefer.ts';
import {printResponse, type Wanted} from '../propstat.ts';
import type {DavContext, DavRequest, Method, Resource} from '../tables.ts';
import {parsePropfind} from '../wanted.ts';

/** RFC 4918 §9.1. */
export const propfind: Method = {
  name: 'PROPFIND',
  mapped: dav('read'),
  writes: false,
  handle(request) {
    const target = request.target!;
    const prefer = parsePrefer(request.http);
    const wanted = {...parsePropfind(request.xml()), minimal: prefer.return === 'minimal'};
    const depth = parseDepth(request.http, 'infinity');
    const isBounded = target.stored ? target.stored.path !== '' : target.kind.members === undefined;
    if (depth === 'infinity' && !isBounded) throw new DavError(propfindFiniteDepth);
    return multistatus(responses(target, depth, prefer.noRoot, wanted, request), {headers: prefer.applied});
  },
};

/** A response for the resource and for what lies below it, as far as the client may read it. */
function* responses(target: Resource, depth: Depth, noRoot: boolean, wanted: Wanted, context: DavRequest): Responses {
  if (depth === '0' || !noRoot) yield printResponse(target, wanted, context);
  if (depth === '0') return;
  if (target.stored) yield* inHome(target, depth === 'infinity', wanted, context);
  else yield outsideHomes(target, wanted, context);
}

type Responses = Iterable<string | Promise<string>>;

function* inHome(target: Resource, deep: boolean, wanted: Wanted, context: DavContext): Responses {
  for (const member of membersOf(target, context) as Iterable<Resource>) {
    if (!context.may(dav('read'), member)) continue;
    yield printResponse(member, wanted, context);
    if (deep) yield* inHome(member, deep, wanted, context);
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
