import type {HttpRequest} from '../http/message.ts';
import type {HomeUnit, HomeView, Path, StoredObject, StoredResource} from '../store/store.ts';
import {dav} from '../xml/names.ts';
import {aclProperty} from './access/stored-acl.ts';
import {DavError} from './error.ts';
import {type Location, memberOf, membersOf} from './locate.ts';
import {rootedIn} from './locks/lock-scope.ts';
import {requireNotWithheld, requirePrivilege} from './privileges.ts';
import {requireCount, requireName, requireRoom} from './room.ts';
import {scheduleArrival, scheduleCopies, scheduleRemoval, settingProperties} from './schedule.ts';
import type {Admitted, DavContext, Resource, Scheduled} from './tables.ts';

/** What COPY and MOVE are to do. */
export interface Transfer {
  readonly source: Resource;
  readonly to: Location;
  readonly moving: boolean;
  /** Depth: 0. */
  readonly shallow: boolean;
  /** Of the request. */
  readonly headers: HttpRequest['headers'];
}

/** A transfer whose destination is known to be one. */
interface Planned extends Transfer {
  readonly stored: StoredResource;
  readonly from: HomeView;
  readonly parent: Resource;
  readonly path: Path;
  readonly sameHome: boolean;
}

/** Decides whether a resource may come to lie elsewhere (RFC 4918 §9.8, §9.9) and stages it in the destination's unit. Throws DavError. */
export async function transfer(asked: Transfer, unit: HomeUnit, context: DavContext): Promise<void> {
  const plan = requirePlace(asked, unit);
  const {stored, path, parent, to, sameHome, moving} = plan;
  // A new name in the same collection brings nothing new into it.
  const renamed = moving && sameHome && parentOf(stored.path) === parentOf(path);
  if (!to.target) requireName(path.slice(path.lastIndexOf('/') + 1), context);
  if (!to.target && !renamed) requireCount(parent, context);
  const replaced = to.target?.stored;
  // Sizes are added up over the whole tree: only where it matters.
  if (context.limits.quotaBytes > 0 && !(sameHome && moving)) {
    const copied = plan.shallow && stored.collection ? 0 : sizeOf(stored, plan.from);
    requireRoom(parent, copied - (replaced ? sizeOf(replaced, unit) : 0), context);
  }
  if (!(sameHome && moving)) requireMembers(asked.source, plan, context);
  // It takes along what is read, and nothing stays behind: what the one who asks does not see would be lost.
  if (moving && !(sameHome && stored.collection)) requireNotWithheld(asked.source, context, dav('write'));
  // RFC 4918 §9.9.3: MOVE deletes what it replaces, its locks with it; COPY writes over it, and a lock on the URL stays.
  if (moving && replaced) for (const {token} of rootedIn(unit.locks(), path)) unit.unlock(token);
  if (stored.collection) {
    if (!renamed) parent.kind.admitCollection?.(stored.types, {parent, view: unit, path}, context);
    if (to.target && replaced) {
      await scheduleRemoval(to.target, asked.headers, context);
      unit.delete(path);
    }
    if (!sameHome) await copyTree(stored, plan.from, path, unit, plan.shallow);
    else if (moving) unit.move(stored.path, path);
    else unit.copy(stored.path, path, plan.shallow);
    if (!moving) forgetAces(stored, plan, path, unit);
    if (!(sameHome && moving) && !plan.shallow) {
      const copy = memberOf({...parent, view: unit}, {...stored, path}, context);
      await scheduleCopies({collection: stored, from: plan.from, to: copy}, asked.headers, context);
    }
  } else await transferFile(plan, stored, unit, context);
}

function requirePlace(asked: Transfer, unit: HomeUnit): Planned {
  const {source, to} = asked;
  const {stored, view} = source;
  const {parent, path} = to;
  if (!parent || !path) throw new DavError(to.target ? 403 : 409, {message: 'The collection it would lie in is not there.'});
  const sameHome = view!.home === unit.home;
  if (sameHome) {
    if (stored!.path === path) throw new DavError(403, {message: 'It is there already.'});
    if (path.startsWith(`${stored!.path}/`)) throw new DavError(403, {message: 'Nothing can come to lie in itself.'});
    if (stored!.path.startsWith(`${path}/`)) throw new DavError(403, {message: 'What it lies in cannot be replaced by it.'});
  }
  return {...asked, stored: stored!, from: view!, parent, path, sameHome};
}

async function transferFile(plan: Planned, stored: StoredObject, unit: HomeUnit, context: DavContext): Promise<void> {
  const {parent, path, to, sameHome, moving} = plan;
  const bytes = await readFrom(plan.from, stored);
  const movedFrom = moving && sameHome ? {movedFrom: stored.path} : {};
  const admitted = parent.kind.admit?.({parent, view: unit, path, bytes, contentType: undefined, ...movedFrom}, context);
  if (to.target) unit.delete(path);
  const scheduled = await scheduleTransfer(plan, admitted, context);
  const known: Admitted = scheduled?.after ?? admitted ?? {bytes, index: undefined};
  // What the store knows of it stays right only where both collections read it the same way.
  const asItIs = sameHome && known.bytes === bytes && (admitted !== undefined) === (stored.index !== undefined);
  if (sameHome && moving) unit.move(stored.path, path);
  else if (asItIs) unit.copy(stored.path, path);
  if (!asItIs) unit.put(path, known.bytes, known.index, stored.properties);
  settingProperties(path, scheduled, unit);
  const aces = to.target?.stored?.collection === false ? to.target.stored.properties.get(aclProperty) : undefined;
  if (!moving) keepAces(stored, aces, path, unit);
}

/**
 * A new place in the same home is no news to anybody. Between homes, and into and out of what is scheduled for, it is as if it was
 * stored here and removed there; the latter, in another home, is for whoever removes it.
 */
async function scheduleTransfer(
  {source, to, parent, path, moving, sameHome, headers}: Planned,
  admitted: Admitted | undefined,
  context: DavContext,
): Promise<Scheduled | undefined> {
  const isSame = moving && sameHome && source.within?.kind === parent.kind;
  const {target} = to;
  const before = target?.stored?.collection === false ? target.stored : undefined;
  if (target && !before) await scheduleRemoval(target, headers, context);
  if (isSame) return undefined;
  if (moving && sameHome) await scheduleRemoval(source, headers, context);
  return scheduleArrival({parent, view: context.unit!, path, before, after: admitted, headers}, context);
}

/** Into another home: the bytes go along. */
async function copyTree(stored: StoredResource, from: HomeView, path: Path, unit: HomeUnit, shallow: boolean): Promise<void> {
  if (!stored.collection) {
    unit.put(path, await readFrom(from, stored), stored.index, stored.properties);
    return;
  }
  unit.createCollection(path, stored.types, stored.properties);
  if (shallow) return;
  for (const member of from.members(stored.path)) {
    await copyTree(member, from, `${path}/${member.path.slice(stored.path.length + 1)}`, unit, false);
  }
}

/**
 * Nobody takes along what he may not read. And between homes nobody brings lists along by which others have rights there, save who may
 * set them there: a MOVE leaves them as they are, or fails (RFC 3744 §7.3).
 */
function requireMembers(source: Resource, plan: Planned, context: DavContext): void {
  requirePrivilege(dav('read'), source, context);
  if (plan.moving && source.stored?.properties.has(aclProperty)) requirePrivilege(dav('write-acl'), plan.parent, context);
  if (!source.stored?.collection || plan.shallow) return;
  for (const member of membersOf(source, context) as Iterable<Resource>) requireMembers(member, plan, context);
}

/** RFC 3744 §7.4: a copy has the entries of something just made. */
function forgetAces(
  stored: StoredResource,
  {from, shallow}: Pick<Planned, 'from' | 'shallow'>,
  path: Path,
  unit: HomeUnit,
): void {
  keepAces(stored, undefined, path, unit);
  if (!stored.collection || shallow) return;
  for (const member of from.members(stored.path)) {
    forgetAces(member, {from, shallow}, path + member.path.slice(stored.path.length), unit);
  }
}

/** What a copy is written over keeps its own. */
function keepAces({properties}: StoredResource, aces: string | undefined, path: Path, unit: HomeUnit): void {
  if (aces !== properties.get(aclProperty)) unit.setProperties(path, new Map([[aclProperty, aces]]));
}

async function readFrom(view: HomeView, {path, etag}: StoredObject): Promise<Uint8Array> {
  const bytes = await view.read(path, etag);
  if (!bytes) throw new DavError(409, {message: 'The source changed meanwhile.'});
  return bytes;
}

function parentOf(path: Path): Path {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function sizeOf(stored: StoredResource, view: HomeView): number {
  if (!stored.collection) return stored.sizeBytes;
  let bytes = 0;
  for (const member of view.members(stored.path)) bytes += sizeOf(member, view);
  return bytes;
}
