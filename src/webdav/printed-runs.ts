import {shares} from '../base/memory.ts';
import type {StoredObject, StoredResource} from '../store/store.ts';
import {memberOf} from './locate.ts';
import {MadeOnce} from './made-once.ts';
import {lastingShape, printResponse, rememberedResponse, type Wanted} from './propstat.ts';
import type {DavContext, Protocol, Resource} from './tables.ts';

/** Objects that follow each other in a collection, and their responses as one text. */
interface Run {
  readonly members: readonly StoredResource[];
  readonly text: string;
}

const mostMembers = 64;

/**
 * The responses of a collection's members, in order, for one who may read them all. Those of objects are remembered by the run, with its
 * first: a member that has changed is another object, so that its run alone is put together anew.
 */
export function* printMembers(
  collection: Resource,
  members: readonly StoredResource[],
  wanted: Wanted,
  context: DavContext,
): Iterable<string | Promise<string>> {
  const {protocol} = context;
  const runs = runsOf(protocol);
  let begun: {readonly shape: string; readonly from: number; text: string} | undefined;
  const end = (at: number) => {
    if (begun) runs.set(begun.shape, members[begun.from] as StoredObject, {...begun, members: members.slice(begun.from, at)});
    begun = undefined;
  };
  for (let at = 0; at < members.length; at++) {
    const stored = members[at]!;
    const member = memberOf(collection, stored, context);
    const shape = stored.collection ? undefined : lastingShape(member, wanted, context);
    const known = shape === undefined ? undefined : runs.get(shape, stored as StoredObject);
    if (known && isAt(at, known, members)) {
      end(at);
      yield known.text;
      at += known.members.length - 1;
      continue;
    }
    const printed = printResponse(member, wanted, context);
    yield printed;
    // One that failed is tried again.
    const kept = shape === undefined ? undefined : rememberedResponse(shape, stored as StoredObject, protocol);
    if (kept === undefined || begun?.shape !== shape || at - begun!.from === mostMembers) end(at);
    if (kept === undefined) continue;
    begun ??= {shape: shape!, from: at, text: ''};
    begun.text += kept;
  }
  end(members.length);
}

function isAt(from: number, {members}: Run, all: readonly StoredResource[]): boolean {
  for (let at = 0; at < members.length; at++) if (members[at] !== all[from + at]) return false;
  return true;
}

const made = new WeakMap<Protocol, MadeOnce<Run>>();

function runsOf(protocol: Protocol): MadeOnce<Run> {
  let runs = made.get(protocol);
  if (!runs) {
    runs = new MadeOnce(shares.printedRunsBytes, ({text}) => text.length);
    made.set(protocol, runs);
  }
  return runs;
}
