import type {TimeRange} from '../base/time-range.ts';
import type {HomeView, StoredObject} from '../store/store.ts';
import {availabilityIn} from './availability.ts';
import {busyInCalendars} from './busy-time.ts';
import {calendarsIn} from './default-calendar.ts';
import {isTransparent} from './free-busy-set.ts';
import type {RoomContext} from './room-context.ts';

/**
 * When a home's owner is taken by anything but one event: in all calendars that make them busy, and when they have said they cannot be had
 * at all. What is tentative takes nobody.
 */
export function takenIn(view: HomeView, uid: string, context: RoomContext): (range: TimeRange) => Promise<readonly TimeRange[]> {
  return async range => {
    const calendars = [...calendarsIn(view, '')].filter(stored => !isTransparent({stored}));
    const availability = availabilityIn(view, context);
    const counts = ({index}: StoredObject) => index?.uid !== uid;
    const periods = await busyInCalendars(range, view, {calendars, availability, counts}, context);
    return periods.filter(({type}) => type !== 'BUSY-TENTATIVE');
  };
}
