import {describe, expect, test} from 'vitest';
import {raw} from '../http/listening.ts';
import {calendar} from '../support/events.ts';
import {serve} from '../support/serve.ts';

describe('what the plist says, as clients meet it', () => {
  test.each([
    [true, ['ann', 'ben']],
    [false, ['ann']],
  ])('EnablePrincipalListings %s: who is listed beside oneself', async (EnablePrincipalListings, names) => {
    const {ann} = await serve({ann: [], ben: []}, {plist: {EnablePrincipalListings}});
    const {responses} = await ann.propfind('/principals/users/', 1, '{DAV:}displayname');
    const members = [...responses.keys()].filter(href => href !== '/principals/users/');
    expect(members).toEqual(names.map(name => `/principals/users/${name}/`));
  });

  test.each([
    ['UTC', '20261201T000000Z', 1],
    ['UTC', '20261130T130000Z', 0],
    ['Pacific/Auckland', '20261130T130000Z', 1],
    ['Pacific/Auckland', '20261201T113000Z', 0],
  ])('DefaultTimezone %s: whether a day without a zone is under way at %s', async (DefaultTimezone, start, found) => {
    const day = calendar('BEGIN:VEVENT', 'UID:day', 'DTSTAMP:20261101T000000Z', 'DTSTART;VALUE=DATE:20261201', 'END:VEVENT');
    const {ann} = await serve({ann: [day]}, {plist: {DefaultTimezone}});
    const end = start.replace(/\d\dZ$/, '10Z');
    const {responses} = await ann.report(
      '/calendars/users/ann/calendar/',
      `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop><C:filter>
      <C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter>
      </C:comp-filter></C:filter></C:calendar-query>`,
    );
    expect(responses.size).toBe(found);
  });

  test.each([true, false])(
    'EnableMonolithicCalendars %s: whether GET of a calendar is one .ics',
    async EnableMonolithicCalendars => {
      const {ann} = await serve({ann: []}, {plist: {EnableMonolithicCalendars}});
      const {headers} = await ann.get('/calendars/users/ann/calendar/');
      expect(headers.get('content-type')?.startsWith('text/calendar') ?? false).toBe(EnableMonolithicCalendars);
    },
  );
});

describe('a large body', () => {
  const body = 'x'.repeat(100_000);
  const head = `PUT /calendars/users/ann/x.txt HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n`;

  test.each([
    ['nobody', ''],
    ['a wrong password', `Authorization: Basic ${Buffer.from('ann:wrong').toString('base64')}\r\n`],
  ])('is not waited for from %s', async (_, credentials) => {
    const {base} = await serve({ann: []});
    const answer = await raw(Number(new URL(base).port), `${head}${credentials}\r\n`, text => text.includes('\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*\r\nWWW-Authenticate: Basic realm="Test Realm"/i);
  });

  test('is taken from who has logged in', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.put('/calendars/users/ann/x.txt', body)).status).toBe(201);
  });
});

test.each<[Record<string, string>, number]>([
  [{'sec-fetch-site': 'cross-site'}, 403],
  [{'sec-fetch-site': 'same-site'}, 403],
  [{'sec-fetch-site': 'same-origin', origin: 'https://behind.example'}, 201],
  [{origin: 'https://elsewhere.example'}, 403],
  [{origin: 'null'}, 403],
  [{origin: ''}, 403],
  [{origin: 'http://127.0.0.1:8008'}, 201],
  [{origin: 'https://Calendars.example', 'x-forwarded-host': 'calendars.example'}, 201],
  [{}, 201],
])('a POST that a browser sends for a page of another site: %j is %i', async (headers, expected) => {
  const {ann} = await serve({ann: []});
  const {status} = await ann.request('POST', '/calendars/users/ann/calendar/?add-member', {
    body: calendar('BEGIN:VEVENT', 'UID:x', 'DTSTAMP:20261101T000000Z', 'DTSTART;VALUE=DATE:20261201', 'END:VEVENT'),
    headers: {'content-type': 'text/plain', ...headers},
  });
  expect(status).toBe(expected);
});
