import {precondition} from '../webdav/error.ts';
import {caldav, calendarserver} from '../xml/names.ts';

/** RFC 6638 §9.2: invitations come into a calendar of the same home. */
export const validScheduleDefaultCalendarUrl = precondition(403, caldav('valid-schedule-default-calendar-URL'));

/**
 * RFC 6638 §3.2.4.1: the UID is used in no other calendar of the home. Holds the DAV:href of the one that has it, where the one who asks may
 * read it.
 */
export const uniqueSchedulingObjectResource = precondition(403, caldav('unique-scheduling-object-resource'));
/** RFC 6638 §3.2.4.2. */
export const sameOrganizerInAllComponents = precondition(403, caldav('same-organizer-in-all-components'));
/** RFC 6638 §3.2.4.3. */
export const allowedOrganizerChange = precondition(403, caldav('allowed-organizer-scheduling-object-change'));
/** RFC 6638 §3.2.4.4. */
export const allowedAttendeeChange = precondition(403, caldav('allowed-attendee-scheduling-object-change'));

/** RFC 6638 §3.2.4 by RFC 4791 §5.3.2.1: those in groups are attendees, too. */
export const maxAttendeesPerInstance = precondition(403, caldav('max-attendees-per-instance'));

/** RFC 6638 §5: a POST to an Outbox. */
export const supportedCollection = precondition(403, caldav('supported-collection'));
export const supportedCalendarData = precondition(403, caldav('supported-calendar-data'));
export const validCalendarData = precondition(403, caldav('valid-calendar-data'));
export const validSchedulingMessage = precondition(403, caldav('valid-scheduling-message'));
/** The ORGANIZER is the owner of the Outbox. */
export const validOrganizer = precondition(403, caldav('valid-organizer'));
export const maxResourceSize = precondition(403, caldav('max-resource-size'));

/** caldav-privatecomments §4.2.3: one comment of each attendee in a component. */
export const noDuplicatePrivateComments = precondition(403, calendarserver('no-duplicate-private-comments'));
