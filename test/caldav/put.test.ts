import {describe, expect, test} from 'vitest';
import {elements, isElement, text} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {calendar, event, todo} from '../support/events.ts';
import {serve} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';

const home = '/calendars/users/ann/calendar/';

/** The DAV:href within the condition. */
const hrefIn = ({xml}: Answer) => {
  const condition = xml!.children.find(isElement)!;
  return text(elements(condition, dav('href'))[0]!);
};

const zone = (tzid: string) => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid}`,
  'BEGIN:STANDARD',
  'DTSTART:20001026T020000',
  'TZOFFSETFROM:-0400',
  'TZOFFSETTO:-0500',
  'END:STANDARD',
  'END:VTIMEZONE',
];

describe('RFC 4791 §5.3.2 creating calendar object resources', () => {
  test('what is stored is byte for byte what was sent, and its ETag is answered', async () => {
    const {ann} = await serve({ann: []});
    const odd = event('1', '20261201T100000Z', 'X-ODD;X-P="a,b":\\, ü 🎉', 'DESCRIPTION:folded', '  twice').replace(
      'VERSION',
      'version',
    );
    const put = await ann.put(`${home}1.ics`, odd);
    expect(put.status).toBe(201);
    const got = await ann.get(`${home}1.ics`);
    expect(got.text).toBe(odd);
    expect(got.headers.get('etag')).toBe(put.headers.get('etag'));
    expect(got.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(got.headers.get('content-type')).toBe('text/calendar;charset=utf-8');
    const {responses} = await ann.propfind(`${home}1.ics`, 0, dav('getetag'), dav('getcontenttype'), dav('getcontentlength'));
    const {properties} = responses.get(`${home}1.ics`)!;
    expect(text(properties.get(dav('getetag'))!)).toBe(put.headers.get('etag'));
    expect(text(properties.get(dav('getcontenttype'))!)).toBe('text/calendar;charset=utf-8');
    expect(text(properties.get(dav('getcontentlength'))!)).toBe(String(Buffer.byteLength(odd)));
  });

  test('§5.3.2, the example', async () => {
    const {ann} = await serve({ann: []});
    const example = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp.//CalDAV Client//EN
BEGIN:VEVENT
UID:20010712T182145Z-123401@example.com
DTSTAMP:20060712T182145Z
DTSTART:20060714T170000Z
DTEND:20060715T040000Z
SUMMARY:Bastille Day Party
END:VEVENT
END:VCALENDAR
`;
    const put = await ann.put(`${home}qwue23489.ics`, example, {'if-none-match': '*', 'content-type': 'text/calendar'});
    expect([put.status, put.headers.get('content-length') ?? '0']).toEqual([201, '0']);
    expect((await ann.get(`${home}qwue23489.ics`)).text).toBe(example);
  });

  test('If-None-Match: * makes a new one only, If-Match changes the very one that was seen', async () => {
    const {ann} = await serve({ann: []});
    const first = await ann.put(`${home}1.ics`, event('1'), {'if-none-match': '*'});
    expect(first.status).toBe(201);
    expect((await ann.put(`${home}1.ics`, event('1'), {'if-none-match': '*'})).status).toBe(412);
    const etag = first.headers.get('etag')!;
    const changed = event('1', '20261202T100000Z');
    const second = await ann.put(`${home}1.ics`, changed, {'if-match': etag});
    expect(second.status).toBe(204);
    expect(second.headers.get('etag')).not.toBe(etag);
    expect((await ann.put(`${home}1.ics`, event('1'), {'if-match': etag})).status).toBe(412);
    expect((await ann.put(`${home}no.ics`, event('no'), {'if-match': etag})).status).toBe(412);
    expect((await ann.delete(`${home}1.ics`, {'if-match': etag})).status).toBe(412);
    expect((await ann.get(`${home}1.ics`)).text).toBe(changed);
    expect((await ann.delete(`${home}1.ics`, {'if-match': second.headers.get('etag')!})).status).toBe(204);
    expect((await ann.delete(`${home}1.ics`)).status).toBe(404);
  });

  test('a PUT that is refused changes nothing: neither the object nor the CTag', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const before = await ann.get(home);
    expect((await ann.put(`${home}1.ics`, 'BEGIN:VCALENDAR')).status).toBe(403);
    expect((await ann.put(`${home}2.ics`, 'BEGIN:VCALENDAR')).status).toBe(403);
    expect((await ann.get(`${home}1.ics`)).text).toBe(event('1'));
    expect((await ann.get(`${home}2.ics`)).status).toBe(404);
    expect((await ann.get(home)).headers.get('etag')).toBe(before.headers.get('etag'));
  });

  test('into a calendar that is not there: 409; onto a calendar, a home or a path outside homes: refused', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.put('/calendars/users/ann/no/1.ics', event('1'))).status).toBe(409);
    for (const path of [home, '/calendars/users/ann/']) expect([403, 405]).toContain((await ann.put(path, event('1'))).status);
    for (const path of ['/1.ics', '/calendars/1.ics', '/principals/users/1.ics', '/caldav/1.ics']) {
      expect([403, 405]).toContain((await ann.put(path, event('1'))).status);
    }
  });
});

describe('RFC 4791 §5.3.2.1 supported-calendar-data', () => {
  const served = sharedServer({ann: []});
  const refused = {status: 403, error: caldav('supported-calendar-data')};

  test.each(['text/plain', 'application/xml', 'text/vcard; charset=utf-8', 'image/png'])(
    '%s is not what a calendar holds',
    async type => {
      const {ann} = served();
      expect(await ann.put(`${home}1.ics`, '<a/>', {'content-type': type})).toMatchObject(refused);
    },
  );

  test.each([
    'text/xml',
    'application/octet-stream',
    'text/plain; charset=utf-8',
    'TEXT/Calendar',
    'text/calendar;component=vevent',
    '',
  ])('iCalendar is taken that is called %j', async type => {
    const {ann} = served();
    const put = await ann.put(`${home}1.ics`, event('1'), {'content-type': type});
    expect(put.status).toBe(201);
    expect((await ann.get(`${home}1.ics`)).headers.get('content-type')).toBe('text/calendar;charset=utf-8');
    await ann.delete(`${home}1.ics`);
  });

  test('another charset is taken and kept as UTF-8, so no ETag is answered', async () => {
    const {ann} = served();
    const sent = event('1').replace('Event 1', 'Grüße');
    const put = await ann.put(`${home}1.ics`, Buffer.from(sent, 'latin1'), {'content-type': 'text/calendar; charset=ISO-8859-1'});
    expect(put.status).toBe(201);
    expect(put.headers.has('etag')).toBe(false);
    expect((await ann.get(`${home}1.ics`)).text).toBe(sent);
    await ann.delete(`${home}1.ics`);
    const wide = await ann.put(`${home}2.ics`, Buffer.from(`\ufeff${event('2')}`, 'utf16le'), {'content-type': 'text/calendar'});
    expect(wide.status).toBe(201);
    await ann.delete(`${home}2.ics`);
  });

  test('a charset that is unknown, or not what the text is in, is refused', async () => {
    const {ann} = served();
    const unknown = {'content-type': 'text/calendar; charset=klingon'};
    expect(await ann.put(`${home}1.ics`, event('1'), unknown)).toMatchObject(refused);
    const wide = {'content-type': 'text/calendar; charset=utf-16'};
    expect((await ann.put(`${home}1.ics`, Buffer.from(`${event('1')}x`, 'latin1'), wide)).status).toBe(403);
  });
});

describe('RFC 4791 §5.3.2.1 valid-calendar-data', () => {
  const served = sharedServer({ann: []});
  const broken: [string, string | Uint8Array][] = [
    ['nothing', ''],
    ['what is no iCalendar', 'Dear diary'],
    ['what ends too soon', event('1').replace('END:VCALENDAR', '')],
    ['an END that nothing began', event('1').replace('END:VEVENT', 'END:VTODO')],
    ['a line that is no property', event('1').replace('SUMMARY:', 'SUMMARY ')],
    ['another root', event('1').replaceAll('VCALENDAR', 'XCALENDAR')],
    ['an event without a start', event('1').replace('DTSTART:20261201T100000Z\r\n', '')],
    ['a date that is none', event('1', '2026-12-01')],
    ['a rule that is none', event('1', undefined, 'RRULE:FREQ=SOMETIMES')],
    ['a duration that is none', event('1').replace('PT1H', 'an hour')],
    ['two calendars in one', event('1') + event('1')],
    ['what is not UTF-8', Buffer.from(event('1').replace('Event', 'Gr\u00fc\u00dfe'), 'latin1')],
  ];
  test.each(broken)('%s is refused', async (_, body) => {
    const {ann} = served();
    expect(await ann.put(`${home}1.ics`, body)).toMatchObject({status: 403, error: caldav('valid-calendar-data')});
    expect((await ann.get(`${home}1.ics`)).status).toBe(404);
  });
});

describe('RFC 4791 §5.3.2.1 valid-calendar-object-resource', () => {
  const served = sharedServer({ann: []});
  const lines = (uid: string, ...more: string[]) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20261101T000000Z',
    'DTSTART:20261201T100000Z',
    ...more,
    'END:VEVENT',
  ];
  const broken: [string, string][] = [
    ['a METHOD', calendar('METHOD:REQUEST', ...lines('1'))],
    ['no component', calendar()],
    ['a time zone alone', calendar(...zone('Test/Zone'))],
    ['two types of component', calendar(...lines('1'), 'BEGIN:VTODO', 'UID:1', 'DTSTAMP:20261101T000000Z', 'END:VTODO')],
    ['two UIDs', calendar(...lines('1'), ...lines('2', 'RECURRENCE-ID:20261202T100000Z'))],
    ['no UID', event('1').replace('UID:1\r\n', '')],
    ['an empty UID', event('1').replace('UID:1\r\n', 'UID:\r\n')],
    ['two masters', calendar(...lines('1'), ...lines('1'))],
    [
      'two overrides of one instance',
      calendar(
        ...lines('1', 'RRULE:FREQ=DAILY'),
        ...lines('1', 'RECURRENCE-ID:20261202T100000Z'),
        ...lines('1', 'RECURRENCE-ID:20261202T100000Z'),
      ),
    ],
    ['an override of what does not recur', calendar(...lines('1'), ...lines('1', 'RECURRENCE-ID:20261202T100000Z'))],
  ];
  test.each(broken)('%s is refused', async (_, body) => {
    const {ann} = served();
    expect(await ann.put(`${home}1.ics`, body)).toMatchObject({status: 403, error: caldav('valid-calendar-object-resource')});
    expect((await ann.get(`${home}1.ics`)).status).toBe(404);
  });

  const fine: [string, string][] = [
    [
      'overrides without a master',
      calendar(...lines('1', 'RECURRENCE-ID:20261202T100000Z'), ...lines('1', 'RECURRENCE-ID:20261203T100000Z')),
    ],
    [
      'a time zone of its own',
      event('1')
        .replace('DTSTART:20261201T100000Z', 'DTSTART;TZID=Bogus:20261201T100000')
        .replace('BEGIN:VEVENT', [...zone('Bogus'), 'BEGIN:VEVENT'].join('\r\n')),
    ],
    [
      'a time zone that everybody knows',
      event('1').replace('DTSTART:20261201T100000Z', 'DTSTART;TZID=Europe/Berlin:20261201T100000'),
    ],
    [
      'a time zone of Windows',
      event('1').replace('DTSTART:20261201T100000Z', 'DTSTART;TZID=W. Europe Standard Time:20261201T100000'),
    ],
    [
      'a vendor’s time zone',
      event('1').replace(
        'DTSTART:20261201T100000Z',
        'DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261201T100000',
      ),
    ],
    ['lines that end in LF', event('1').replaceAll('\r\n', '\n')],
    ['a byte order mark', `\ufeff${event('1')}`],
    ['a component of the client’s own inside', event('1', '20261201T100000Z', 'BEGIN:X-THING', 'X-A:1', 'END:X-THING')],
  ];
  test.each(fine)('%s is taken', async (_, body) => {
    const {ann} = served();
    expect((await ann.put(`${home}1.ics`, body)).status).toBe(201);
    expect(Buffer.from((await ann.get(`${home}1.ics`)).bytes)).toEqual(Buffer.from(body));
    expect((await ann.delete(`${home}1.ics`)).status).toBe(204);
  });
});

test('RFC 7809 §3.1.4 valid-timezone: a time zone that is not in the object, and that nobody knows, is refused', async () => {
  const {ann} = await serve({ann: [event('1')]});
  const body = event('2').replace('DTSTART:20261201T100000Z', 'DTSTART;TZID=Bogus:20261201T100000');
  for (const name of ['1.ics', 'new.ics']) {
    expect(await ann.put(`${home}${name}`, body)).toMatchObject({status: 403, error: caldav('valid-timezone')});
  }
  expect((await ann.get(`${home}new.ics`)).status).toBe(404);
});

describe('RFC 4791 §5.3.2.1 supported-calendar-component', () => {
  test('only the types that the calendar was made for', async () => {
    const {ann} = await serve({ann: []});
    const refused = {status: 403, error: caldav('supported-calendar-component')};
    expect(await ann.put(`${home}1.ics`, todo('1'))).toMatchObject(refused);
    const journal = calendar('BEGIN:VJOURNAL', 'UID:1', 'DTSTAMP:20261101T000000Z', 'END:VJOURNAL');
    expect(await ann.put(`${home}1.ics`, journal)).toMatchObject(refused);
    expect((await ann.request('MKCALENDAR', '/calendars/users/ann/all/')).status).toBe(201);
    expect((await ann.put('/calendars/users/ann/all/1.ics', journal)).status).toBe(201);
    const availability = calendar('BEGIN:VAVAILABILITY', 'UID:2', 'DTSTAMP:20261101T000000Z', 'END:VAVAILABILITY');
    expect(await ann.put('/calendars/users/ann/all/2.ics', availability)).toMatchObject(refused);
  });
});

describe('RFC 4791 §5.3.2.1 no-uid-conflict', () => {
  const refused = {status: 403, error: caldav('no-uid-conflict')};

  test('a UID is one object’s in a calendar: the refusal says whose', async () => {
    const {ann} = await serve({ann: [event('one')]});
    const answer = await ann.put(`${home}a%20b.ics`, event('one'));
    expect(answer).toMatchObject(refused);
    expect(hrefIn(answer)).toBe(`${home}1.ics`);
  });

  test('an object’s UID does not change', async () => {
    const {ann} = await serve({ann: [event('one')]});
    const answer = await ann.put(`${home}1.ics`, event('two'));
    expect(answer).toMatchObject(refused);
    expect(hrefIn(answer)).toBe(`${home}1.ics`);
  });

  test('in another calendar the same UID is no conflict', async () => {
    const {ann} = await serve({ann: [event('one')]});
    await ann.request('MKCALENDAR', '/calendars/users/ann/other/');
    expect((await ann.put('/calendars/users/ann/other/1.ics', event('one'))).status).toBe(201);
  });

  test('what was deleted is in nobody’s way', async () => {
    const {ann} = await serve({ann: [event('one')]});
    await ann.delete(`${home}1.ics`);
    expect((await ann.put(`${home}2.ics`, event('one'))).status).toBe(201);
    expect((await ann.put(`${home}1.ics`, event('two'))).status).toBe(201);
  });
});

describe('RFC 4791 §5.3.2.1 limits', () => {
  test('max-resource-size', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourceSize: 1000}});
    const large = event('1', '20261201T100000Z', `DESCRIPTION:${'x'.repeat(1000)}`);
    expect(await ann.put(`${home}1.ics`, large)).toMatchObject({status: 403, error: caldav('max-resource-size')});
    expect((await ann.put(`${home}1.ics`, event('1'))).status).toBe(201);
  });

  test('min-date-time: year 0 is not a year', async () => {
    const {ann} = await serve({ann: []});
    expect(await ann.put(`${home}1.ics`, event('1', '00000101T000000Z'))).toMatchObject({
      status: 403,
      error: caldav('min-date-time'),
    });
    expect((await ann.put(`${home}2.ics`, event('2', '16040101T000000Z'))).status).toBe(201);
    expect((await ann.put(`${home}3.ics`, event('3', '99991231T000000Z'))).status).toBe(201);
  });

  test('min-date-time and max-date-time: all that an object says of time, and the last instance of a series that ends', async () => {
    const plist = {MinDateTime: '20200101T000000Z', MaxDateTime: '20301231T235959Z'};
    const {ann} = await serve({ann: []}, {plist});
    const put = async (start: string, ...more: string[]) => {
      const {status, error} = await ann.put(`${home}1.ics`, event('1', start, ...more));
      return error ?? status;
    };
    expect(await put('20191231T235959Z')).toBe(caldav('min-date-time'));
    expect(await put('20310101T000000Z')).toBe(caldav('max-date-time'));
    expect(await put('20260101T000000Z', 'RDATE:20260102T000000Z,20310101T000000Z')).toBe(caldav('max-date-time'));
    expect(await put('20260101T000000Z', 'RRULE:FREQ=YEARLY;COUNT=6')).toBe(caldav('max-date-time'));
    expect(await put('20260101T000000Z', 'RRULE:FREQ=YEARLY;COUNT=5')).toBe(201);
    expect(await put('20200101T000000Z', 'RRULE:FREQ=YEARLY')).toBe(204);
    expect(await put('20301231T235959Z')).toBe(204);
  });

  test.each(['RDATE', 'EXDATE'])(
    'max-instances: as many may be named in %s, with recurrence that does not end too',
    async name => {
      const {ann} = await serve({ann: []}, {plist: {MaxAllowedInstances: 50}});
      const put = (count: number) => {
        const dates = Array.from({length: count}, (_, at) => `20270101T0000${10 + (at % 50)}Z`);
        return ann.put(
          `${home}${count}.ics`,
          event(`${name}-${count}`, undefined, 'RRULE:FREQ=DAILY', `${name}:${dates.join(',')}`),
        );
      };
      expect((await put(50)).status).toBe(201);
      expect(await put(51)).toMatchObject({status: 403, error: caldav('max-instances')});
    },
  );

  test('max-instances: counted where recurrence ends, not where it does not', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxAllowedInstances: 50}});
    const refused = {status: 403, error: caldav('max-instances')};
    expect(await ann.put(`${home}1.ics`, event('1', undefined, 'RRULE:FREQ=SECONDLY;COUNT=2000'))).toMatchObject(refused);
    expect(await ann.put(`${home}1.ics`, event('1', undefined, 'RRULE:FREQ=DAILY;UNTIL=20270301T000000Z'))).toMatchObject(
      refused,
    );
    expect((await ann.put(`${home}1.ics`, event('1', undefined, 'RRULE:FREQ=DAILY;COUNT=50'))).status).toBe(201);
    expect((await ann.put(`${home}2.ics`, event('2', undefined, 'RRULE:FREQ=DAILY'))).status).toBe(201);
    expect((await ann.put(`${home}3.ics`, event('3', undefined, 'RRULE:FREQ=SECONDLY'))).status).toBe(201);
  });

  test('max-attendees-per-instance', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxAttendeesPerInstance: 2}});
    const attendees = (count: number) => Array.from({length: count}, (_, at) => `ATTENDEE:mailto:${at}@example.com`);
    expect(await ann.put(`${home}1.ics`, event('1', undefined, ...attendees(3)))).toMatchObject({
      status: 403,
      error: caldav('max-attendees-per-instance'),
    });
    expect((await ann.put(`${home}1.ics`, event('1', undefined, ...attendees(2)))).status).toBe(201);
  });

  test('CalendarServer’s max-resources', async () => {
    const {ann} = await serve({ann: [event('1')]}, {plist: {MaxResourcesPerCollection: 2}});
    expect((await ann.put(`${home}2.ics`, event('2'))).status).toBe(201);
    const refused = {status: 403, error: calendarserver('max-resources')};
    expect(await ann.put(`${home}3.ics`, event('3'))).toMatchObject(refused);
    expect((await ann.put(`${home}2.ics`, event('2', '20261203T100000Z'))).status).toBe(204);
    await ann.delete(`${home}1.ics`);
    expect((await ann.put(`${home}3.ics`, event('3'))).status).toBe(201);
  });

  test('a quota that is full is 507 DAV:quota-not-exceeded, and what is there can still be made smaller', async () => {
    const {ann} = await serve({ann: []}, {plist: {UserQuota: 600}});
    const large = event('1', undefined, `DESCRIPTION:${'x'.repeat(300)}`);
    expect((await ann.put(`${home}1.ics`, large)).status).toBe(201);
    expect(await ann.put(`${home}2.ics`, event('2'))).toMatchObject({status: 507, error: dav('quota-not-exceeded')});
    expect((await ann.put(`${home}1.ics`, event('1'))).status).toBe(204);
    expect((await ann.put(`${home}2.ics`, event('2'))).status).toBe(201);
  });
});
