import type {HttpRequest} from '../http/message.ts';
import type {HomeUnit, Path} from '../store/store.ts';
import {memberOf} from './locate.ts';
import type {DavContext, Duties, ObjectChange, Resource, Scheduled} from './tables.ts';

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

/** Stages the properties that came of it; the object itself is staged already. */
export function settingProperties(path: Path, scheduled: Scheduled | undefined, unit: HomeUnit): void {
  if (scheduled && scheduled.properties.size > 0) unit.setProperties(path, scheduled.properties);
}

function hasDuties(context: DavContext): context is DavContext & {readonly duties: Duties} {
  return context.duties !== undefined;
}
