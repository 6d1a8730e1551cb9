import {expect, test} from 'vitest';
import {serve} from '../support/serve.ts';

const attic = `<location><uid>attic</uid><guid>ATTIC</guid><auto-schedule/><email-address>attic@example.com</email-address></location>`;
const meeting = (who: string) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    'BEGIN:VEVENT',
    `UID:${who}`,
    'DTSTAMP:20300101T000000Z',
    'DTSTART:20300115T100000Z',
    'DURATION:PT1H',
    `ORGANIZER:mailto:${who}@example.com`,
    `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${who}@example.com`,
    'ATTENDEE;CUTYPE=ROOM;RSVP=TRUE:mailto:attic@example.com',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

test('two organizers book one room at the same moment: one has it, the other is told that it is taken', async () => {
  const {ann, bob, delivered} = await serve({ann: [], bob: []}, {records: attic});
  await Promise.all([
    ann.put('/calendars/users/ann/calendar/m.ics', meeting('ann')),
    bob.put('/calendars/users/bob/calendar/m.ics', meeting('bob')),
  ]);
  await delivered();
  const texts = [await ann.get('/calendars/users/ann/calendar/m.ics'), await bob.get('/calendars/users/bob/calendar/m.ics')];
  const partstats = texts.map(
    ({text}) => /ATTENDEE(?=[^\n]*CUTYPE=ROOM)[^\n]*PARTSTAT=(\w+)/.exec(text.replace(/\r?\n /g, ''))?.[1],
  );
  expect(partstats.sort()).toEqual(['ACCEPTED', 'DECLINED']);
});
