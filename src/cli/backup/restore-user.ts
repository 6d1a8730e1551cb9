import {createHash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import {loadDirectory, parseDirectory} from '../../accounts/load.ts';
import type {Directory, Principal} from '../../accounts/principal.ts';
import {wholeOf} from '../../archive/read-tar.ts';
import {UserError} from '../../base/user-error.ts';
import {loadConfig} from '../../config/load.ts';
import type {ObjectIndex} from '../../ical/object-index.ts';
import {calendarHomeId} from '../../scheduling/provision.ts';
import {indexFile} from '../../server/indexer.ts';
import {etagOf} from '../../store/file/etag.ts';
import {nameOf, parentOf} from '../../store/file/layout.ts';
import type {HomeId, HomeUnit, HomeView, Path, Store, StoredResource} from '../../store/store.ts';
import {caldav, type Name} from '../../xml/names.ts';
import type {CommandIo} from '../command.ts';
import {findUser} from '../transfer/open-data.ts';
import {withStore} from '../with-store.ts';
import {type BackedUp, HomeResources} from './home-resources.ts';
import {type Contents, readBackup} from './read-backup.ts';

/** What restoring one account's home changes. */
export interface UserPlan {
  readonly contents: Contents;
  readonly home: HomeId;
  /** The home in the backup; the account may have been made anew since. */
  readonly from: HomeId;
  /** The resources in the backup: of a collection its types, and a hash that tells whether anything differs. */
  readonly wanted: ReadonlyMap<Path, {readonly types: readonly Name[] | undefined; readonly version: string}>;
  /** Objects. */
  readonly counts: {readonly added: number; readonly changed: number; readonly removed: number; readonly unchanged: number};
}

/** Reads the whole backup and compares an account's home in it with what is there. Changes nothing. Throws UserError. */
export async function planUser(handle: FileHandle, file: string, user: string, io: CommandIo): Promise<UserPlan> {
  const config = loadConfig({file: io.configFile, folder: io.dir});
  const principal = findUser(await loadDirectory(config.directory.xmlFile), user);
  const home = calendarHomeId(principal);
  const wanted = new Map<Path, {types: readonly Name[] | undefined; version: string}>();
  const resources = new HomeResources(
    withoutDuties(async resource => {
      wanted.set(resource.path, {types: resource.types, version: versionOf(resource, etagOf(resource.bytes))});
    }),
  );
  let from = home;
  const contents = await readBackup(handle, file, io, 'checking', async (place, entry, manifest) => {
    if (place.of === 'configuration' && entry.name === manifest.accounts)
      from = homeThen(parseDirectory((await wholeOf(entry, 64 << 20)).toString(), entry.name), principal);
    if (place.of === 'home' && place.home === from) await resources.add(place.path, entry);
  });
  await resources.end();
  if (wanted.size === 0) throw new UserError(`${file} has no calendars of ${user}.`, 'Nothing was changed. Take another backup.');
  const present = await withStore(config, io, async store => countChanges(await store.view(home), wanted));
  return {contents, home, from, wanted, counts: present};
}

/**
 * Makes the home what it was, by changes such as clients make: whoever syncs is told of each, and the server may run. What is cut off is
 * finished by doing it again.
 */
export async function restoreUser(handle: FileHandle, file: string, plan: UserPlan, io: CommandIo): Promise<void> {
  const config = loadConfig({file: io.configFile, folder: io.dir});
  await withStore(config, io, async store => {
    await store.createHome(plan.home);
    await removeOthers(store, plan);
    const taken = new Set([...below((await store.view(plan.home))!, '')].map(({resourceId}) => resourceId));
    const batch = new Batch(store, plan, taken, io);
    const resources = new HomeResources(withoutDuties(resource => batch.add(resource)));
    const {sha256} = await readBackup(handle, file, io, 'restoring', async (place, entry) => {
      if (place.of === 'home' && place.home === plan.from) await resources.add(place.path, entry);
    });
    await resources.end();
    await batch.end();
    if (sha256 !== plan.contents.sha256) throw new UserError(`${file} has changed while it was read.`, 'Type the same again.');
  });
}

/** By its name in the accounts of the backup; one that had another name then is the same by its GUID. */
function homeThen(then: Directory, {type, uids, guid}: Principal): HomeId {
  const found = then.findByGuid(guid) ?? uids.map(uid => then.findByName(type, uid)).find(Boolean);
  return found ? calendarHomeId(found) : `calendars/${guid}`;
}

/** Equal for what is equal: bytes, types and properties. */
function versionOf({types, properties}: Pick<BackedUp, 'types' | 'properties'>, etag: string): string {
  const sorted = [...properties].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([types ? [...types].sort() : etag, sorted]))
    .digest('base64');
}

function storedVersion(stored: StoredResource): string {
  return versionOf(
    {types: stored.collection ? stored.types : undefined, properties: stored.properties},
    stored.collection ? '' : stored.etag,
  );
}

function countChanges(view: HomeView | undefined, wanted: UserPlan['wanted']): UserPlan['counts'] {
  const counts = {added: 0, changed: 0, removed: 0, unchanged: 0};
  const met = new Set<Path>();
  for (const stored of view ? below(view, '') : []) {
    if (stored.collection) continue;
    const then = wanted.get(stored.path);
    if (!then || then.types) counts.removed++;
    else {
      met.add(stored.path);
      counts[then.version === storedVersion(stored) ? 'unchanged' : 'changed']++;
    }
  }
  for (const [path, {types}] of wanted) if (!types && !met.has(path)) counts.added++;
  return counts;
}

/** What is yet to be delivered to others is no part of what the account has: it stays as it is. */
function* below(view: HomeView, collection: Path): Iterable<StoredResource> {
  for (const stored of view.members(collection)) {
    yield stored;
    if (stored.collection && !isOutbox(stored)) yield* below(view, stored.path);
  }
}

const isOutbox = ({types}: Pick<BackedUp, 'types'>) => types?.includes(caldav('schedule-outbox')) === true;

/** What was yet to be delivered then has been since, or is superseded. */
export function withoutDuties(take: (resource: BackedUp) => Promise<void>): (resource: BackedUp) => Promise<void> {
  let outbox: Path | undefined;
  return async resource => {
    if (isOutbox(resource)) outbox = resource.path;
    if (outbox === undefined || !resource.path.startsWith(`${outbox}/`)) await take(resource);
  };
}

const sameTypes = (a: readonly Name[], b: readonly Name[]) => a.length === b.length && a.every(name => b.includes(name));

/** What the backup does not have, or has as something else, goes first: it may have the UID of what comes. */
async function removeOthers(store: Store, {home, wanted}: UserPlan): Promise<void> {
  const isOther = (stored: StoredResource) => {
    const then = wanted.get(stored.path);
    return !then || (stored.collection ? !then.types || !sameTypes(stored.types, then.types) : then.types !== undefined);
  };
  const others: Path[] = [];
  for (const stored of below((await store.view(home))!, '')) {
    const isGone = others.length > 0 && stored.path.startsWith(`${others.at(-1)}/`);
    if (!isGone && isOther(stored)) others.push(stored.path);
  }
  for (let at = 0; at < others.length; at += mostInBatch) {
    await store.write(home, unit => {
      for (const path of others.slice(at, at + mostInBatch)) if (unit.find(path)) unit.delete(path);
    });
  }
}

const mostInBatch = 64;
const mostBytes = 4 << 20;

/** Resources on their way into a home, some at a time. */
class Batch {
  readonly #store: Store;
  readonly #plan: UserPlan;
  /** Ids that resources have: what was moved since keeps its own. */
  readonly #taken: Set<string>;
  readonly #io: CommandIo;
  #waiting: (BackedUp & {index: ObjectIndex | undefined})[] = [];
  #bytes = 0;

  constructor(store: Store, plan: UserPlan, taken: Set<string>, io: CommandIo) {
    this.#store = store;
    this.#plan = plan;
    this.#taken = taken;
    this.#io = io;
  }

  async add(resource: BackedUp): Promise<void> {
    let index: ObjectIndex | undefined;
    try {
      const types = this.#plan.wanted.get(parentOf(resource.path))?.types ?? [];
      if (!resource.types) index = indexFile(nameOf(resource.path), resource.bytes, types);
    } catch (error) {
      this.#io.out.note(`${resource.path} was damaged already and is left out: ${(error as Error).message}`);
      return;
    }
    const {resourceId} = resource;
    const isFree = resourceId !== undefined && !this.#taken.has(resourceId);
    if (isFree) this.#taken.add(resourceId);
    this.#waiting.push({...resource, resourceId: isFree ? resourceId : undefined, index});
    this.#bytes += resource.bytes.length;
    if (this.#waiting.length >= mostInBatch || this.#bytes > mostBytes) await this.end();
  }

  async end(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    if (batch.length === 0) return;
    await this.#store.write(this.#plan.home, unit => {
      for (const resource of batch) put(unit, resource);
    });
  }
}

function put(
  unit: HomeUnit,
  {path, resourceId, types, properties, bytes, index}: BackedUp & {index: ObjectIndex | undefined},
): void {
  const there = unit.find(path);
  if (!there) {
    if (types) unit.createCollection(path, types, properties, resourceId);
    else unit.put(path, bytes, index, properties, resourceId);
    return;
  }
  if (!types && !there.collection && there.etag !== etagOf(bytes)) unit.put(path, bytes, index);
  const changes = new Map<Name, string | undefined>();
  for (const name of there.properties.keys()) if (!properties.has(name)) changes.set(name, undefined);
  for (const [name, text] of properties) if (there.properties.get(name) !== text) changes.set(name, text);
  if (changes.size > 0) unit.setProperties(path, changes);
}
