import {randomUUID} from 'node:crypto';
import {breathe} from '../../base/breathe.ts';
import type {HttpResponse} from '../../http/message.ts';
import type {Lock} from '../../store/store.ts';
import {child, type Element, element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printAlone, printXml} from '../../xml/print.ts';
import {parseDepth} from '../depth.ts';
import {DavError} from '../error.ts';
import {submittedTokens} from '../if-header.ts';
import {membersOf} from '../locate.ts';
import {activeLock, toldRoot} from '../locks/active-lock.ts';
import {covering, rootedIn} from '../locks/lock-scope.ts';
import {multistatus, printStatus, xmlType} from '../multistatus.ts';
import {noConflictingLock, refreshedTokenMatchesRequestUri} from '../preconditions.ts';
import {notLoggedIn, requirePrivilege} from '../privileges.ts';
import {storeFile} from '../store-file.ts';
import type {DavContext, DavRequest, Method, Resource} from '../tables.ts';

/** RFC 4918 §9.10: makes a write lock or, without a body, gives one a new time. */
export const lock: Method = {
  name: 'LOCK',
  token: '2',
  mapped: dav('write-content'),
  unmapped: dav('bind'),
  writes: true,
  changes: 'members',
  supports: ({stored}) => stored !== undefined,
  handle(request) {
    const {parent, path, target} = request;
    if (path === undefined || !(target ?? parent)?.view) throw new DavError(403, {message: 'Nothing can be locked here.'});
    const info = request.xml();
    return info ? make(parseInfo(info), path, request) : refresh(request);
  },
};

/** What the body asks for. */
type Asked = Pick<Lock, 'exclusive' | 'owner'>;

/** A home's locks are looked through whole, so they cannot be many. */
const mostLocks = 1000;
/** Each is told with whatever it covers, in every listing. */
const mostOnOne = 100;

async function make(asked: Asked, path: string, request: DavRequest): Promise<HttpResponse> {
  const {http, target, parent, principal, txn} = request;
  if (!principal) throw notLoggedIn();
  const infinite = parseDepth(http, 'infinity', ['0', 'infinity']) === 'infinity';
  const locks = txn.locks();
  const isConflict = ({exclusive}: Lock) => exclusive || asked.exclusive;
  const near = target ?? parent!;
  const over = covering(locks, path);
  const conflicts = over.filter(isConflict);
  if (conflicts.length > 0) throw conflict(conflicts, near, request);
  const below = infinite ? rootedIn(locks, path).filter(isConflict) : [];
  const refused = Map.groupBy(below, each => toldRoot(each, near, request));
  const refusals = [...refused].map(([href, locks]) => [href, conflict(locks, near, request)] as const);
  if (infinite && target) refusals.push(...(await forbidden(target, request)));
  if (refusals.length > 0) return refuseForMembers(refusals, near);
  if (locks.length >= mostLocks) throw new DavError(507, {message: `A home can have ${mostLocks} locks.`});
  if (over.length >= mostOnOne) throw new DavError(507, {message: `A resource can have ${mostOnOne} locks.`});
  // RFC 4918 §7.3: an empty file, where one may be.
  if (!target)
    await storeFile({...request, http: {...http, headers: {}, body: new Uint8Array()}}, {parent: parent!, path, target});
  const made: Lock = {
    ...asked,
    token: `urn:uuid:${randomUUID()}`,
    path,
    infinite,
    creator: principal.guid,
    seconds: parseTimeout(http.headers.timeout),
  };
  txn.lock(made);
  return discovery(target ? 200 : 201, [...over, made], near, {'lock-token': `<${made.token}>`});
}

/** §9.10.2: the If header names the lock, and has been found to hold. */
function refresh({http, target, principal, txn}: DavRequest): HttpResponse {
  if (http.headers.if === undefined)
    throw new DavError(400, {message: 'LOCK needs a body, or an If header with the lock to refresh.'});
  const submitted = submittedTokens(http.headers.if);
  const over = target ? covering(txn.locks(), target.stored!.path) : [];
  const named = over.filter(({token}) => submitted.has(token));
  if (named.length === 0) throw new DavError(refreshedTokenMatchesRequestUri);
  if (named.some(({creator}) => creator !== principal?.guid)) throw new DavError(403, {message: 'It is another’s lock.'});
  const seconds = parseTimeout(http.headers.timeout);
  for (const each of named) txn.lock({...each, seconds});
  return discovery(
    200,
    over.map(each => (named.includes(each) ? {...each, seconds} : each)),
    target!,
  );
}

function parseInfo(info: Element): Asked {
  const scope = child(info, dav('lockscope'));
  const type = child(info, dav('locktype'));
  const exclusive = scope && child(scope, dav('exclusive')) !== undefined;
  const shared = scope && child(scope, dav('shared')) !== undefined;
  if (info.name !== dav('lockinfo') || exclusive === shared || !type || !child(type, dav('write'))) {
    throw new DavError(400, {message: 'The body must be a DAV:lockinfo for a write lock, exclusive or shared.'});
  }
  const sent = child(info, dav('owner'));
  const owner = sent && printAlone(sent);
  if (owner && owner.length > mostOwner) throw new DavError(413, {message: `DAV:owner can have ${mostOwner} characters.`});
  return {exclusive: exclusive!, owner};
}

const mostOwner = 2_000;
const mostSeconds = 86_400;
const usualSeconds = 3_600;

/** RFC 4918 §10.7: the first time asked for that is understood. What a client forgot is free again after a day. */
function parseTimeout(sent: string | string[] | undefined): number {
  const [, infinite, seconds] = /(?:^|,)\s*(?:(Infinite)|Second-(\d+))\s*(?=,|$)/i.exec(String(sent ?? '')) ?? [];
  if (infinite) return mostSeconds;
  return seconds === undefined ? usualSeconds : Math.max(1, Math.min(mostSeconds, Number(seconds)));
}

function conflict(locks: readonly Lock[], near: Resource, context: DavContext): DavError {
  return new DavError(noConflictingLock, {content: locks.map(each => element(dav('href'), toldRoot(each, near, context)))});
}

/** The members at any depth that the one who asks may not write. Throws DavError where even their names are not to be told. */
async function forbidden(collection: Resource, request: DavRequest): Promise<[href: string, refusal: DavError][]> {
  const found: [string, DavError][] = [];
  for await (const member of membersOf(collection, request)) {
    await breathe();
    if (!request.may(dav('write-content'), member)) {
      requirePrivilege(dav('read'), member, request);
      found.push([member.href, new DavError(403)]);
    }
    found.push(...(await forbidden(member, request)));
  }
  return found;
}

/** §9.10.9: where a member cannot be locked, nothing is. */
function refuseForMembers(
  refusals: readonly (readonly [href: string, refusal: DavError])[],
  target: Resource,
): Promise<HttpResponse> {
  const members = refusals.map(([href, refusal]) => printStatus(href, refusal));
  // A member that is not to be named is told of as what it lies in, which may be the target.
  const isTold = refusals.some(([href]) => href === target.href);
  return multistatus(isTold ? members : [...members, printStatus(target.href, 424)]);
}

function discovery(status: number, locks: readonly Lock[], near: Resource, headers = {}): HttpResponse {
  const found = element(dav('lockdiscovery'), ...locks.map(each => activeLock(each, near)));
  const body = printXml(element(dav('prop'), found));
  return {status, headers: {'content-type': xmlType, 'cache-control': 'no-cache', ...headers}, body};
}
