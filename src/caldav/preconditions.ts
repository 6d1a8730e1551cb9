import {precondition} from '../webdav/error.ts';
import {caldav, calendarserver, dav} from '../xml/names.ts';

/** RFC 4791 §5.3.1.1: DAV:resource-must-be-null, a calendar is made only where nothing is. */
export const resourceMustBeNull = precondition(403, dav('resource-must-be-null'));
/** RFC 4791 §5.3.1.1: no calendar lies within another, at whatever depth. */
export const calendarCollectionLocationOk = precondition(403, caldav('calendar-collection-location-ok'));

/** RFC 4791 §5.3.2.1: what is stored in a calendar is iCalendar. */
export const supportedCalendarData = precondition(403, caldav('supported-calendar-data'));
/** RFC 4791 §5.3.2.1: and iCalendar that can be read. */
export const validCalendarData = precondition(403, caldav('valid-calendar-data'));
/** RFC 4791 §5.3.2.1 by the rules of §4.1: one UID, one type of component, no METHOD. */
export const validCalendarObjectResource = precondition(403, caldav('valid-calendar-object-resource'));
/** RFC 4791 §5.3.2.1: of a type this calendar takes (§5.2.3). */
export const supportedCalendarComponent = precondition(403, caldav('supported-calendar-component'));
/** RFC 4791 §5.3.2.1: the UID is used nowhere else in the calendar, and stays what it was. Holds the DAV:href of the one that has it. */
export const noUidConflict = precondition(403, caldav('no-uid-conflict'));
/** RFC 4791 §5.3.2.1 and §5.2.5. */
export const maxResourceSize = precondition(403, caldav('max-resource-size'));
/** RFC 4791 §5.3.2.1 and §5.2.6, §5.2.7; §7.8 to §7.10 for ranges of time. */
export const minDateTime = precondition(403, caldav('min-date-time'));
export const maxDateTime = precondition(403, caldav('max-date-time'));
/** RFC 4791 §5.3.2.1 and §5.2.8. */
export const maxInstances = precondition(403, caldav('max-instances'));
/** RFC 4791 §5.3.2.1 and §5.2.9. */
export const maxAttendeesPerInstance = precondition(403, caldav('max-attendees-per-instance'));

/** RFC 4791 §7.8 and §7.9. */
export const validFilter = precondition(403, caldav('valid-filter'));
/** RFC 4791 §7.8: the filter asks only for what the server can look for. */
export const supportedFilter = precondition(403, caldav('supported-filter'));
/** RFC 4791 §7.5.1. */
export const supportedCollation = precondition(403, caldav('supported-collation'));

/** RFC 7529 §10: the calendar system that a rule counts in is known. */
export const supportedRscale = precondition(403, caldav('supported-rscale'));

/** RFC 7809 §5.2 and §3.1.2: a time zone identifier that the server knows. */
export const validTimezone = precondition(403, caldav('valid-timezone'));

/** CalendarServer's: a home holds no more collections than this. */
export const maxCollections = precondition(403, calendarserver('max-collections'));
/** CalendarServer's: a calendar holds no more objects than this. */
export const maxResources = precondition(403, calendarserver('max-resources'));

/** CalendarServer's private events §4.2.6: a value that the server knows, and anything but PUBLIC from the owner alone. */
export const validAccessRestriction = precondition(403, calendarserver('valid-access-restriction'));
export const validAccessRestrictionChange = precondition(403, calendarserver('valid-access-restriction-change'));

/** CalendarServer's, of the free-busy URL: it has no such parameter, no such form to answer in, and cannot read what was given. */
export const supportedQueryParameter = precondition(406, calendarserver('supported-query-parameter'));
export const supportedFormat = precondition(406, calendarserver('supported-format'));
export const validQueryParameters = precondition(400, calendarserver('valid-query-parameters'));
