import type {HttpRequest} from '../http/message.ts';
import type {HomeUnit, HomeView, Path, StoredResource} from '../store/store.ts';
import type {Duties} from './duties.ts';
import {memberOf} from './locate.ts';
import type {DavContext, ObjectChange, Resource, Scheduled} from './tables.ts';

/** Tells the kind of the collection that an object comes into it. Undefined: that is of no interest to others. Throws DavError. */
export function scheduleArrival(change: ObjectChange, context: DavContext): Promise<Scheduled> | undefined {
  const {parent} = change;
  return hasDuties(context) ? parent.kind.schedule?.(change, context) : undefined;
}

/** Tells the kinds of the collections that what lies at or below a resource goes (RFC 6638 §3.2.1.3, §3.2.2.3). Throws DavError. */
export async function scheduleRemoval(resource: Resource, headers: HttpRequest['headers'], context: DavContext): Promise<void> {
  const {stored, within: parent} = resource;
  const view = context.unit;
  if (!stored || !view || !hasDuties(context)) return;
  if (stored.collection) {
    for (const member of view.members(stored.path)) await scheduleRemoval(memberOf(resource, member, context), headers, context);
  } else if (parent?.kind.schedule) {
    await parent.kind.schedule({parent, view, path: stored.path, before: stored, after: undefined, headers}, context);
  }
}

/** A collection that is staged as a copy of another. */
export interface Copied {
  readonly collection: StoredResource;
  readonly from: HomeView;
  /** The copy, of which the unit of work sees nothing yet. */
  readonly to: Resource;
}

/**
 * Tells the kinds of the collections that what lies below a copy has come into them: of each object it is as if it had been stored there
 * by itself. RFC 6638 §3.2.3.2 leaves open what a COPY of a calendar means, and §3.2.4.1 not that an event may not be there twice.
 * Throws DavError.
 */
export async function scheduleCopies(
  {collection, from, to}: Copied,
  headers: HttpRequest['headers'],
  context: DavContext,
  alongside = new Set<string>(),
): Promise<void> {
  const unit = context.unit;
  if (!unit || !hasDuties(context)) return;
  for (const member of from.members(collection.path)) {
    const path = to.stored!.path + member.path.slice(collection.path.length);
    if (member.collection) {
      const copy = memberOf(to, {...member, path}, context);
      await scheduleCopies({collection: member, from, to: copy}, headers, context, alongside);
      continue;
    }
    // Who has no organizer is nobody's concern, and need not be read.
    const bytes = member.index?.organizer === undefined ? undefined : await from.read(member.path, member.etag);
    if (!bytes) continue;
    const after = {bytes, index: member.index};
    const change = {parent: to, view: unit, path, before: undefined, after, headers, alongside};
    const scheduled = await scheduleArrival(change, context);
    if (member.index) alongside.add(member.index.uid);
    if (scheduled?.after && scheduled.after.bytes !== bytes) unit.put(path, scheduled.after.bytes, scheduled.after.index);
    settingProperties(path, scheduled, unit);
  }
}

/** Stages the properties that came of it; the object itself is staged already. */
export function settingProperties(path: Path, scheduled: Scheduled | undefined, unit: HomeUnit): void {
  if (scheduled && scheduled.properties.size > 0) unit.setProperties(path, scheduled.properties);
}

function hasDuties(context: DavContext): context is DavContext & {readonly duties: Duties} {
  return context.duties !== undefined;
}
