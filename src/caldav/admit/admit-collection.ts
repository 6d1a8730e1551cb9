import {isScheduling} from '../../scheduling/scheduling-collection.ts';
import {DavError} from '../../webdav/error.ts';
import type {DavContext, Place} from '../../webdav/tables.ts';
import {caldav, type Name} from '../../xml/names.ts';
import {calendarCollectionLocationOk, maxCollections} from '../preconditions.ts';

/**
 * RFC 4791 §4.2 and §5.3.1.1: no calendar lies in a calendar. Nor does any other collection here: RFC 4791 would let it, and clients
 * would not show it.
 */
export function refuseCollection(types: readonly Name[], _place: Place, _context: DavContext): never {
  if (types.includes(caldav('calendar'))) throw new DavError(calendarCollectionLocationOk);
  throw new DavError(403, {message: 'A calendar holds no collections.'});
}

/** CalendarServer's limit on the collections that a person makes in a home; one that takes another's place is no more of them. Throws DavError. */
export function requireRoomForCollection(_types: readonly Name[], {view, path}: Place, {limits}: DavContext): void {
  const limit = limits.maxCollectionsPerHome;
  if (limit === 0 || view.find(path)) return;
  let count = 0;
  for (const member of view.members('')) if (member.collection && !isScheduling(member)) count++;
  if (count >= limit) throw new DavError(maxCollections, {message: `A home holds at most ${limit} collections.`});
}
