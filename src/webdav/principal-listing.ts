import {breathe} from '../base/breathe.ts';
import type {Element} from '../xml/element.ts';
import {dav} from '../xml/names.ts';
import {DavError} from './error.ts';
import {printPath} from './href.ts';
import {principal, principalsOfType} from './kinds/principal.ts';
import {membersOf} from './locate.ts';
import {multistatus, printStatus} from './multistatus.ts';
import {limitOf} from './nresults.ts';
import {numberOfMatchesWithinLimits} from './preconditions.ts';
import {parsePrefer} from './prefer.ts';
import {allPrincipals} from './principals.ts';
import {printResponse} from './propstat.ts';
import type {DavContext, DavRequest, Report, Resource} from './tables.ts';
import {wantedIn} from './wanted.ts';

/** The principals of one type for a collection of them; all, by GUID, below anything else or where `everywhere` asks for it. */
export async function* principalsBelow(target: Resource, everywhere: boolean, context: DavContext): AsyncIterable<Resource> {
  if (target.kind === principalsOfType && !everywhere) yield* membersOf(target, context);
  else {
    for (const owner of allPrincipals(context.directory)) {
      yield {kind: principal, owner, href: printPath(['principals', '__uids__', owner.guid], true)};
    }
  }
}

/** More than any picker shows; with more matches the answer is cut and says so. */
const maxMatches = 500;

/** Answers a search: those of the principals that match, with the properties that the body asks for. */
export function findPrincipals(
  body: Element,
  request: DavRequest & {target: Resource},
  everywhere: boolean,
  matches: (principal: Resource) => boolean | Promise<boolean>,
): ReturnType<Report['run']> {
  const prefer = parsePrefer(request.http);
  const wanted = wantedIn(body, request.http);
  const most = Math.min(limitOf(body) ?? maxMatches, maxMatches);

  async function* responses(): AsyncIterable<string> {
    let count = 0;
    for await (const found of principalsBelow(request.target, everywhere, request)) {
      await breathe();
      if (!request.may(dav('read'), found) || !(await matches(found))) continue;
      if (++count > most) {
        yield printStatus(request.target.href, new DavError(numberOfMatchesWithinLimits));
        return;
      }
      yield await printResponse(found, wanted, request);
    }
  }
  return multistatus(responses(), {headers: prefer.applied});
}
