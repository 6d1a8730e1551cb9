import {describe, expect, test} from 'vitest';
import {type Element, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';
import {serveAppendixB, work} from './appendix-b.ts';

function query(inner: string, prop = '<D:getetag/>'): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${prop}</D:prop>${inner}</C:calendar-query>`;
}

const filter = (inner: string) => `<C:filter><C:comp-filter name="VCALENDAR">${inner}</C:comp-filter></C:filter>`;

async function namesOf(client: Client, inner: string, path = work): Promise<string[]> {
  const {status, responses, text: body} = await client.report(path, query(filter(inner)));
  expect(status, body).toBe(207);
  return [...responses.keys()].map(href => href.slice(href.lastIndexOf('/') + 1)).sort();
}

function dataOf(properties: ReadonlyMap<string, Element> | undefined): string {
  return text(properties!.get(caldav('calendar-data'))!);
}

describe('RFC 4791 §7.8 CALDAV:calendar-query', () => {
  test('§7.8.1: partial retrieval of events by time range', async () => {
    const {bernard} = await serveAppendixB();
    const prop = `<D:getetag/><C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/>
      <C:comp name="VEVENT"><C:prop name="SUMMARY"/><C:prop name="UID"/><C:prop name="DTSTART"/><C:prop name="DTEND"/>
      <C:prop name="DURATION"/><C:prop name="RRULE"/><C:prop name="RDATE"/><C:prop name="EXRULE"/><C:prop name="EXDATE"/>
      <C:prop name="RECURRENCE-ID"/></C:comp><C:comp name="VTIMEZONE"/></C:comp></C:calendar-data>`;
    const inner = '<C:comp-filter name="VEVENT"><C:time-range start="20060104T000000Z" end="20060105T000000Z"/></C:comp-filter>';
    const {responses} = await bernard.report(work, query(filter(inner), prop));
    expect([...responses.keys()]).toEqual([`${work}abcd2.ics`, `${work}abcd3.ics`]);
    const second = dataOf(responses.get(`${work}abcd2.ics`)!.properties);
    expect(second).toContain('SUMMARY:Event #2 bis\r\n');
    expect(second).toContain('TZOFFSETFROM:-0500');
    expect(second).not.toContain('DTSTAMP');
    expect(second).not.toContain('PRODID');
    expect(dataOf(responses.get(`${work}abcd3.ics`)!.properties)).not.toContain('ATTENDEE');
  });

  test('§7.8.2: partial retrieval of recurring events', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:limit-recurrence-set start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>';
    const inner = '<C:comp-filter name="VEVENT"><C:time-range start="20060103T000000Z" end="20060105T000000Z"/></C:comp-filter>';
    const {responses} = await bernard.report(work, query(filter(inner), prop));
    const second = dataOf(responses.get(`${work}abcd2.ics`)!.properties);
    expect(second).toContain('RRULE:FREQ=DAILY;COUNT=5');
    expect(second).toContain('SUMMARY:Event #2 bis\r\n');
    expect(second).not.toContain('Event #2 bis bis');
  });

  test('§7.8.3: expanded retrieval of recurring events', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:expand start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>';
    const inner = '<C:comp-filter name="VEVENT"><C:time-range start="20060103T000000Z" end="20060105T000000Z"/></C:comp-filter>';
    const {responses} = await bernard.report(work, query(filter(inner), prop));
    const second = dataOf(responses.get(`${work}abcd2.ics`)!.properties);
    expect(second).not.toMatch(/RRULE|VTIMEZONE|TZID/);
    expect(second.match(/^(DTSTART|RECURRENCE-ID|SUMMARY).*$/gm)!.map(line => line.trim())).toEqual([
      'DTSTART:20060103T170000Z',
      'SUMMARY:Event #2',
      'RECURRENCE-ID:20060103T170000Z',
      'DTSTART:20060104T190000Z',
      'SUMMARY:Event #2 bis',
      'RECURRENCE-ID:20060104T170000Z',
    ]);
    expect(dataOf(responses.get(`${work}abcd3.ics`)!.properties)).toContain('DTSTART:20060104T150000Z');
  });

  test('§7.8.4: partial retrieval of stored free busy components', async () => {
    const {bernard} = await serveAppendixB();
    const prop = '<C:calendar-data><C:limit-freebusy-set start="20060102T000000Z" end="20060103T000000Z"/></C:calendar-data>';
    const inner =
      '<C:comp-filter name="VFREEBUSY"><C:time-range start="20060102T000000Z" end="20060103T000000Z"/></C:comp-filter>';
    const {responses} = await bernard.report(work, query(filter(inner), prop));
    expect([...responses.keys()]).toEqual([`${work}abcd8.ics`]);
    const data = dataOf(responses.get(`${work}abcd8.ics`)!.properties);
    expect(data.match(/^FREEBUSY.*$/gm)!.map(line => line.trim())).toEqual([
      'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z',
    ]);
  });

  test.each([
    [
      '§7.8.5: to-dos by alarm time range',
      '<C:comp-filter name="VTODO"><C:comp-filter name="VALARM"><C:time-range start="20060106T100000Z" end="20060107T100000Z"/></C:comp-filter></C:comp-filter>',
      ['abcd5.ics'],
    ],
    [
      '§7.8.6: event by UID',
      '<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match collation="i;octet">DC6C50A017428C5216A2F1CD@example.com</C:text-match></C:prop-filter></C:comp-filter>',
      ['abcd3.ics'],
    ],
    [
      '§7.8.7: events by PARTSTAT',
      '<C:comp-filter name="VEVENT"><C:prop-filter name="ATTENDEE"><C:text-match collation="i;ascii-casemap">mailto:lisa@example.com</C:text-match><C:param-filter name="PARTSTAT"><C:text-match collation="i;ascii-casemap">NEEDS-ACTION</C:text-match></C:param-filter></C:prop-filter></C:comp-filter>',
      ['abcd3.ics'],
    ],
    ['§7.8.8: events only', '<C:comp-filter name="VEVENT"/>', ['abcd1.ics', 'abcd2.ics', 'abcd3.ics']],
    [
      '§7.8.9: all pending to-dos',
      '<C:comp-filter name="VTODO"><C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter><C:prop-filter name="STATUS"><C:text-match negate-condition="yes">CANCELLED</C:text-match></C:prop-filter></C:comp-filter>',
      ['abcd4.ics', 'abcd5.ics'],
    ],
  ])('%s', async (_, inner, expected) => {
    const {bernard} = await serveAppendixB();
    expect(await namesOf(bernard, inner)).toEqual(expected);
  });

  test('§7.8.10: a property of X- is not known to the filter, and asked for all the same', async () => {
    const {bernard} = await serveAppendixB();
    expect(
      await namesOf(
        bernard,
        '<C:comp-filter name="VEVENT"><C:prop-filter name="X-ABC-GUID"><C:text-match>ABC</C:text-match></C:prop-filter></C:comp-filter>',
      ),
    ).toEqual([]);
    expect(await namesOf(bernard, '<C:comp-filter name="VEVENT"><C:prop-filter name="X-ABC-GUID"/></C:comp-filter>')).toEqual([
      'abcd3.ics',
    ]);
  });

  test('draft-daboo-caldav-extensions §3.4: events from a date on, or to-dos that are pending', async () => {
    const {bernard} = await serveAppendixB();
    const events = '<C:comp-filter name="VEVENT"><C:time-range start="20060104T000000Z"/></C:comp-filter>';
    const pending = `<C:comp-filter name="VTODO" test="allof"><C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>
<C:prop-filter name="STATUS"><C:text-match negate-condition="yes" match-type="equals">CANCELLED</C:text-match></C:prop-filter></C:comp-filter>`;
    const ask = async (inner: string, test: string) => {
      const body = query(filter(inner).replace('name="VCALENDAR"', `name="VCALENDAR" test="${test}"`));
      const {responses} = await bernard.report(work, body);
      return [...responses.keys()].map(href => href.slice(work.length)).sort();
    };
    expect(await ask(events + pending, 'anyof')).toEqual(['abcd2.ics', 'abcd3.ics', 'abcd4.ics', 'abcd5.ics']);
    expect(await ask(events + pending, 'allof')).toEqual([]);
    expect(await ask(`${events}<C:comp-filter name="*"/>`, 'anyof')).toHaveLength(8);
    expect(await ask('<C:comp-filter name="*"><C:comp-filter name="VALARM"/></C:comp-filter>', 'allof')).toEqual([
      'abcd4.ics',
      'abcd5.ics',
    ]);
  });

  test('an instance that an override has moved is not found where it was', async () => {
    const {bernard} = await serveAppendixB();
    const within = (start: string, end: string) =>
      namesOf(bernard, `<C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter>`);
    expect(await within('20060104T170000Z', '20060104T180000Z')).toEqual([]);
    expect(await within('20060104T190000Z', '20060104T200000Z')).toEqual(['abcd2.ics']);
  });

  test('whole data is the bytes that were sent', async () => {
    const {bernard} = await serveAppendixB();
    const odd = event('odd', '20260101T100000Z', 'DESCRIPTION:a < b & "c" ]]> \tend', 'X-TAIL:  ').replace(
      '\r\nSUMMARY',
      '\nSUMMARY',
    );
    await bernard.put(`${work}odd.ics`, odd);
    const inner =
      '<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match>odd</C:text-match></C:prop-filter></C:comp-filter>';
    const {responses} = await bernard.report(work, query(filter(inner), '<C:calendar-data/>'));
    expect(dataOf(responses.get(`${work}odd.ics`)!.properties)).toBe(odd);
  });

  test('Depth does not matter on a calendar: Windows sends 0', async () => {
    const {bernard} = await serveAppendixB();
    const body = query(filter('<C:comp-filter name="VTODO"/>'));
    for (const depth of [undefined, '0', '1', 'infinity'] as const) {
      const {responses} = await bernard.request('REPORT', work, {depth, body});
      expect(responses.size).toBe(4);
    }
  });

  test('a home answers for all calendars in it', async () => {
    const {bernard} = await serveAppendixB();
    await bernard.put('/calendars/users/bernard/calendar/1.ics', event('elsewhere'));
    const {responses} = await bernard.report('/calendars/users/bernard/', query(filter('<C:comp-filter name="VEVENT"/>')));
    expect([...responses.keys()]).toContain('/calendars/users/bernard/calendar/1.ics');
    expect([...responses.keys()]).toContain(`${work}abcd1.ics`);
  });

  test('§9.5: DAV:allprop and DAV:propname in place of DAV:prop', async () => {
    const {ann} = await serve({ann: [event('one')]});
    const ask = async (what: string) => {
      const body = query(filter('<C:comp-filter name="VEVENT"/>')).replace(/<D:prop>.*<\/D:prop>/, what);
      const {responses} = await ann.report('/calendars/users/ann/calendar/', body);
      return responses.get('/calendars/users/ann/calendar/1.ics')!.properties;
    };
    expect(text((await ask('<D:allprop/>')).get(dav('getetag'))!)).toMatch(/^"/);
    expect(text((await ask('<D:propname/>')).get(dav('getetag'))!)).toBe('');
    expect((await ask('')).size).toBe(0);
  });

  test('an object answers for itself', async () => {
    const {bernard} = await serveAppendixB();
    const ask = async (name: string) => [
      ...(await bernard.report(`${work}abcd1.ics`, query(filter(`<C:comp-filter name="${name}"/>`)), '0')).responses.keys(),
    ];
    expect(await ask('VEVENT')).toEqual([`${work}abcd1.ics`]);
    expect(await ask('VTODO')).toEqual([]);
  });

  test('a filter of very many parts is refused', async () => {
    const {bernard} = await serve({bernard: []});
    const many = '<C:prop-filter name="SUMMARY"><C:text-match>x</C:text-match></C:prop-filter>'.repeat(600);
    const {error} = await bernard.report(
      '/calendars/users/bernard/calendar/',
      query(filter(`<C:comp-filter name="VEVENT">${many}</C:comp-filter>`)),
    );
    expect(error).toBe(caldav('supported-filter'));
  });

  test('one object that cannot be read is left out, and the report goes on', async () => {
    const {ann, store} = await serve({ann: [event('good')]});
    await store.write('calendars/10000000-0000-0000-0000-000000000001', unit => {
      const index = {uid: 'x', component: 'VEVENT', spans: [], horizon: undefined};
      unit.put('calendar/broken.ics', new TextEncoder().encode('BEGIN:VCALENDAR\r\nthis is no calendar\r\n'), index);
    });
    const inner = '<C:comp-filter name="VEVENT"><C:prop-filter name="UID"/></C:comp-filter>';
    const {status, responses} = await ann.report('/calendars/users/ann/calendar/', query(filter(inner)));
    expect([status, [...responses.keys()]]).toEqual([207, ['/calendars/users/ann/calendar/1.ics']]);
  });

  test('all-day events lie in the zone of the calendar, or of the query', async () => {
    const {ann} = await serve({
      ann: [event('allday', '20260101T000000Z').replace(/DTSTART.*\r\nDURATION.*\r\n/, 'DTSTART;VALUE=DATE:20260701\r\n')],
    });
    const zone = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:x',
      'BEGIN:VTIMEZONE',
      'TZID:East',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+1000',
      'TZOFFSETTO:+1000',
      'END:STANDARD',
      'END:VTIMEZONE',
      'END:VCALENDAR',
      '',
    ].join('\r\n');
    const inner = filter(
      '<C:comp-filter name="VEVENT"><C:time-range start="20260630T140000Z" end="20260630T150000Z"/></C:comp-filter>',
    );
    const ask = async (extra = '') => (await ann.report('/calendars/users/ann/calendar/', query(inner + extra))).responses.size;
    expect(await ask()).toBe(0);
    expect(await ask(`<C:timezone>${zone}</C:timezone>`)).toBe(1);
    const more = zone.replace(
      'END:VCALENDAR',
      'BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR',
    );
    expect(await ann.report('/calendars/users/ann/calendar/', query(`${inner}<C:timezone>${more}</C:timezone>`))).toMatchObject({
      status: 403,
      error: caldav('valid-calendar-data'),
    });
    expect(await ask('<C:timezone-id>Australia/Brisbane</C:timezone-id>')).toBe(1);
    await ann.proppatch('/calendars/users/ann/calendar/', {name: caldav('calendar-timezone'), attributes: {}, children: [zone]});
    expect(await ask()).toBe(1);
  });

  test('min-date-time and max-date-time: a range of time lies within what the calendar takes, in whatever part of the request', async () => {
    const plist = {MinDateTime: '20200101T000000Z', MaxDateTime: '20301231T235959Z'};
    const {bernard} = await serve({bernard: []}, {plist});
    const ask = async (from: string, to: string, data = '') => {
      const range = `<C:comp-filter name="VEVENT"><C:time-range${from && ` start="${from}"`}${to && ` end="${to}"`}/></C:comp-filter>`;
      const {status, error} = await bernard.report('/calendars/users/bernard/calendar/', query(filter(range), data || undefined));
      return error ?? status;
    };
    expect(await ask('20200101T000000Z', '20301231T235959Z')).toBe(207);
    expect(await ask('20191231T235959Z', '')).toBe(caldav('min-date-time'));
    expect(await ask('', '20191231T235959Z')).toBe(caldav('min-date-time'));
    expect(await ask('20300101T000000Z', '20310101T000000Z')).toBe(caldav('max-date-time'));
    const expand = '<C:calendar-data><C:expand start="20260101T000000Z" end="20310101T000000Z"/></C:calendar-data>';
    expect(await ask('20260101T000000Z', '', expand)).toBe(caldav('max-date-time'));
    const freeBusy = `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range start="20190101T000000Z" end="20260101T000000Z"/></C:free-busy-query>`;
    expect((await bernard.report('/calendars/users/bernard/calendar/', freeBusy)).error).toBe(caldav('min-date-time'));
    const year0 = query(filter('<C:comp-filter name="VEVENT"><C:time-range start="00000101T000000Z"/></C:comp-filter>'));
    const {bernard: unlimited} = await serve({bernard: []});
    expect((await unlimited.report('/calendars/users/bernard/calendar/', year0)).error).toBe(caldav('min-date-time'));
  });

  test('a limit cuts the answer and says so: 507', async () => {
    const {bernard} = await serveAppendixB();
    const {responses} = await bernard.report(
      work,
      query(`${filter('<C:comp-filter name="VTODO"/>')}<D:limit><D:nresults>2</D:nresults></D:limit>`),
    );
    expect(responses.size).toBe(3);
    expect(responses.get(work)).toMatchObject({status: 507, error: dav('number-of-matches-within-limits')});
  });

  test.each([
    ['no filter', '', caldav('valid-filter')],
    ['a filter without VCALENDAR', '<C:filter><C:comp-filter name="VEVENT"/></C:filter>', caldav('valid-filter')],
    [
      'VEVENT within VTODO',
      filter('<C:comp-filter name="VTODO"><C:comp-filter name="VEVENT"/></C:comp-filter>'),
      caldav('valid-filter'),
    ],
    ...[
      ['VALARM', 'VEVENT'],
      ['VALARM', 'VALARM'],
      ['VLOCATION', 'VALARM'],
    ].map(([outer, inner]): [string, string, string] => [
      `${inner} within ${outer}`,
      filter(
        `<C:comp-filter name="VEVENT"><C:comp-filter name="${outer}"><C:comp-filter name="${inner}"/></C:comp-filter></C:comp-filter>`,
      ),
      caldav('valid-filter'),
    ]),
    ...['VTIMEZONE', 'VEVENT"><C:comp-filter name="VLOCATION', 'VTIMEZONE"><C:comp-filter name="STANDARD'].map(
      (names): [string, string, string] => [
        `a time range of ${names.split('"').at(-1)}`,
        filter(
          `<C:comp-filter name="${names}"><C:time-range start="20060101T000000Z"/>${'</C:comp-filter>'.repeat(names.split('"').length > 1 ? 2 : 1)}`,
        ),
        caldav('valid-filter'),
      ],
    ),
    [
      'a time range of a component that has none, as far as anybody knows,',
      filter(
        '<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM"><C:comp-filter name="X-COMP"><C:time-range start="20060102T000000Z"/></C:comp-filter></C:comp-filter></C:comp-filter>',
      ),
      caldav('valid-filter'),
    ],
    [
      'a time range of SUMMARY',
      filter(
        '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:time-range start="20060101T000000Z"/></C:prop-filter></C:comp-filter>',
      ),
      caldav('valid-filter'),
    ],
    [
      'a time range that ends before it starts',
      filter('<C:comp-filter name="VEVENT"><C:time-range start="20060105T000000Z" end="20060104T000000Z"/></C:comp-filter>'),
      caldav('valid-filter'),
    ],
    ...['20060104', '20060104T000000', '20060104T00Z'].map((start): [string, string, string] => [
      `a time range from ${start}, which is not UTC,`,
      filter(`<C:comp-filter name="VEVENT"><C:time-range start="${start}" end="20060105T000000Z"/></C:comp-filter>`),
      caldav('valid-filter'),
    ]),
    ['a time range of nothing', filter('<C:comp-filter name="VEVENT"><C:time-range/></C:comp-filter>'), caldav('valid-filter')],
    [
      'a part that nobody knows',
      filter('<C:comp-filter name="VEVENT"><C:moon-phase/></C:comp-filter>'),
      caldav('supported-filter'),
    ],
    [
      'a collation that nobody knows',
      filter(
        '<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match collation="i;basic">x</C:text-match></C:prop-filter></C:comp-filter>',
      ),
      caldav('supported-collation'),
    ],
  ])('%s is refused', async (_, inner, condition) => {
    const {bernard} = await serve({bernard: []});
    const {status, error} = await bernard.report('/calendars/users/bernard/calendar/', query(inner));
    expect({status, error}).toEqual({status: 403, error: condition});
  });

  test('calendar data of another type is refused', async () => {
    const {bernard} = await serve({bernard: []});
    const body = query(filter('<C:comp-filter name="VEVENT"/>'), '<C:calendar-data content-type="application/calendar+xml"/>');
    const {status, error} = await bernard.report('/calendars/users/bernard/calendar/', body);
    expect({status, error}).toEqual({status: 403, error: caldav('supported-calendar-data')});
  });
});
