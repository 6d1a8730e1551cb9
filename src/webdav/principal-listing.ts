import {printPath} from './href.ts';
import {principal, principalsOfType} from './kinds/principal.ts';
import {membersOf} from './locate.ts';
import {allPrincipals} from './principals.ts';
import type {DavContext, Resource} from './tables.ts';

/** The principals of one type for a collection of them; all, by GUID, below anything else or where `everywhere` asks for it. */
export async function* principalsBelow(target: Resource, everywhere: boolean, context: DavContext): AsyncIterable<Resource> {
  if (target.kind === principalsOfType && !everywhere) yield* membersOf(target, context);
  else {
    for (const owner of allPrincipals(context.directory)) {
      yield {kind: principal, owner, href: printPath(['principals', '__uids__', owner.guid], true)};
    }
  }
}
