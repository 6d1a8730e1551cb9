import type {HomeView, Path, StoredCollection, StoredResource} from '../store/store.ts';
import {printSegment, type Segments} from './href.ts';
import type {DavContext, Kind, Protocol, Resource} from './tables.ts';

/** A home, or whatever lies in one. */
export type Home = Resource & {readonly view: HomeView};

/** Where a URL leads. */
export interface Location {
  readonly target: Resource | undefined;
  /** The collection it lies in; undefined: not there. */
  readonly parent: Resource | undefined;
  /** The target, or what exists closest above it. */
  readonly nearest: Resource;
  /** The home it is in or would be in, and its path there. */
  readonly home: Home | undefined;
  readonly path: Path | undefined;
}

/** A home on the way to what a path names, and the names that lead on from there. */
export interface WithinHome {
  readonly home: Home;
  readonly names: Segments;
}

/** Finds what a path names by the kinds' patterns and, within a home, by what the store holds. */
export async function locate(segments: Segments, context: DavContext): Promise<Location> {
  const reached = await reach(segments, context);
  return 'names' in reached ? locateInHome(reached.home, reached.names, context) : reached;
}

/** The same as far as the kinds' patterns go: of what lies in a home, the home. */
export async function reach(segments: Segments, context: DavContext): Promise<Location | WithinHome> {
  const {patterns} = tablesOf(context.protocol);
  for (let length = Math.min(segments.length, patterns.length - 1); length >= 0; length--) {
    for (const {kind, parts} of patterns[length] ?? []) {
      const params = match(parts, segments);
      const found = params && (await kind.find?.(params, context));
      if (!found) continue;
      if (found.view) return {home: found as Home, names: segments.slice(length)};
      const target = length === segments.length ? found : undefined;
      const parent = length === segments.length - 1 ? found : undefined;
      return {target, parent, nearest: found, home: undefined, path: undefined};
    }
  }
  throw new Error('no kind is found at the root');
}

/** What the names lead to from a home; the home's `view` may be a unit of work. */
export function locateInHome(home: Home, names: Segments, context: DavContext): Location {
  let at: Resource = asSeen(inOpenUnit(home, context), context);
  const {view} = at;
  let parent: Resource | undefined;
  let path = '';
  for (const [index, name] of names.entries()) {
    path = path ? `${path}/${name}` : name;
    const stored = at.stored?.collection && !at.kind.concealsMembers ? view!.find(path) : undefined;
    if (!stored) {
      const above = index === names.length - 1 && at.stored?.collection ? at : undefined;
      return {target: undefined, parent: above, nearest: at, home, path: names.join('/')};
    }
    parent = at;
    at = memberOf(at, stored, context);
  }
  return {target: at, parent, nearest: at, home, path};
}

/** A home as the unit of work sees it that is open on it. */
function inOpenUnit(home: Home, {unit}: DavContext): Home {
  if (unit?.home !== home.view.home) return home;
  const {kind, href, owner} = home;
  return {kind, href, owner, view: unit, stored: unit.find('')};
}

/** Others than the owner are given the home as he lets them see it. */
function asSeen(home: Home, {limits, isTrusted}: DavContext): Home {
  const {kind, view} = home;
  return limits.privateEvents && kind.veil && !isTrusted(home) ? {...home, view: kind.veil(view)} : home;
}

/** The resource that a member of a collection in a home is. */
export function memberOf(collection: Resource, stored: StoredResource, {protocol}: {protocol: Protocol}): Resource {
  const name = stored.path.slice(stored.path.lastIndexOf('/') + 1);
  return {
    kind: kindOf(stored, collection.kind, protocol),
    href: `${collection.href}${printSegment(name)}${stored.collection ? '/' : ''}`,
    owner: collection.owner,
    within: collection,
    view: collection.view,
    stored,
  };
}

/** What lies in a collection, in a home or outside. */
export function membersOf(collection: Resource, context: DavContext): Iterable<Resource> | AsyncIterable<Resource> {
  if (!collection.stored) return collection.kind.members?.(collection, context) ?? [];
  return collection.stored.collection ? storedMembers(collection, collection.stored.path, context) : [];
}

function* storedMembers(collection: Resource, path: Path, context: DavContext): Iterable<Resource> {
  if (collection.kind.concealsMembers) return;
  for (const stored of collection.view!.members(path)) yield memberOf(collection, stored, context);
}

/** The resource that lies somewhere below a collection in a home; undefined: what it lay in has gone meanwhile, or conceals it. */
export function descendantOf(collection: Resource, stored: StoredResource, context: DavContext): Resource | undefined {
  const below = collection.stored?.path ? stored.path.slice(collection.stored.path.length + 1) : stored.path;
  let at = collection;
  const names = below.split('/');
  for (const name of names.slice(0, -1)) {
    const path = at.stored?.path ? `${at.stored.path}/${name}` : name;
    const between = collection.view!.find(path) as StoredCollection | undefined;
    if (!between) return undefined;
    at = memberOf(at, between, context);
  }
  return at.kind.concealsMembers ? undefined : memberOf(at, stored, context);
}

function kindOf(stored: StoredResource, parent: Kind, protocol: Protocol): Kind {
  for (const kind of tablesOf(protocol).storedKinds) if (kind.stored!(stored, parent)) return kind;
  throw new Error(`no kind is declared for ${stored.path}`);
}

interface Tables {
  /** By number of segments. */
  readonly patterns: readonly (readonly {kind: Kind; parts: readonly string[]}[])[];
  readonly storedKinds: readonly Kind[];
}

const compiled = new WeakMap<Protocol, Tables>();

function tablesOf(protocol: Protocol): Tables {
  let tables = compiled.get(protocol);
  if (!tables) {
    const patterns: {kind: Kind; parts: readonly string[]}[][] = [];
    for (const kind of protocol.kinds.toReversed()) {
      if (kind.pattern === undefined) continue;
      const parts = kind.pattern.split('/').filter(part => part !== '');
      patterns[parts.length] ??= [];
      patterns[parts.length]!.push({kind, parts});
    }
    tables = {patterns, storedKinds: protocol.kinds.filter(kind => kind.stored).toReversed()};
    compiled.set(protocol, tables);
  }
  return tables;
}

function match(parts: readonly string[], segments: Segments): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = segments[index]!;
    else if (part !== segments[index]) return undefined;
  }
  return params;
}
