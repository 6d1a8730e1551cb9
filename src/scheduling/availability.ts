import {type Availability, availabilitiesIn} from '../ical/availability.ts';
import {IcalError} from '../ical/ical-error.ts';
import {mainComponents} from '../ical/jcal.ts';
import {parseCalendar} from '../ical/parse.ts';
import type {HomeView} from '../store/store.ts';
import {DavError} from '../webdav/error.ts';
import {type Element, text} from '../xml/element.ts';
import {caldav} from '../xml/names.ts';
import {parseXml} from '../xml/parse.ts';
import {zoneOf} from './calendar-zone.ts';
import {validCalendarData} from './preconditions.ts';
import {requireCalendar} from './require-calendar.ts';
import type {RoomContext} from './room-context.ts';
import {inboxIn} from './scheduling-collection.ts';

/** RFC 7953 §7.2.4: set on the Inbox, it says when its owner can be met at all. */
export const calendarAvailability = caldav('calendar-availability');

/** Throws DavError CALDAV:valid-calendar-data where it is not a VCALENDAR of VAVAILABILITY components and time zones alone. */
export function requireAvailability(value: Element): void {
  const calendar = requireCalendar(() => parseCalendar(text(value).trim()));
  const components = availabilitiesIn(calendar);
  if (components.length === 0 || components.length !== mainComponents(calendar).length) {
    throw new DavError(validCalendarData, {message: 'When somebody can be met is said by VAVAILABILITY components alone.'});
  }
}

/** When a home's owner has said, on the Inbox, that he can be met. Nothing where he has not. */
export function availabilityIn(view: HomeView, context: RoomContext): Availability[] {
  const inbox = inboxIn(view);
  const set = inbox?.properties.get(calendarAvailability);
  if (!inbox || set === undefined) return [];
  try {
    return [{calendar: parseCalendar(text(parseXml(set)).trim()), zone: zoneOf(inbox, context)}];
  } catch (error) {
    if (!(error instanceof IcalError)) throw error;
    context.log.warn({home: view.home}, `When its owner can be met is left out, as it cannot be read: ${error.message}`);
    return [];
  }
}
