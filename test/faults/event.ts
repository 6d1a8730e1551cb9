export const calendar = '/calendars/users/ann/calendar/';

/** An event of a day in January 2027. */
export function event(uid: string, summary = uid, day = '05'): string {
  const lines = [`UID:${uid}`, 'DTSTAMP:20261101T000000Z', `DTSTART:202701${day}T100000Z`, 'DURATION:PT1H', `SUMMARY:${summary}`];
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//faults//EN', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'];
  return `${all.join('\r\n')}\r\n`;
}
