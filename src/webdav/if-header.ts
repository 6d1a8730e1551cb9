import {breathe} from '../base/breathe.ts';
import {dav} from '../xml/names.ts';
import {findLocation} from './context.ts';
import {entityTag} from './entity-tag.ts';
import {DavError} from './error.ts';
import type {Location} from './locate.ts';
import {covering} from './locks/lock-scope.ts';
import {printSyncToken} from './sync-token.ts';
import type {DavContext} from './tables.ts';

/** One condition within a list: a state token or an entity tag, and whether it must not hold. */
export interface Condition {
  readonly not: boolean;
  /** As sent, quotes included; undefined: a state token. */
  readonly etag: string | undefined;
  /** A state token: a lock's URI, `DAV:no-lock`. */
  readonly token: string | undefined;
}

/** Conditions that must hold together; `resource` undefined: of the request's own URL. */
export interface List {
  readonly resource: string | undefined;
  readonly conditions: readonly Condition[];
}

/** RFC 4918 §10.4: the lists of an If header, of which one must hold. Throws DavError 400. */
export function parseIf(header: string): List[] {
  const lists: List[] = [];
  let resource: string | undefined;
  let rest = header.trim();
  while (rest !== '') {
    const tag = /^<([^<>]*)>\s*/.exec(rest);
    if (tag) {
      if (lists.length > 0 && resource === undefined) throw malformed();
      resource = tag[1]!;
      rest = rest.slice(tag[0].length);
    }
    const list = /^\(((?:[^()"<>]|"[^"]*"|<[^<>]*>)*)\)\s*/.exec(rest);
    if (!list) throw malformed();
    lists.push({resource, conditions: parseConditions(list[1]!)});
    rest = rest.slice(list[0].length);
  }
  if (lists.length === 0) throw malformed();
  return lists;
}

function parseConditions(inside: string): Condition[] {
  const conditions: Condition[] = [];
  let rest = inside.trim();
  while (rest !== '') {
    const found = /^(not\s*)?(?:<([^<>]*)>|\[\s*((?:W\/)?"[^"]*")\s*\])\s*/i.exec(rest);
    if (!found) throw malformed();
    conditions.push({not: found[1] !== undefined, token: found[2], etag: found[3]});
    rest = rest.slice(found[0].length);
  }
  if (conditions.length === 0) throw malformed();
  return conditions;
}

function malformed(): DavError {
  return new DavError(400, {message: 'The If header cannot be understood.'});
}

/** RFC 4918 §10.4.1: a state token is submitted by appearing anywhere in the header, whatever is said of it. */
export function submittedTokens(header: string | string[] | undefined): ReadonlySet<string> {
  if (header === undefined) return new Set();
  return new Set(parseIf(String(header)).flatMap(({conditions}) => conditions.flatMap(({token}) => token ?? [])));
}

/** Whether one of the lists holds; those that name no resource are about the request's own. Throws DavError 412 if none does. */
export async function requireIf(header: string | string[] | undefined, location: Location, context: DavContext): Promise<void> {
  if (header === undefined) return;
  for (const {resource, conditions} of parseIf(String(header))) {
    await breathe();
    const state = stateOf(String(header), resource === undefined ? location : await findLocation(resource, context), context);
    if (conditions.every(({not, etag, token}) => state.has(token ?? etag!) !== not)) return;
  }
  throw new DavError(412, {message: 'It is not as the If header says.'});
}

/** CalendarServer's bulk changes §6: with the CTag after it, a state token of a collection. */
export const ctagPrefix = 'http://me.com/_namespace/ctag/';

/** The tags and tokens of what a URL names, and those of the locks that cover it, also where it is free. Who may not read it sees none. */
function stateOf(header: string, location: Location | undefined, context: DavContext): ReadonlySet<string> {
  const state = new Set<string>();
  if (!location || !context.may(dav('read'), location.target ?? location.nearest)) return state;
  const {target, nearest, path} = location;
  if (target?.stored?.collection === false) state.add(`"${target.stored.etag}"`);
  // Looked at only where it is asked for: a unit of work that knows it runs again when anything below changes.
  if (target?.stored?.collection && header.includes('["r')) state.add(`"${entityTag(target.stored)}"`);
  if (target?.stored?.collection && header.includes(ctagPrefix)) state.add(ctagPrefix + target.stored.revision);
  if (target?.stored?.collection && header.includes('<data:,')) state.add(printSyncToken(target.stored.revision)); // RFC 6578 §5
  if (path !== undefined) for (const {token} of covering(nearest.view?.locks() ?? [], path)) state.add(token);
  return state;
}
