import {breathe} from '../base/breathe.ts';
import {dav} from '../xml/names.ts';
import {DavError} from './error.ts';
import type {DavContext, Resource} from './tables.ts';

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

/** Whether one of the lists holds. There are no locks, so that no state token is ever any resource's. Throws DavError 412 if none does. */
export async function requireIf(
  header: string | string[] | undefined,
  target: Resource | undefined,
  context: DavContext,
): Promise<void> {
  if (header === undefined) return;
  for (const {resource, conditions} of parseIf(String(header))) {
    await breathe();
    const named = resource === undefined ? target : await context.locate(resource);
    const of = named && context.may(dav('read'), named) ? named : undefined;
    const etag = of?.stored?.collection === false ? `"${of.stored.etag}"` : undefined;
    if (conditions.every(({not, etag: asked}) => (asked !== undefined && asked === etag) !== not)) return;
  }
  throw new DavError(412, {message: 'It is not as the If header says.'});
}
