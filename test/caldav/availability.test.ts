import {describe, expect, test} from 'vitest';
import {element} from '../../src/xml/element.ts';
import {caldav} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import type {Client} from '../support/client.ts';
import {calendar, event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const hours = '/calendars/users/ann/hours/';
const [day, range] = [{start: '20261201T000000Z', end: '20261202T000000Z'}, 'start="20261201T000000Z" end="20261202T000000Z"'];

/** A VAVAILABILITY, and AVAILABLEs within it. */
const availability = (uid: string, lines: readonly string[], ...available: (readonly string[])[]) =>
  calendar(
    ...zoneOf(available),
    'BEGIN:VAVAILABILITY',
    `UID:${uid}`,
    'DTSTAMP:20261101T000000Z',
    ...lines,
    ...available.flatMap((each, number) => [
      'BEGIN:AVAILABLE',
      ...(each.some(line => line.startsWith('UID')) ? [] : [`UID:${uid}-${number}`]),
      'DTSTAMP:20261101T000000Z',
      ...each,
      'END:AVAILABLE',
    ]),
    'END:VAVAILABILITY',
  );

const paris =
  'BEGIN:VTIMEZONE,TZID:Paris,BEGIN:STANDARD,DTSTART:19700101T000000,TZOFFSETFROM:+0100,TZOFFSETTO:+0100,END:STANDARD,END:VTIMEZONE';
const zoneOf = (available: readonly (readonly string[])[]) =>
  available.flat().some(line => line.includes('TZID=Paris')) ? paris.split(',') : [];

/** Weekdays from nine to five. */
const officeHours = ['DTSTART:20261102T090000Z', 'DTEND:20261102T170000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'];
const outsideOfHours = 'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T000000Z/20261201T090000Z,20261201T170000Z/20261202T000000Z';

/** A server with a calendar of Ann's that takes events and VAVAILABILITYs. */
async function serveHours(...objects: string[]) {
  const served = await serve({ann: [], bob: []});
  const body = parseXml(`<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<C:supported-calendar-component-set><C:comp name="VEVENT"/><C:comp name="VAVAILABILITY"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>`);
  expect((await served.ann.request('MKCALENDAR', hours, {body})).status).toBe(201);
  for (const [at, object] of objects.entries()) expect((await served.ann.put(`${hours}${at + 1}.ics`, object)).status).toBe(201);
  return served;
}

async function busyIn(client: Client, path: string, text = range): Promise<string[]> {
  const body = `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range ${text}/></C:free-busy-query>`;
  return busyLines((await client.report(path, body)).text);
}

/** What Bob is told of Ann by a POST to his Outbox. */
async function asked(bob: Client): Promise<string[]> {
  const body = calendar(
    'METHOD:REQUEST',
    'BEGIN:VFREEBUSY',
    'UID:q',
    'DTSTAMP:20261101T000000Z',
    `DTSTART:${day.start}`,
    `DTEND:${day.end}`,
    'ORGANIZER:mailto:bob@example.com',
    'ATTENDEE:mailto:ann@example.com',
    'END:VFREEBUSY',
  );
  const headers = {'content-type': 'text/calendar'};
  return busyLines((await bob.request('POST', '/calendars/users/bob/outbox/', {body, headers})).text);
}

const busyLines = (text: string) => (text.replaceAll(/\r?\n /g, '').match(/^FREEBUSY.*$/gm) ?? []).map(line => line.trim());

async function found(client: Client, inner: string): Promise<string[]> {
  const body = `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VAVAILABILITY">${inner}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`;
  return [...(await client.report(hours, body)).responses.keys()].map(href => href.slice(hours.length));
}

describe('RFC 7953 §7.1 OPTIONS', () => {
  test('DAV has calendar-availability, and the name that Apple’s programs look for', async () => {
    const {ann} = await serve({ann: []});
    const tokens = (await ann.request('OPTIONS', '/calendars/users/ann/')).headers.get('dav')!.split(', ');
    expect(tokens).toEqual(expect.arrayContaining(['calendar-availability', 'inbox-availability']));
  });
});

describe('RFC 7953 §3.1 VAVAILABILITY as a calendar object', () => {
  test('a calendar takes one where it was made for them, and gives it back as it was', async () => {
    const body = availability('a', [], officeHours);
    const {ann} = await serveHours(body);
    expect((await ann.get(`${hours}1.ics`)).text).toBe(body);
  });

  test('the calendars that there are at first take none', async () => {
    const {ann} = await serve({ann: []});
    expect(await ann.put('/calendars/users/ann/calendar/1.ics', availability('a', []))).toMatchObject({
      status: 403,
      error: caldav('supported-calendar-component'),
    });
  });

  test.each([
    [['DTEND:20261102T170000Z'], 'valid-calendar-data'],
    [['DTSTART:20261102T090000Z', 'RRULE:FREQ=SOMETIMES'], 'valid-calendar-data'],
    [['DTSTART:20261102T090000Z', 'DURATION:some time'], 'valid-calendar-data'],
    [['DTSTART;TZID=Nowhere/At/All:20261102T090000', 'DURATION:PT1H'], 'valid-timezone'],
  ])('an AVAILABLE of %j is refused: %s', async (lines, error) => {
    const {ann} = await serveHours();
    expect(await ann.put(`${hours}1.ics`, availability('a', [], lines))).toMatchObject({status: 403, error: caldav(error)});
  });

  test('its ORGANIZER is who can be met, and invites nobody', async () => {
    const {ann} = await serveHours(availability('a', ['ORGANIZER:mailto:bob@example.com'], officeHours));
    expect((await ann.get(`${hours}1.ics`)).headers.has('schedule-tag')).toBe(false);
  });
});

describe('RFC 7953 §7.2.2 CALDAV:time-range', () => {
  const asks = (when: string) => `<C:time-range ${when}/>`;
  const first = (year: number) => `start="${year}0101T000000Z" end="${year}0102T000000Z"`;

  test('a VAVAILABILITY is in a range that it covers, and open at the side that is not said', async () => {
    const {ann} = await serveHours(
      availability('1', []),
      availability('2', ['DTSTART:20270101T000000Z']),
      availability('3', ['DTSTART:20270101T000000Z', 'DURATION:P30D']),
    );
    expect(await found(ann, '')).toEqual(['1.ics', '2.ics', '3.ics']);
    expect(await found(ann, asks(first(2026)))).toEqual(['1.ics']);
    expect(await found(ann, asks(first(2027)))).toEqual(['1.ics', '2.ics', '3.ics']);
    expect(await found(ann, asks(first(2090)))).toEqual(['1.ics', '2.ics']);
  });

  test('an AVAILABLE is in the ranges of its instances, and not in that of one that another stands for', async () => {
    const weekly = ['UID:w', 'DTSTART:20261201T090000Z', 'DURATION:PT8H', 'RRULE:FREQ=WEEKLY;COUNT=3'];
    const moved = ['UID:w', 'RECURRENCE-ID:20261208T090000Z', 'DTSTART:20261210T090000Z', 'DURATION:PT8H'];
    const {ann} = await serveHours(availability('1', [], weekly, moved));
    const on = (date: number) =>
      found(
        ann,
        `<C:comp-filter name="AVAILABLE">${asks(`start="202612${date}T120000Z" end="202612${date}T130000Z"`)}</C:comp-filter>`,
      );
    expect(await Promise.all([15, 10, 16, 22].map(on))).toEqual([['1.ics'], ['1.ics'], [], []]);
    const eighth = asks('start="20261208T120000Z" end="20261208T130000Z"');
    expect(await found(ann, `<C:comp-filter name="AVAILABLE">${eighth}</C:comp-filter>`)).toEqual([]);
  });

  test('CALDAV:expand leaves an AVAILABLE as it recurs, with its time zone', async () => {
    const {ann} = await serveHours(
      availability('1', [], ['DTSTART;TZID=Paris:20261102T090000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY']),
    );
    const {text} = await ann.report(
      hours,
      `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data><C:expand ${range}/></C:calendar-data></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
    );
    expect(text).toContain('TZID:Paris');
    expect(text).toContain('DTSTART;TZID=Paris:20261102T090000');
    expect(text).toContain('RRULE:FREQ=DAILY');
  });
});

describe('RFC 7953 §7.2.3 CALDAV:free-busy-query', () => {
  test('tells of the VAVAILABILITYs of a calendar beside its events', async () => {
    const {ann} = await serveHours(availability('a', [], officeHours), event('1'));
    expect(await busyIn(ann, hours)).toEqual([outsideOfHours, 'FREEBUSY:20261201T100000Z/20261201T110000Z']);
  });

  test('one of higher priority is laid over another, though it lies in another calendar', async () => {
    const {ann} = await serveHours(availability('a', ['PRIORITY:5'], officeHours));
    await ann.request('COPY', hours, {headers: {destination: '/calendars/users/ann/away/'}});
    const away = ['PRIORITY:1', `DTSTART:${day.start}`, 'DURATION:P1D', 'BUSYTYPE:BUSY'];
    expect((await ann.put('/calendars/users/ann/away/2.ics', availability('b', away))).status).toBe(201);
    expect(await busyIn(ann, '/calendars/users/ann/')).toEqual(['FREEBUSY:20261201T000000Z/20261202T000000Z']);
  });
});

describe('RFC 7953 §5 busy time of a calendar user', () => {
  test('who asks by the Outbox is told of what lies in the calendars', async () => {
    const {bob} = await serveHours(availability('a', [], officeHours));
    expect(await asked(bob)).toEqual([outsideOfHours]);
  });

  test('not of a calendar that is transparent', async () => {
    const {ann, bob} = await serveHours(availability('a', [], officeHours));
    await ann.proppatch(hours, element(caldav('schedule-calendar-transp'), element(caldav('transparent'))));
    expect(await asked(bob)).toEqual([]);
  });

  test('what is set on the Inbox and what lies in calendars is taken together by priority', async () => {
    const {ann, bob} = await serveHours(availability('a', ['PRIORITY:1', 'DTSTART:20261201T120000Z', 'DTEND:20261201T130000Z']));
    const value = availability('b', ['PRIORITY:2'], officeHours);
    await ann.proppatch('/calendars/users/ann/inbox/', element(caldav('calendar-availability'), value));
    expect(await asked(bob)).toEqual([
      'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T000000Z/20261201T090000Z,20261201T120000Z/20261201T130000Z,20261201T170000Z/20261202T000000Z',
    ]);
  });

  test('what is CONFIDENTIAL tells its time alone, and all of that', async () => {
    const body = availability('a', ['SUMMARY:Secret'], [...officeHours, 'SUMMARY:Secret']);
    const {ann, bob} = await serveHours(body.replace('VERSION', 'X-CALENDARSERVER-ACCESS:CONFIDENTIAL\r\nVERSION'));
    expect(await asked(bob)).toEqual([outsideOfHours]);
    expect(await busyIn(bob, hours)).toEqual([outsideOfHours]);
    expect((await ann.get(`${hours}1.ics`)).text).toContain('Secret');
  });
});
