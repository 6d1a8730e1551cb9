import {describe, expect, test} from 'vitest';
import {isLocalAddress} from '../../src/scheduling/local-addresses.ts';
import {serve} from '../support/serve.ts';

describe('addresses that are this server’s', () => {
  const local = {emailDomain: 'Example.com', httpDomain: 'cal.example.com', addressPatterns: [/^urn:x-own:/]};

  test.each([
    ['mailto:ann@example.com', true],
    ['MAILTO:Ann@Rooms.EXAMPLE.com', true],
    ['mailto:ann@notexample.com', false],
    ['mailto:ann@elsewhere.example', false],
    ['https://cal.example.com/principals/users/ann/', true],
    ['https://example.com/ann', false],
    ['urn:x-own:7', true],
  ])('%s: %s', (address, is) => {
    expect(isLocalAddress(address, local)).toBe(is);
    expect(isLocalAddress(address, {emailDomain: '', httpDomain: '', addressPatterns: []})).toBe(false);
  });
});

const room = `<location><uid>hall</uid><guid>hall</guid><password>hall</password><name>Hall</name>
<email-address>hall@example.com</email-address></location>`;
const meeting = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:meeting
DTSTAMP:20270101T000000Z
DTSTART:20991201T100000Z
DURATION:PT1H
SUMMARY:Plans
ORGANIZER:mailto:hall@example.com
ATTENDEE:mailto:ann@example.com
END:VEVENT
END:VCALENDAR
`.replace(/\n/g, '\r\n');

describe('Scheduling.Options.AllowLocationAsOrganizer', () => {
  test.each([
    [false, 403],
    [true, 201],
  ])('%s: an invitation in a location’s name is answered %s', async (allowed, status) => {
    const {admin} = await serve(
      {admin: [], ann: []},
      {records: room, plist: {Scheduling: {Options: {AllowLocationAsOrganizer: allowed}}}},
    );
    const put = await admin.put('/calendars/locations/hall/calendar/1.ics', meeting);
    expect(put.status).toBe(status);
    if (status === 403) expect(put.error).toBe('{urn:ietf:params:xml:ns:caldav}valid-organizer');
  });
});

test('Scheduling.CalDAV.EnablePrivateComments says whether clients are told of them', async () => {
  for (const on of [true, false]) {
    const plist = {EnableImplicitScheduling: true, Scheduling: {CalDAV: {EnablePrivateComments: on}}};
    const {ann} = await serve({ann: []}, {plist});
    const {headers} = await ann.request('OPTIONS', '/calendars/users/ann/');
    expect(headers.get('dav')?.includes('calendarserver-private-comments')).toBe(on);
  }
});
