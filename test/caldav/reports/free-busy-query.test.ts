import {describe, expect, test} from 'vitest';
import {caldav} from '../../../src/xml/names.ts';
import {deny, setAcl, user} from '../../support/acl.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';
import {serveAppendixB, work} from './appendix-b.ts';

const query = (range: string) =>
  `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range ${range}/></C:free-busy-query>`;

const busyLines = (body: string) => (body.replaceAll('\r\n ', '').match(/^FREEBUSY.*$/gm) ?? []).map(line => line.trim());

describe('RFC 4791 §7.10 CALDAV:free-busy-query', () => {
  test('§7.10.1: busy time of events and of stored busy time', async () => {
    const {bernard} = await serveAppendixB();
    const {status, headers, text} = await bernard.report(work, query('start="20060104T140000Z" end="20060105T220000Z"'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/calendar;charset=utf-8');
    expect(text).toMatch(/BEGIN:VFREEBUSY\r\nDTSTAMP:\d{8}T\d{6}Z\r\nDTSTART:20060104T140000Z\r\nDTEND:20060105T220000Z\r\n/);
    expect(busyLines(text)).toEqual([
      'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20060105T100000Z/20060105T120000Z',
      'FREEBUSY:20060104T190000Z/20060104T200000Z,20060105T170000Z/20060105T180000Z',
      'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060104T150000Z/20060104T160000Z',
    ]);
  });

  test('who may not know of busy time is told that nothing is there: 404, of what is there as of what is not', async () => {
    const {ann, bob, nobody} = await serve({ann: [event('1')], bob: []});
    await setAcl(ann, '/calendars/users/ann/calendar/', deny(user(2), caldav('read-free-busy')));
    const ask = async (path: string, client = bob) => {
      const {status, text} = await client.report(
        `/calendars/users/ann/${path}`,
        query('start="20060104T140000Z" end="20060105T220000Z"'),
      );
      return {status, text};
    };
    const [first, ...others] = await Promise.all(
      ['calendar/', 'calendar/1.ics', 'calendar/2.ics', 'no/', 'no/where/'].map(path => ask(path)),
    );
    expect(first!.status).toBe(404);
    for (const other of others) expect(other).toEqual(first);
    expect((await ask('calendar/', nobody)).status).toBe(401);
  });

  test('what is no collection does not answer it: 403', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const range = query('start="20060104T140000Z" end="20060105T220000Z"');
    expect((await ann.report('/calendars/users/ann/calendar/1.ics', range, '0')).status).toBe(403);
  });

  test('two ranges are refused', async () => {
    const {ann} = await serve({ann: []});
    const range = '<C:time-range start="20060104T140000Z" end="20060105T220000Z"/>';
    const body = `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">${range.repeat(2)}</C:free-busy-query>`;
    expect((await ann.report('/calendars/users/ann/calendar/', body)).status).toBe(400);
  });

  test('a home answers for all its calendars', async () => {
    const {bernard} = await serveAppendixB();
    await bernard.put('/calendars/users/bernard/calendar/1.ics', event('other', '20060104T160000Z'));
    const {text} = await bernard.report('/calendars/users/bernard/', query('start="20060104T140000Z" end="20060104T180000Z"'));
    expect(busyLines(text)).toEqual([
      'FREEBUSY:20060104T160000Z/20060104T170000Z',
      'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060104T150000Z/20060104T160000Z',
    ]);
  });

  test('transparent and cancelled events leave the time free', async () => {
    const events = [
      event('free', '20260101T100000Z', 'TRANSP:TRANSPARENT'),
      event('off', '20260101T110000Z', 'STATUS:CANCELLED'),
      event('on', '20260101T120000Z', 'TRANSP:OPAQUE', 'STATUS:CONFIRMED'),
    ];
    const {ann} = await serve({ann: events});
    const {text} = await ann.report('/calendars/users/ann/calendar/', query('start="20260101T000000Z" end="20260102T000000Z"'));
    expect(busyLines(text)).toEqual(['FREEBUSY:20260101T120000Z/20260101T130000Z']);
  });

  test.each([
    '',
    'start="20260101T000000Z"',
    'start="x" end="y"',
    'start="20260102T000000Z" end="20260101T000000Z"',
    'start="20260101" end="20260102"',
    'start="20260101T000000" end="20260102T000000"',
  ])('a range with %j is refused', async range => {
    const {ann} = await serve({ann: []});
    expect((await ann.report('/calendars/users/ann/calendar/', query(range))).status).toBe(400);
  });
});

test('more busy time than can be told is refused, not gathered: 507', async () => {
  const rule = 'RRULE:FREQ=MINUTELY;UNTIL=20260201T000000Z';
  const events = ['1', '2', '3'].map(uid => event(uid, '20260101T000000Z', 'DURATION:PT10S', rule).replace(/DTEND.*\r\n/, ''));
  const {ann} = await serve({ann: events});
  const {status, error} = await ann.report(
    '/calendars/users/ann/calendar/',
    query('start="20260101T000000Z" end="20270101T000000Z"'),
  );
  expect({status, error}).toEqual({status: 507, error: '{DAV:}number-of-matches-within-limits'});
});
