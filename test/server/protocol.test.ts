import {describe, expect, test} from 'vitest';
import {serve} from '../support/serve.ts';

const paths = [
  '/',
  '/principals/users/ann/',
  '/calendars/users/ann/',
  '/calendars/users/ann/calendar/',
  '/calendars/users/ann/inbox/',
];

describe('RFC 6638 §2 calendar-auto-schedule in DAV', () => {
  test.each([
    [{}, true],
    [{EnableImplicitScheduling: false}, false],
  ])('%j: %s, wherever a client looks', async (plist, expected) => {
    const {ann} = await serve({ann: []}, {plist});
    for (const path of paths) {
      // Apple’s programs read them on the answer to a PROPFIND of the principal.
      for (const method of path.startsWith('/principals/') ? ['OPTIONS', 'PROPFIND'] : ['OPTIONS']) {
        const tokens = (await ann.request(method, path, {headers: {depth: '0'}})).headers.get('dav')?.split(', ') ?? [];
        expect(tokens.includes('calendar-auto-schedule'), `${method} ${path}`).toBe(expected);
        expect(tokens).toContain('calendar-access');
      }
    }
  });

  test('switched off, an event is stored as it came and nobody hears of it', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []}, {plist: {EnableImplicitScheduling: false}});
    const body =
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20991201T100000Z
ORGANIZER:mailto:ann@example.com\r\nATTENDEE:mailto:bob@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`.replaceAll(
        /\r?\n/g,
        '\r\n',
      );
    const {status, headers} = await ann.put('/calendars/users/ann/calendar/1.ics', body);
    expect(status).toBe(201);
    expect(headers.get('etag')).not.toBeNull();
    expect(headers.get('schedule-tag')).toBeNull();
    await delivered();
    expect((await ann.get('/calendars/users/ann/calendar/1.ics')).text).toBe(body);
    expect((await bob.propfind('/calendars/users/bob/inbox/', 1)).responses.size).toBe(1);
  });
});
