/** The lines of an iCalendar object, joined as RFC 5545 wants them. */
export function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//caldav//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** An event of one hour; `lines` are added to it. */
export function event(uid: string, start = '20261201T100000Z', ...lines: string[]): string {
  return calendar(
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20261101T000000Z',
    `DTSTART:${start}`,
    'DURATION:PT1H',
    `SUMMARY:Event ${uid}`,
    ...lines,
    'END:VEVENT',
  );
}

/** A task; `lines` are added to it. */
export function todo(uid: string, ...lines: string[]): string {
  return calendar('BEGIN:VTODO', `UID:${uid}`, 'DTSTAMP:20261101T000000Z', `SUMMARY:Task ${uid}`, ...lines, 'END:VTODO');
}
