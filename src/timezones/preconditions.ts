import {precondition} from '../webdav/error.ts';
import {calendarserver} from '../xml/names.ts';

/** CalendarServer's, of its own service: one method, and one there is; one zone, and one there is; days that are some, in order. */
export const validMethod = precondition(400, calendarserver('valid-method'));
export const supportedMethod = precondition(400, calendarserver('supported-method'));
export const validTimezone = precondition(400, calendarserver('valid-timezone'));
export const timezoneAvailable = precondition(404, calendarserver('timezone-available'));
export const validStartDate = precondition(400, calendarserver('valid-start-date'));
export const validEndDate = precondition(400, calendarserver('valid-end-date'));
