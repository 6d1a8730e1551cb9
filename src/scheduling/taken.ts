import type {TimeRange} from '../base/time-range.ts';
import type {HomeView} from '../store/store.ts';
import {unavailableIn} from './availability.ts';
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
    const periods = await busyInCalendars(range, view, calendars, context, ({index}) => index?.uid !== uid);
    return [...periods, ...unavailableIn(view, range, context)].filter(({type}) => type !== 'BUSY-TENTATIVE');
  };
}
