import {componentsOf} from '../../scheduling/component-set.ts';
import {DavError} from '../../webdav/error.ts';
import type {Limits} from '../../webdav/limits.ts';
import type {Admitted, Arrival, DavContext} from '../../webdav/tables.ts';
import {maxResourceSize, maxResources, noUidConflict, supportedCalendarComponent} from '../preconditions.ts';
import {requireAccess} from '../private-events.ts';
import {type CalendarObject, readCalendarObject} from './calendar-object.ts';
import {calendarText} from './calendar-text.ts';
import {requireWithinLimits} from './object-limits.ts';
import {holderHref} from './uid-holder.ts';
import {requireUniqueInHome} from './unique-in-home.ts';

/**
 * RFC 4791 §5.3.2.1: whether an object may come into a calendar, by whatever way, and what the store is to keep of it. Pure: it looks
 * and decides. Throws DavError.
 */
export function admit(arrival: Arrival, context: Pick<DavContext, 'limits'> & Partial<DavContext>): Admitted {
  const {limits} = context;
  // Before the work of writing it anew, which makes it smaller, but by how much is known.
  if (limits.maxResourceSizeBytes && arrival.bytes.length > limits.maxResourceSizeBytes * mostShrinking) {
    throw new DavError(maxResourceSize, {message: `An object has at most ${limits.maxResourceSizeBytes} bytes.`});
  }
  const bytes = calendarText(arrival.bytes, arrival.contentType);
  if (limits.maxResourceSizeBytes && bytes.length > limits.maxResourceSizeBytes) {
    throw new DavError(maxResourceSize, {message: `An object has at most ${limits.maxResourceSizeBytes} bytes.`});
  }
  const object = readCalendarObject(bytes);
  requireSupportedComponent(object, arrival);
  requireAccess(object.calendar, arrival.parent, context);
  const index = requireWithinLimits(object, limits);
  requireNoUidConflict(object, arrival, context);
  if (limits.uniqueUidsInHome) requireUniqueInHome(object.uid, arrival, context);
  requireRoom(arrival, limits);
  return {bytes, index};
}

/** jCal, with all that JSON libraries escape, and UTF-16 take some three times the room of iCalendar in UTF-8. */
const mostShrinking = 4;

function requireSupportedComponent({component}: CalendarObject, {parent}: Arrival): void {
  const components = componentsOf(parent.stored!);
  if (components.includes(component)) return;
  throw new DavError(supportedCalendarComponent, {message: `This calendar holds ${components.join(', ')}, and no ${component}.`});
}

/** The UID is no other object's, and an object's own does not change. A damaged one, whose UID is not known, may be replaced. */
function requireNoUidConflict({uid}: CalendarObject, arrival: Arrival, context: Partial<DavContext>): void {
  const {parent, view, path, movedFrom} = arrival;
  const before = view.find(path);
  const changed = before && !before.collection && before.index && before.index.uid !== uid;
  const holder = changed ? before : view.findUid(parent.stored!.path, uid);
  if (!holder || (!changed && (holder.path === path || holder.path === movedFrom))) return;
  throw new DavError(noUidConflict, {
    message: changed ? 'The UID of an object does not change.' : 'Another object in this calendar has this UID.',
    content: holderHref(holder, arrival, context),
  });
}

function requireRoom({parent, view, path}: Arrival, {maxResourcesPerCollection: limit}: Limits): void {
  if (limit === 0 || view.find(path) || view.count(parent.stored!.path, limit - 1) < limit) return;
  throw new DavError(maxResources, {message: `A calendar holds at most ${limit} objects.`});
}
