import {child, type Element, elements, text} from '../../xml/element.ts';
import {dav, mobileme, type Name} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {parsePath, pathOfHref} from '../href.ts';
import {type Location, memberOf} from '../locate.ts';
import {requireUnlocked} from '../locks/locks.ts';
import {requireNotWithheld, requirePrivilege} from '../privileges.ts';
import {statusLine} from '../propstat.ts';
import {requirePropertyRoom} from '../room.ts';
import {scheduleRemoval} from '../schedule.ts';
import {type Instruction, parseInstructions, planProperties, printChanges} from '../set-properties.ts';
import {type StoredFile, storeBytes} from '../store-file.ts';
import type {DavContext, DavRequest, Resource} from '../tables.ts';
import {newName} from './create.ts';
import type {BulkFormat} from './format.ts';
import {printFailure, printResponse, printStored} from './response.ts';
import {fileAt} from './staged.ts';
import type {BulkTarget} from './target.ts';

/** §4: does what one MM:resource says, a create, an update or a delete, and answers its DAV:response. */
export async function changeOne(change: Element, target: BulkTarget, request: DavRequest): Promise<string> {
  const named = child(change, dav('href'));
  const href = named ? text(named).trim() : '';
  try {
    const asked = parseChange(change, target.format);
    const member = named && requireMember(href, target, request);
    if (member) requireChangeable(change, asked, member, target, request);
    if (asked !== 'deletion') return await store(asked, member, target, request);
    if (!member) throw new DavError(400, {message: 'What is to be deleted has a DAV:href.'});
    await scheduleRemoval(member, request.http.headers, request);
    target.unit.delete(member.stored!.path);
    return printResponse(href, statusLine(200));
  } catch (error) {
    if (error instanceof DavError)
      return printFailure(href, error, named ? undefined : await uidIn(change, target.format, request));
    throw error;
  }
}

/** What to store: data, properties to set, or both. */
interface Content {
  readonly data: Element | undefined;
  readonly instructions: readonly Instruction[];
}

function parseChange(change: Element, format: BulkFormat): 'deletion' | Content {
  if (child(change, mobileme('delete'))) return 'deletion';
  const data = dataOf(change, format.data);
  const instructions = parseInstructions(change).filter(({name}) => name !== format.data);
  if (data || instructions.length > 0) return {data, instructions};
  throw new DavError(400, {message: 'A change has data to store, properties to set, or says that it deletes.'});
}

/** The member of the collection that an href names. Throws DavError 403 for what lies elsewhere, 404 for what is not there. */
function requireMember(href: string, {collection, unit}: BulkTarget, context: DavContext): Resource {
  const path = pathOfHref(href, context.hosts);
  const names = path === undefined ? [] : parsePath(path);
  const above = parsePath(collection.href);
  if (names.length !== above.length + 1 || !above.every((name, at) => name === names[at])) {
    throw new DavError(403, {message: 'A bulk change is of members of the collection that it is sent to.'});
  }
  const found = unit.find([collection.stored!.path, names.at(-1)!].filter(part => part !== '').join('/'));
  if (!found) requirePrivilege(dav('read'), collection, context);
  if (!found || found.collection) throw new DavError(404, {message: 'There is nothing here.'});
  return memberOf(collection, found, context);
}

/** As with a request for one member: who may not change it is told of neither its ETag nor its locks. Throws DavError. */
function requireChangeable(
  change: Element,
  asked: ReturnType<typeof parseChange>,
  member: Resource,
  {collection}: BulkTarget,
  request: DavRequest,
): void {
  if (asked === 'deletion') {
    requirePrivilege(dav('unbind'), collection, request);
    requireNotWithheld(member, request);
  } else {
    if (asked.data) requirePrivilege(dav('write-content'), member, request);
    if (asked.instructions.length > 0) requirePrivilege(dav('write-properties'), member, request);
  }
  requireMatch(change, member);
  const location: Location = {target: member, parent: collection, nearest: member, home: undefined, path: member.stored!.path};
  requireUnlocked(location, asked === 'deletion' ? 'tree' : 'itself', request.http, request);
}

/** §7.3. Throws DavError 412. */
function requireMatch(change: Element, {stored}: Resource): void {
  const ifMatch = child(change, mobileme('if-match'));
  const etag = ifMatch && child(ifMatch, dav('getetag'));
  if (!ifMatch || (etag && stored?.collection === false && text(etag).trim() === `"${stored.etag}"`)) return;
  throw new DavError(412, {message: 'It is not as the change says.'});
}

/** §4.1 and §4.2: data, properties, or both; nothing where one of them is refused. */
async function store(
  {data, instructions}: Content,
  member: Resource | undefined,
  target: BulkTarget,
  context: DavRequest,
): Promise<string> {
  const {collection, format, unit} = target;
  if (!data && !member) throw new DavError(400, {message: 'A new resource needs data to store.'});
  const {path, href} = member ? {path: member.stored!.path, href: member.href} : newName(target);
  const planned = planProperties(instructions, member ?? memberOf(collection, fileAt(path), context), context);
  if (planned.refused.size > 0) {
    const names = data ? [format.data, ...planned.names] : planned.names;
    return printResponse(member ? href : '', printChanges({...planned, names}));
  }
  requirePropertyRoom(member?.stored, planned.values, {...collection, view: unit}, context);
  const stored = data && (await storeData(data, path, member, target, context));
  if (planned.values.size > 0) unit.setProperties(path, planned.values);
  const current = unit.find(path);
  return printStored(href, current?.collection === false ? current.etag : '', {
    uid: member ? undefined : stored?.index?.uid,
    data: stored?.changed && target.returnChanged ? format.show(stored.bytes, data!.attributes['content-type']) : undefined,
  });
}

async function storeData(
  data: Element,
  path: string,
  member: Resource | undefined,
  {collection, unit}: BulkTarget,
  request: DavRequest,
): Promise<StoredFile & {readonly changed: boolean}> {
  const sent = bytesOf(data);
  const place = {parent: collection, path, target: member};
  const stored = await storeBytes(sent, data.attributes['content-type'], place, unit, request, request.http.headers);
  return {...stored, changed: stored.bytes !== sent};
}

/** XML has but one sort of line end, and what is kept has the other. */
function bytesOf(data: Element): Uint8Array {
  return new TextEncoder().encode(text(data).replace(/\r?\n/g, '\r\n'));
}

/** The specification has the data in DAV:prop, clients have them in DAV:set itself too. */
function dataOf(change: Element, name: Name): Element | undefined {
  const set = child(change, dav('set'));
  const inside = set && [set, ...elements(set, dav('prop'))];
  return inside?.flatMap(each => child(each, name) ?? [])[0];
}

async function uidIn(change: Element, format: BulkFormat, {limits}: DavContext): Promise<string | undefined> {
  const data = dataOf(change, format.data);
  try {
    return data && (await format.split(bytesOf(data), data.attributes['content-type'], limits))[0]?.uid;
  } catch (error) {
    if (error instanceof DavError) return undefined;
    throw error;
  }
}
