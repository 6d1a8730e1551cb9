import {shares} from '../base/memory.ts';
import type {StoredObject} from '../store/store.ts';
import {type Element, element, type Node} from '../xml/element.ts';
import {dav, localOf, type Name, namespaceOf} from '../xml/names.ts';
import {escapeText, printNode} from '../xml/print.ts';
import {DavError} from './error.ts';
import {MadeOnce} from './made-once.ts';
import type {DavContext, Kind, LiveProperty, PropertyContext, Protocol, Resource, Value} from './tables.ts';

/** Which properties an answer gives of each resource. */
export interface Wanted {
  /** `prop`: those of `names`; `allprop`: these and all that are listed by DAV:allprop; `propname`: the names of all. */
  readonly how: 'prop' | 'allprop' | 'propname';
  readonly names: readonly Name[];
  /** The elements that ask for more than a name does, by their names; undefined: none do. */
  readonly asked?: ReadonlyMap<Name, Element> | undefined;
  /** Prefer: return=minimal (RFC 8144 §2.1): say nothing of properties that are not there. */
  readonly minimal?: boolean;
  /** Answers that a report gives in place of the tables' (`calendar-data`); undefined: as the tables say. */
  own?(name: Name, resource: Resource): Value | undefined | Promise<Value | undefined>;
  /** All that these follow from beside the object: then what was printed is given again. Undefined, where there are some: it is not, */
  readonly shape?: string | undefined;
  /** nor where this says that the object may be another by now. */
  stands?(resource: Resource): boolean;
}

/** The live properties of a kind. */
export function livePropertiesOf(kind: Kind, protocol: Protocol): ReadonlyMap<Name, LiveProperty> {
  let kinds = tables.get(protocol);
  if (!kinds) {
    kinds = new Map();
    tables.set(protocol, kinds);
  }
  let rows = kinds.get(kind);
  if (!rows) {
    const mine = protocol.properties.filter(table => table.kinds === 'all' || table.kinds.includes(kind));
    rows = new Map(mine.flatMap(table => table.rows.map(row => [row.name, row] as const)));
    kinds.set(kind, rows);
  }
  return rows;
}

const tables = new WeakMap<Protocol, Map<Kind, ReadonlyMap<Name, LiveProperty>>>();

/**
 * A DAV:response with the propstats of one resource (RFC 4918 §9.1), printed. At once where every property is at hand, so that a long
 * listing does not wait once for each member; and of an object once, where that will do.
 */
export function printResponse(
  resource: Resource,
  wanted: Wanted,
  context: DavContext,
  href = resource.href,
): string | Promise<string> {
  const {protocol} = context;
  const live = livePropertiesOf(resource.kind, protocol);
  const object = resource.stored?.collection === false && href === resource.href ? resource.stored : undefined;
  const shape = object && shapeOf(resource, wanted, live);
  const remembered = shape === undefined ? undefined : printedOf(protocol);
  const known = remembered?.get(shape!, object!);
  if (known !== undefined && (wanted.stands?.(resource) ?? true)) return known;
  const print = (names: readonly Name[], found: readonly Found[]) => {
    const told = wanted.minimal || wanted.how === 'propname' ? [] : wanted.names;
    const inner = printGroups(names, found, wanted.how === 'propname', told);
    const printed = `<D:response><D:href>${escapeText(href)}</D:href>${inner}</D:response>`;
    if (!found.some(value => value instanceof DavError)) remembered?.set(shape!, object!, inOnePiece(printed));
    return printed;
  };
  const names = wanted.how === 'prop' ? wanted.names : namesOf(resource, wanted, live);
  const values = findValues(names, resource, wanted, context, live);
  return values instanceof Promise ? values.then(found => print(names, found)) : print(names, values);
}

/** What the response of an object follows from beside the object itself; undefined: it may be another each time. */
export function lastingShape(resource: Resource, wanted: Wanted, {protocol}: DavContext): string | undefined {
  return wanted.stands ? undefined : shapeOf(resource, wanted, livePropertiesOf(resource.kind, protocol));
}

/** The response of an object where it was printed in this shape already, and nothing failed. */
export function rememberedResponse(shape: string, object: StoredObject, protocol: Protocol): string | undefined {
  return printedOf(protocol).get(shape, object);
}

const printed = new WeakMap<Protocol, MadeOnce<string>>();

function printedOf(protocol: Protocol): MadeOnce<string> {
  let remembered = printed.get(protocol);
  if (!remembered) {
    remembered = new MadeOnce(shares.printedBytes, text => text.length);
    printed.set(protocol, remembered);
  }
  return remembered;
}

/** Strings that are put together keep all their parts, and take up more: to look into one makes it one piece. */
function inOnePiece(text: string): string {
  return text.charCodeAt(0) > 0 ? text : '';
}

interface Shape extends Pick<Resource, 'within' | 'kind'> {
  readonly shape: string | undefined;
}

/** Of the member that a listing came to last: the others' are the same mostly. */
const shapes = new WeakMap<Wanted, Shape>();

/** All that the printed response follows from beside the object itself; undefined: it may be another each time. */
function shapeOf({within, kind}: Resource, wanted: Wanted, live: ReadonlyMap<Name, LiveProperty>): string | undefined {
  const last = shapes.get(wanted);
  if (last && last.within === within && last.kind === kind) return last.shape;
  const {how, names, asked, minimal, own, shape: ownShape} = wanted;
  // What is no live property is in what is stored, or nowhere.
  const isLasting =
    how === 'prop' && (!own || ownShape !== undefined) && names.every(name => live.get(name)?.lasting ?? !live.has(name));
  const shape =
    isLasting && within
      ? JSON.stringify([within.href, kind.name, minimal, ownShape, names, asked && [...asked.values()]])
      : undefined;
  shapes.set(wanted, {within, kind, shape});
  return shape;
}

/** A value, or why there is none. */
type Found = Value | undefined | DavError;

function findValues(
  names: readonly Name[],
  resource: Resource,
  wanted: Wanted,
  context: DavContext,
  live: ReadonlyMap<Name, LiveProperty>,
): Found[] | Promise<Found[]> {
  // A row of a kind that lies in no home does not look at `stored`.
  const of: PropertyContext = {resource, stored: resource.stored!, context};
  let waiting = false;
  const values = names.map(name => {
    const value = findValue(name, of, wanted, live);
    if (value instanceof Promise) waiting = true;
    return value;
  });
  return waiting ? Promise.all(values) : (values as Found[]);
}

function namesOf(resource: Resource, {how, names}: Wanted, live: ReadonlyMap<Name, LiveProperty>): Name[] {
  const all = new Set<Name>();
  for (const [name, row] of live) if (how === 'propname' || row.allprop !== false) all.add(name);
  for (const name of resource.stored?.properties.keys() ?? []) if (!live.has(name)) all.add(name);
  for (const name of names) all.add(name);
  return [...all];
}

function findValue(
  name: Name,
  of: PropertyContext,
  wanted: Wanted,
  live: ReadonlyMap<Name, LiveProperty>,
): Found | Promise<Found> {
  const refuse = (error: unknown) => refusalFor(error, name, of);
  try {
    const own = wanted.own?.(name, of.resource);
    const asked = wanted.asked?.get(name);
    const so = asked ? {...of, asked} : of;
    if (own instanceof Promise) return own.then(value => value ?? fromTables(name, so, live)).catch(refuse);
    return own ?? fromTables(name, so, live);
  } catch (error) {
    return refuse(error);
  }
}

function fromTables(name: Name, of: PropertyContext, live: ReadonlyMap<Name, LiveProperty>): Found | Promise<Found> {
  const row = live.get(name);
  if (!row) {
    const dead = of.stored?.properties.get(name);
    return dead === undefined ? undefined : {raw: dead};
  }
  const value = row.get(of);
  return value instanceof Promise ? value.catch(error => refusalFor(error, name, of)) : value;
}

/** A fault in one property is that property's 500: the listing goes on without it. */
function refusalFor(error: unknown, name: Name, {resource, context}: PropertyContext): DavError {
  if (error instanceof DavError) return error;
  context.log.error({err: error, property: name, href: resource.href}, 'a property could not be worked out');
  return new DavError(500);
}

/** `told`: of which the answer says that they are not there; all, where it is `names` itself. */
function printGroups(names: readonly Name[], values: readonly Found[], onlyNames: boolean, told: readonly Name[]): string {
  let found = '';
  let missing = '';
  const refused = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value === undefined) {
      if (told === names || told.includes(name)) missing += printProperty(name, '');
    } else if (value instanceof DavError) {
      const key = statusOf(value);
      refused.set(key, (refused.get(key) ?? '') + printProperty(name, ''));
    } else found += printProperty(name, onlyNames ? '' : value);
  }
  let printed = found || !(missing || refused.size > 0) ? printPropstat(found, statusLine(200)) : '';
  if (missing) printed += printPropstat(missing, statusLine(404));
  for (const [key, properties] of refused) printed += printPropstat(properties, key);
  return printed;
}

/** A DAV:propstat of properties already printed; `status` is what follows DAV:prop. */
export function printPropstat(properties: string, status: string): string {
  return `<D:propstat><D:prop>${properties}</D:prop>${status}</D:propstat>`;
}

/** The DAV:status of a refusal, DAV:error where there is a condition, and for people what was said (RFC 4918 §14.25). */
export function statusOf(refusal: DavError): string {
  const condition = refusal.condition ? printNode(element(dav('error'), element(refusal.condition, ...refusal.content))) : '';
  const isSaid = refusal.message !== String(refusal.status) && refusal.message !== refusal.condition;
  const said = isSaid ? `<D:responsedescription>${escapeText(refusal.message)}</D:responsedescription>` : '';
  return statusLine(refusal.status) + condition + said;
}

/** A DAV:status element. */
export function statusLine(status: number): string {
  return `<D:status>HTTP/1.1 ${status} ${reasons[status] ?? 'Unknown'}</D:status>`;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  415: 'Unsupported Media Type',
  423: 'Locked',
  424: 'Failed Dependency',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  507: 'Insufficient Storage',
};

/** One property with its value; `''`: an empty element. */
function printProperty(name: Name, value: Value): string {
  if (typeof value === 'object' && 'raw' in value) return value.raw;
  const [start, end] = tagsOf(name);
  if (value === '') return `<${start}/>`;
  if (typeof value === 'string' || !Array.isArray(value)) return `<${start}>${printNode(value as Node)}</${end}>`;
  const inner = (value as readonly Node[]).map(node => printNode(node)).join('');
  return inner ? `<${start}>${inner}</${end}>` : `<${start}/>`;
}

/** The tags of well-known names, made once. What a client may send without end is not remembered. */
const tags = new Map<Name, readonly [start: string, end: string]>();

function tagsOf(name: Name): readonly [start: string, end: string] {
  let pair = tags.get(name);
  if (!pair) {
    const start = printNode(element(name)).slice(1, -2);
    const end = /^[^\s]+/.exec(start)![0];
    pair = [start, end];
    if (tags.size < 1000 && namespaceOf(name).length + localOf(name).length < 200) tags.set(name, pair);
  }
  return pair;
}
