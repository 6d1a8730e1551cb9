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
    const isBounded = target.stored !== undefined && target.stored.path !== '';
    if (depth === 'infinity' && !isBounded) throw new DavError(propfindFiniteDepth);
    return multistatus(responses(target, depth, wanted, request), {headers: prefer.applied});
  },
};

/** A response for the resource and for what lies below it, as far as the client may read it. */
function responses(target: Resource, depth: Depth, wanted: Wanted, context: DavRequest) {
  if (depth === '0') return [printResponse(target, wanted, context)];
  if (!target.stored) return outsideHomes(target, wanted, context);
  return inHome(target, depth, wanted, context);
}

function* inHome(target: Resource, depth: Depth, wanted: Wanted, context: DavContext): Iterable<string | Promise<string>> {
  yield printResponse(target, wanted, context);
  if (depth === '0') return;
  const below = depth === '1' ? '0' : depth;
  for (const member of membersOf(target, context) as Iterable<Resource>) {
    if (context.may(dav('read'), member)) yield* inHome(member, below, wanted, context);
  }
}

async function* outsideHomes(target: Resource, wanted: Wanted, context: DavContext): AsyncIterable<string> {
  yield await printResponse(target, wanted, context);
  for await (const member of membersOf(target, context)) {
    if (context.may(dav('read'), member)) yield await printResponse(member, wanted, context);
  }
}
