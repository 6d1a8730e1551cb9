/**
 * CALDAV:min-date-time and CALDAV:max-date-time (RFC 4791 §5.2.6 and §5.2.7): whatever iCalendar's four digits can say from year 1 on,
 * since address books give birthdays without a year in 1604 and in year 1. Recurrence without an end is not held to the latter.
 */
export const dateLimits = {min: '00010101T000000Z', max: '99991231T235959Z'} as const;
