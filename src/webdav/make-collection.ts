import type {HttpResponse} from '../http/message.ts';
import {type Element, element, isElement} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {declarations, printNode, prolog} from '../xml/print.ts';
import {allowed} from './allow.ts';
import {DavError} from './error.ts';
import {printSegment} from './href.ts';
import {xmlType} from './multistatus.ts';
import {validResourcetype} from './preconditions.ts';
import {parsePrefer} from './prefer.ts';
import {requireCount, requireName, requirePropertyRoom} from './room.ts';
import {type Instruction, planProperties, printChanges} from './set-properties.ts';
import type {DavRequest, Kind, Resource} from './tables.ts';

/** What a request makes. */
export interface Making {
  /** The kind to make unless the instructions name another by DAV:resourcetype; */
  readonly kind: Kind;
  /** properties to set, as `parseInstructions` gives them; */
  readonly instructions: readonly Instruction[];
  /** where the client gave none: what they start with; */
  readonly initial?: readonly Element[];
  /** and the root of the answer if one of them is refused: `DAV:mkcol-response`, or `DAV:multistatus` for MKCALENDAR. */
  readonly answer: Name;
}

/** MKCOL (RFC 4918 §9.3, RFC 5689) and whatever else makes a collection: all of it, or nothing. */
export function makeCollection(request: DavRequest, making: Making): HttpResponse {
  const {target, parent, path, txn, protocol} = request;
  if (target) throw new DavError(405, {message: 'Something is there already.', headers: {allow: allowed(request, protocol)}});
  if (!parent || path === undefined) throw new DavError(409, {message: 'The collection it would lie in is not there.'});
  const asked = making.instructions.find(({name}) => name === dav('resourcetype'))?.value;
  const kind = asked ? findMakeable(asked, protocol.kinds) : making.kind;
  const types = (kind ?? making.kind).resourcetype.filter(type => type !== dav('collection'));
  const name = path.slice(path.lastIndexOf('/') + 1);
  requireName(name, request);
  requireCount(parent, request);
  if (kind) parent.kind.admitCollection?.(types, {parent, view: txn, path}, request);
  const resource: Resource = {
    kind: kind ?? making.kind,
    href: `${parent.href}${printSegment(name)}/`,
    owner: parent.owner,
    within: parent,
    view: txn,
  };
  const given = making.instructions.filter(instruction => instruction.name !== dav('resourcetype'));
  const names = new Set(given.map(instruction => instruction.name));
  const rest = (making.initial ?? []).filter(each => !names.has(each.name)).map(value => ({name: value.name, value}));
  const changes = planProperties([...given, ...rest], resource, request, true);
  requirePropertyRoom(undefined, changes.values, parent, request);
  const refused = new Map(changes.refused);
  if (!kind) refused.set(dav('resourcetype'), new DavError(validResourcetype));
  if (refused.size > 0) {
    return refusal(making, resource, {...changes, refused, names: making.instructions.map(each => each.name)});
  }
  const properties = new Map([...changes.values].filter((entry): entry is [Name, string] => entry[1] !== undefined));
  txn.createCollection(path, types, properties);
  return {status: 201, headers: parsePrefer(request.http).applied};
}

/** The kind whose types are just those asked for. */
function findMakeable(resourcetype: Element, kinds: readonly Kind[]): Kind | undefined {
  const asked = new Set(resourcetype.children.filter(isElement).map(type => type.name));
  return kinds.find(
    kind => kind.makeable && kind.resourcetype.length === asked.size && kind.resourcetype.every(type => asked.has(type)),
  );
}

/**
 * Which properties it was. RFC 5689 §3: with the status of the first refusal; RFC 4791 §5.3.1: as a multistatus of the one resource
 * that was not made.
 */
function refusal({answer}: Making, {href}: Resource, changes: Parameters<typeof printChanges>[0]): HttpResponse {
  const [first] = changes.refused.values();
  const propstats = {raw: printChanges(changes)};
  const multistatus = answer === dav('multistatus');
  const content = multistatus ? element(dav('response'), element(dav('href'), href), propstats) : propstats;
  return {
    status: multistatus ? 207 : first!.status,
    headers: {'content-type': xmlType},
    body: prolog + printNode(element(answer, content), declarations),
  };
}
