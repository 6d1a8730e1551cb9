import {describe, expect, test} from 'vitest';
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
