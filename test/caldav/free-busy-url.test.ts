import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {mainComponents} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {type Element, element} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import {authenticated, deny, everybody, grant, invert, owner, setAcl, unauthenticated, user} from '../support/acl.ts';
import type {Answer} from '../support/client.ts';
import {calendar, event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const url = '/calendars/users/ann/freebusy';
const busyTime = caldav('read-free-busy');
const anybody = {plist: {FreeBusyURL: {Enabled: true, AnonymousAccess: true}}};
const on = {plist: {FreeBusyURL: {Enabled: true}}};
const busyIn = ({text}: Answer) =>
  mainComponents(parseCalendar(text))[0]![1]
    .filter(([name]) => name === 'freebusy')
    .flatMap(property => property.slice(3).map(period => (period as string[]).join('/')));

describe('CalConnect Freebusy Read URL', () => {
  test('answers a published VFREEBUSY of all calendars but transparent ones, and what is in none of them', async () => {
    const {ann, ben} = await serve({ann: [event('a'), event('free', '20261202T100000Z', 'TRANSP:TRANSPARENT')], ben: []}, on);
    for (const name of ['open', 'hidden']) await ann.request('MKCALENDAR', `/calendars/users/ann/${name}/`);
    await ann.put('/calendars/users/ann/open/b.ics', event('b', '20261203T100000Z', 'STATUS:TENTATIVE'));
    await ann.put('/calendars/users/ann/hidden/c.ics', event('c', '20261204T100000Z'));
    await ann.proppatch(
      '/calendars/users/ann/hidden/',
      element(caldav('schedule-calendar-transp'), element(caldav('transparent'))),
    );
    for (const [client, path] of [
      [ann, url],
      [ben, `${url}/`],
      [ben, `/calendars/__uids__/${guidOf(1)}/freebusy`],
    ] as const) {
      const answer = await client.get(`${path}?start=20261201T000000Z&end=20261208T000000Z`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/calendar;charset=utf-8']);
      expect(busyIn(answer)).toEqual(['2026-12-01T10:00:00Z/2026-12-01T11:00:00Z', '2026-12-03T10:00:00Z/2026-12-03T11:00:00Z']);
      expect(answer.text).toContain('\r\nMETHOD:PUBLISH\r\n');
      expect(answer.text).toContain('ORGANIZER;CN=ann:mailto:ann@example.com');
      expect(answer.text).toContain('FREEBUSY;FBTYPE=BUSY-TENTATIVE:');
      expect(answer.text).not.toMatch(/SUMMARY|Event/);
    }
  });

  test('the time that its owner cannot be met in is told too (RFC 7953)', async () => {
    const {ann, ben} = await serve({ann: [], ben: []}, on);
    const away = ['BEGIN:VAVAILABILITY', 'UID:a', 'DTSTAMP:20261101T000000Z', 'DTSTART:20261202T000000Z', 'END:VAVAILABILITY'];
    await ann.proppatch('/calendars/users/ann/inbox/', element(caldav('calendar-availability'), calendar(...away)));
    const answer = await ben.get(`${url}?start=20261201T000000Z&end=20261208T000000Z`);
    expect(answer.text).toContain('FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261202T000000Z/20261208T000000Z');
  });

  test('tells nobody of a calendar whose owner does not want it', async () => {
    const {ann, ben, nobody} = await serve({ann: [event('a')], ben: []}, anybody);
    const body = `<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:authenticated/></D:principal><D:deny><D:privilege><C:read-free-busy xmlns:C="urn:ietf:params:xml:ns:caldav"/></D:privilege></D:deny></D:ace></D:acl>`;
    const query = `${url}?start=20261201T000000Z`;
    for (const client of [ann, ben, nobody]) expect(busyIn(await client.get(query))).toHaveLength(1);
    const {status} = await ann.request('ACL', '/calendars/users/ann/calendar/', {
      body,
      headers: {'content-type': 'application/xml'},
    });
    expect(status).toBe(200);
    const told = await Promise.all([ann, ben, nobody].map(async client => busyIn(await client.get(query)).length));
    expect(told).toEqual([1, 0, 0]);
  });

  test.each<[string, Element[], [ben: number, nobody: number]]>([
    ['all but the owner', [deny(invert(owner), dav('all')), grant(authenticated, busyTime)], [0, 0]],
    ['all but Ben', [deny(invert(user(2)), busyTime), grant(authenticated, busyTime)], [1, 0]],
    ['who has not logged in', [deny(unauthenticated, dav('all')), grant(everybody, dav('read'))], [1, 0]],
    ['Ben', [deny(user(2), busyTime), grant(authenticated, busyTime)], [0, 1]],
    ['nobody', [grant(everybody, dav('read')), deny(everybody, dav('all'))], [1, 1]],
  ])('is held to what was denied to %s, on the calendar or on one event', async (_, aces, told) => {
    const {ann, ben, nobody} = await serve({ann: [event('a')], ben: []}, anybody);
    const calendar = '/calendars/users/ann/calendar/';
    const count = async () =>
      Promise.all([ben, nobody].map(async client => busyIn(await client.get(`${url}?start=20261201T000000Z`)).length));
    expect((await setAcl(ann, `${calendar}1.ics`, ...aces)).status).toBe(200);
    expect(await count()).toEqual(told);
    await setAcl(ann, `${calendar}1.ics`);
    await setAcl(ann, calendar, ...aces);
    expect(await count()).toEqual(told);
  });

  test('tells the time of what an event says is private', async () => {
    const hidden = event('a').replace('PRODID', 'X-CALENDARSERVER-ACCESS:PRIVATE\r\nPRODID');
    const {ben, nobody} = await serve({ann: [hidden], ben: []}, anybody);
    for (const client of [ben, nobody]) expect(busyIn(await client.get(`${url}?start=20261201T000000Z`))).toHaveLength(1);
  });

  test('tells of today and the days that the plist says where nothing is asked', async () => {
    const {ann} = await serve({ann: []}, {plist: {FreeBusyURL: {Enabled: true, TimePeriod: 3}}});
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const {text} = await ann.get(url);
    const [, start, end] = /DTSTART:(\w+)\r\nDTEND:(\w+)\r\n/.exec(text)!;
    expect(start).toBe(`${today}T000000Z`);
    expect(
      Number(new Date(end!.replace(/^(....)(..)(..).*/, '$1-$2-$3'))) -
        Number(new Date(today.replace(/^(....)(..)(..)/, '$1-$2-$3'))),
    ).toBe(3 * 86_400_000);
  });

  test.each([
    ['start=20261201T000000Z&duration=P2D', '20261201T000000Z/20261203T000000Z'],
    ['start=2026-12-01T00:00:00Z&period=PT12H', '20261201T000000Z/20261201T120000Z'],
    ['start=2026-12-01&end=2026-12-02', '20261201T000000Z/20261202T000000Z'],
    ['start=2026-12-01T00:00:00%2B01:00&end=2026-12-02T00:00:00+01:00', '20261130T230000Z/20261201T230000Z'],
    ['start=20261201T000000Z', '20261201T000000Z/20261215T000000Z'],
  ])('understands %s', async (query, range) => {
    const {ann} = await serve({ann: []}, on);
    const {text} = await ann.get(`${url}?${query}`);
    expect(/DTSTART:(\w+)\r\nDTEND:(\w+)\r\n/.exec(text)!.slice(1).join('/')).toBe(range);
  });

  test.each([
    ['start=now', 400, 'valid-query-parameters'],
    ['start=20261201T000000', 400, 'valid-query-parameters'],
    ['start=20260230T000000Z', 400, 'valid-query-parameters'],
    ['start=20261201T000000Z&end=20261201T000000Z', 400, 'valid-query-parameters'],
    ['start=20261201T000000Z&end=20261202T000000Z&duration=P1D', 400, 'valid-query-parameters'],
    ['duration=-P1D', 400, 'valid-query-parameters'],
    ['duration=PT0S', 400, 'valid-query-parameters'],
    ['duration=P9999W', 400, 'valid-query-parameters'],
    ['format=application/pdf', 406, 'supported-format'],
    ['token=x', 406, 'supported-query-parameter'],
    ['user=ben', 406, 'supported-query-parameter'],
  ])('refuses %s', async (query, status, condition) => {
    const {ann} = await serve({ann: []}, on);
    const answer = await ann.get(`${url}?${query}`);
    expect([answer.status, answer.error]).toEqual([status, calendarserver(condition)]);
  });

  test('whatever the parameters, the answer is a calendar or a refusal', async () => {
    const {ann} = await serve({ann: [event('a')]}, on);
    const part = fc.constantFrom('start', 'end', 'period', 'duration', 'accept', 'format', 'x');
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('20261201T000000Z', '2026-12-01', 'P1D', 'text/plain', '+020000-01-01', '0000-01-01'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(part, value), {maxLength: 4}), async pairs => {
        const query = pairs.map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`).join('&');
        expect([200, 400, 406]).toContain((await ann.get(`${url}?${query}`)).status);
      }),
      {numRuns: 60},
    );
  });

  test('as text/plain a browser shows it; HEAD says the same without it', async () => {
    const {ann} = await serve({ann: []}, on);
    const plain = await ann.get(`${url}?format=text/plain`);
    expect(plain.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    const head = await ann.request('HEAD', url);
    expect([head.status, head.text, Number(head.headers.get('content-length'))]).toEqual([200, '', plain.text.length]);
  });

  test('is there only where it is switched on, and needs a password where nothing else is said', async () => {
    const off = await serve({ann: []});
    expect((await off.ann.get(url)).status).toBe(404);
    const {nobody, ann} = await serve({ann: []}, on);
    expect((await nobody.get(url)).status).toBe(401);
    expect((await ann.get('/calendars/users/nobody/freebusy')).status).toBe(404);
    const open = await serve({ann: [event('a')]}, anybody);
    expect(busyIn(await open.nobody.get(`${url}?start=20261201T000000Z`))).toEqual(['2026-12-01T10:00:00Z/2026-12-01T11:00:00Z']);
    expect((await open.nobody.get('/calendars/users/ann/calendar/')).status).toBe(401);
    expect((await open.nobody.get('/calendars/users/nobody/freebusy')).status).toBe(401);
  });

  test('is no place to write to, and gives way to what its owner calls so', async () => {
    const {ann} = await serve({ann: []}, on);
    for (const method of ['PUT', 'DELETE', 'MKCALENDAR', 'PROPPATCH', 'POST', 'MKCOL']) {
      expect((await ann.request(method, url, {body: method === 'PUT' ? 'x' : ''})).status, method).toBeGreaterThanOrEqual(400);
    }
    const {properties} = (await ann.propfind(url, 0, dav('resourcetype'))).responses.get(url)!;
    expect(properties.get(dav('resourcetype'))!.children).toEqual([element(calendarserver('free-busy-url'))]);
    expect((await ann.get('/calendars/users/ann/calendar/freebusy')).status).toBe(404);
    const before = await serve({ann: []});
    await before.ann.request('MKCALENDAR', `${url}/`);
    const after = await serve({ann: []}, {...on, store: before.store});
    expect((await after.ann.get(`${url}/`)).text).not.toContain('VFREEBUSY');
  });
});
