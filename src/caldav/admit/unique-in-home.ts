import {uniqueSchedulingObjectResource} from '../../scheduling/preconditions.ts';
import type {HomeView, Path, StoredCollection} from '../../store/store.ts';
import {DavError} from '../../webdav/error.ts';
import type {Arrival, DavContext} from '../../webdav/tables.ts';
import {caldav} from '../../xml/names.ts';
import {holderHref} from './uid-holder.ts';

/**
 * Of a home that is to hold each UID but once: that no other calendar in it has this one. RFC 4791 §5.3.2.1 asks for that within a
 * calendar only, and clients move events by a PUT into one and a DELETE in the other. Throws DavError.
 */
export function requireUniqueInHome(uid: string, arrival: Arrival, context: Partial<DavContext>): void {
  const {parent, view, path, movedFrom} = arrival;
  for (const {path: calendar} of calendarsBelow('', view)) {
    const holder = calendar === parent.stored!.path ? undefined : view.findUid(calendar, uid);
    if (!holder || holder.path === path || holder.path === movedFrom) continue;
    throw new DavError(uniqueSchedulingObjectResource, {
      message: 'Another calendar in this home has an object with this UID.',
      content: holderHref(holder, arrival, context),
    });
  }
}

function* calendarsBelow(path: Path, view: HomeView): Generator<StoredCollection> {
  for (const member of view.members(path)) {
    if (!member.collection) continue;
    if (member.types.includes(caldav('calendar'))) yield member;
    else yield* calendarsBelow(member.path, view);
  }
}
