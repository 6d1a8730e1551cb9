import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyPeriods} from '../../src/ical/free-busy.ts';
import {type JcalComponent, jcalOf} from '../../src/ical/jcal.ts';
import {parseJcal} from '../../src/ical/jcal-parse.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {utc} from '../../src/ical/zone.ts';
import {elements, text} from '../../src/xml/element.ts';
import {caldav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const calendar = '/calendars/users/ann/calendar/';
const json = 'application/calendar+json';

/** For what changes nothing: a server that holds one event, `1.ics`. */
let unchanged: Client;
let close: () => Promise<void>;
beforeAll(async () => {
  const served = await serve({ann: [event('taken')]}, {keep: true});
  unchanged = served.ann;
  close = served.close;
});
afterAll(() => close());

/** An event as jCal. */
const jevent = (uid: string, ...properties: unknown[]): string =>
  JSON.stringify([
    'vcalendar',
    [
      ['version', {}, 'text', '2.0'],
      ['prodid', {}, 'text', '-//test//EN'],
    ],
    [
      [
        'vevent',
        [
          ['uid', {}, 'text', uid],
          ['dtstamp', {}, 'date-time', '2026-01-01T00:00:00Z'],
          ['dtstart', {}, 'date-time', '2026-12-01T10:00:00Z'],
          ['duration', {}, 'duration', 'PT1H'],
          ['summary', {}, 'text', 'Gr\u00fc\u00dfe, und; so\nweiter'],
          ...properties,
        ],
        [],
      ],
    ],
  ]);

describe('RFC 7265 at PUT', () => {
  test('a limit of bytes is for what is kept, and what cannot come to fit is not taken apart', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourceSize: 1000}});
    const type = {'content-type': json};
    const spaced = jevent('a').padEnd(1500);
    expect((await ann.put(`${calendar}a.ics`, spaced, type)).status).toBe(201);
    const tooLarge = {status: 403, error: caldav('max-resource-size')};
    expect(await ann.put(`${calendar}b.ics`, jevent('b', ['comment', {}, 'text', 'x'.repeat(1000)]), type)).toMatchObject(
      tooLarge,
    );
    expect(await ann.put(`${calendar}b.ics`, '['.repeat(5000), type)).toMatchObject(tooLarge);
  });

  test('jCal is kept as iCalendar, and has no ETag yet: its bytes are others (RFC 4791 §5.3.4)', async () => {
    const {ann} = await serve({ann: []});
    const put = await ann.put(`${calendar}a.ics`, jevent('a'), {'content-type': `${json}; charset=utf-8`});
    expect([put.status, put.headers.get('etag')]).toEqual([201, null]);
    const {headers, text} = await ann.get(`${calendar}a.ics`);
    expect(headers.get('content-type')).toBe('text/calendar;charset=utf-8');
    expect(text).toContain('\r\nSUMMARY:Gr\u00fc\u00dfe\\, und\\; so\\nweiter\r\n');
  });

  test.each([
    [undefined, json],
    ['text/calendar', 'text/calendar'],
    [json, json],
  ])('Prefer: return=representation with Accept: %s answers as %s', async (accept, type) => {
    const {ann} = await serve({ann: []});
    const headers = {'content-type': json, prefer: 'return=representation', ...(accept ? {accept} : {accept: ''})};
    const put = await ann.put(`${calendar}a.ics`, jevent('a'), headers);
    expect([put.status, put.headers.get('content-type')]).toEqual([201, `${type};charset=utf-8`]);
    const etag = (await ann.get(`${calendar}a.ics`)).headers.get('etag');
    expect(put.headers.get('etag')).toBe(etag);
    const got = await ann.get(`${calendar}a.ics`, {accept: type});
    expect(put.text).toBe(got.text);
  });

  test.each<[string, string, string]>([
    ['no JSON', 'BEGIN:VCALENDAR', 'valid-calendar-data'],
    ['no jCal', '{"vcalendar": []}', 'valid-calendar-data'],
    ['a date that is none', jevent('a', ['due', {}, 'date', '2026-02-30']), 'valid-calendar-data'],
    ['a rule that is none', jevent('a', ['rrule', {}, 'recur', {freq: 'SOMETIMES'}]), 'valid-calendar-data'],
    [
      'a METHOD',
      jevent('a').replace('["version"', '["method",{},"text","PUBLISH"],["version"'),
      'valid-calendar-object-resource',
    ],
    [
      'a time zone nobody knows',
      jevent('a', ['recurrence-id', {tzid: 'Moon'}, 'date-time', '2026-01-01T10:00:00']),
      'valid-timezone',
    ],
    [
      'a calendar system nobody knows',
      jevent('a', ['rrule', {}, 'recur', {freq: 'DAILY', rscale: 'KLINGON'}]),
      'supported-rscale',
    ],
    ['a UID that another has', jevent('taken'), 'no-uid-conflict'],
    ['deep nesting', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'valid-calendar-data'],
  ])('%s is refused by the precondition that iCalendar meets', async (_, body, condition) => {
    const {status, error} = await unchanged.put(`${calendar}a.ics`, body, {'content-type': json});
    expect({status, error}).toEqual({status: 403, error: caldav(condition)});
    expect((await unchanged.get(`${calendar}a.ics`)).status).toBe(404);
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const {status, error} = await unchanged.put(`${calendar}a.ics`, Buffer.from(jevent('a'), 'latin1'), {'content-type': json});
    expect({status, error}).toEqual({status: 403, error: caldav('valid-calendar-data')});
  });

  test('POST to add-member takes it, under a name that ends in .ics', async () => {
    const {ann} = await serve({ann: []});
    const {status, headers} = await ann.request('POST', `${calendar}?add-member`, {
      body: jevent('a'),
      headers: {'content-type': json},
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toMatch(/\.ics$/);
  });
});

describe('RFC 9110 §12.5.1 Accept of a calendar object', () => {
  test.each([
    [json, json],
    ['text/calendar', 'text/calendar'],
    ['*/*', 'text/calendar'],
    ['', 'text/calendar'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'text/calendar'],
    ['text/html', 'text/calendar'],
    [`${json}, text/calendar`, 'text/calendar'],
    [`text/calendar;q=0.2, ${json};q=0.5`, json],
    [`text/calendar;version=2.0, ${json};q=0.9`, 'text/calendar'],
    [`${json};q=0`, 'text/calendar'],
    [`text/*;q=0.1, application/*;q=0.7`, json],
    [`text/calendar;q=nonsense, ${json}`, json],
    ['Application/Calendar+JSON', json],
  ])('%j gives %s', async (accept, type) => {
    const {status, headers, text} = await unchanged.get(`${calendar}1.ics`, {accept});
    expect([status, headers.get('content-type')]).toEqual([200, `${type};charset=utf-8`]);
    expect(headers.get('vary')).toContain('Accept');
    expect(text.startsWith(type === json ? '["vcalendar"' : 'BEGIN:VCALENDAR')).toBe(true);
  });

  test('a client writes by the ETag it has read, whatever the form', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const {headers, text} = await ann.get(`${calendar}1.ics`, {accept: json});
    const etag = headers.get('etag')!;
    expect(etag).toBe((await ann.get(`${calendar}1.ics`)).headers.get('etag'));
    const changed = text.replace('"summary",{},"text","', '"summary",{},"text","new: ');
    const put = await ann.put(`${calendar}1.ics`, changed, {'content-type': json, 'if-match': etag});
    expect(put.status).toBe(204);
    const stale = {'content-type': json, 'if-match': etag, prefer: 'return=representation', accept: json};
    const refused = await ann.put(`${calendar}1.ics`, changed, stale);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([412, `${json};charset=utf-8`]);
    expect(refused.text).toContain('new: ');
  });

  test('that it knows the ETag does not say that it has this form: 304 is for the other', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const etag = (await ann.get(`${calendar}1.ics`)).headers.get('etag')!;
    const get = (accept: string) => ann.get(`${calendar}1.ics`, {accept, 'if-none-match': etag});
    expect([(await get('text/calendar')).status, (await get(json)).status]).toEqual([304, 200]);
    const failed = await ann.get(`${calendar}1.ics`, {accept: json, 'if-match': '"another"'});
    expect(failed.status).toBe(412);
  });

  test('HEAD says what GET would', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const {headers} = await ann.request('HEAD', `${calendar}1.ics`, {headers: {accept: json}});
    const {bytes} = await ann.get(`${calendar}1.ics`, {accept: json});
    expect([headers.get('content-type'), headers.get('content-length')]).toEqual([`${json};charset=utf-8`, String(bytes.length)]);
  });

  test('a calendar is given as one jCal object, in tags of its own', async () => {
    const {ann} = await serve({ann: [event('a'), event('b')]});
    const {headers, text} = await ann.get(calendar, {accept: json});
    expect(headers.get('content-type')).toBe(`${json};charset=utf-8`);
    const [, properties, components] = JSON.parse(text) as JcalComponent;
    expect(properties).toContainEqual(['x-wr-calname', {}, 'unknown', 'Calendar']);
    expect(components.map(([, each]) => each.find(([name]) => name === 'uid')![3]).sort()).toEqual(['a', 'b']);
    expect(headers.get('etag')).not.toBe((await ann.get(calendar)).headers.get('etag'));
  });

  test('free-busy-query answers with jCal', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const answer = await ann.request('REPORT', calendar, {
      headers: {accept: json, 'content-type': 'application/xml'},
      depth: 1,
      body: '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range start="20261101T000000Z" end="20270101T000000Z"/></C:free-busy-query>',
    });
    expect(answer.headers.get('content-type')).toBe(`${json};charset=utf-8`);
    const range = {start: Date.UTC(2026, 10, 1), end: Date.UTC(2027, 0, 1)};
    expect(busyPeriods(parseJcal(answer.text), range, utc)).toHaveLength(1);
  });
});

describe('RFC 7265 in CALDAV:calendar-data', () => {
  const report = (name: string, data: string, rest: string) =>
    `<C:${name} xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/>${data}</D:prop>${rest}</C:${name}>`;
  const filter = '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>';

  test.each([
    ['calendar-query', filter],
    ['calendar-multiget', `<D:href>${calendar}1.ics</D:href>`],
  ])('%s gives it, and says so', async (name, rest) => {
    const {ann} = await serve({ann: [event('a')]});
    const {responses} = await ann.report(calendar, report(name, `<C:calendar-data content-type="${json}" version="2.0"/>`, rest));
    const data = responses.get(`${calendar}1.ics`)!.properties.get(caldav('calendar-data'))!;
    expect(data.attributes).toEqual({'content-type': json, version: '2.0'});
    const stored = parseCalendar((await ann.get(`${calendar}1.ics`)).text);
    expect(JSON.parse(text(data))).toEqual(JSON.parse(JSON.stringify(jcalOf(stored))));
  });

  test('a part of it', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const part = `<C:calendar-data content-type="${json}"><C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="UID"/><C:prop name="SUMMARY" novalue="yes"/></C:comp></C:comp></C:calendar-data>`;
    const {responses} = await ann.report(calendar, report('calendar-query', part, filter));
    const data = responses.get(`${calendar}1.ics`)!.properties.get(caldav('calendar-data'))!;
    const [, , [[, properties]]] = JSON.parse(text(data)) as [string, [], [JcalComponent]];
    expect(properties.map(property => property.slice(0, 4))).toEqual(
      expect.arrayContaining([
        ['uid', {}, 'text', 'a'],
        ['summary', {}, 'unknown', ''],
      ]),
    );
  });
});

describe('a calendar’s time zone as jCal', () => {
  const zone = JSON.stringify([
    'vcalendar',
    [
      ['version', {}, 'text', '2.0'],
      ['prodid', {}, 'text', '-//test//EN'],
    ],
    [
      [
        'vtimezone',
        [['tzid', {}, 'text', 'X']],
        [
          [
            'standard',
            [
              ['dtstart', {}, 'date-time', '1970-01-01T00:00:00'],
              ['tzoffsetfrom', {}, 'utc-offset', '+01:00'],
              ['tzoffsetto', {}, 'utc-offset', '+01:00'],
            ],
            [],
          ],
        ],
      ],
    ],
  ]);
  const name = caldav('calendar-timezone');
  const set = (content: string, type = json) => ({name, attributes: {'content-type': type}, children: [content]});

  test('is kept as iCalendar, and given as is asked', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.proppatch(calendar, set(zone))).responses.get(calendar)!.refused.size).toBe(0);
    const ask = async (type?: string) => {
      const body = `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-timezone${type ? ` content-type="${type}"` : ''}/></D:prop></D:propfind>`;
      const answer = await ann.request('PROPFIND', calendar, {depth: 0, body, headers: {'content-type': 'application/xml'}});
      return answer.responses.get(calendar)!;
    };
    expect(text((await ask()).properties.get(name)!)).toContain('BEGIN:VTIMEZONE');
    const given = (await ask(json)).properties.get(name)!;
    expect(given.attributes).toEqual({'content-type': json});
    expect(JSON.parse(text(given))).toEqual(JSON.parse(zone));
    expect((await ask('text/plain')).refused.get(name)).toBe(403);
  });

  test.each([
    ['[]', json, 'valid-calendar-data'],
    [jevent('a'), json, 'valid-calendar-data'],
    [zone, 'text/plain', 'supported-calendar-data'],
  ])('%.20s as %s is refused', async (content, type, condition) => {
    const answer = await unchanged.proppatch(calendar, set(content, type));
    expect(answer.responses.get(calendar)!.refused.get(name)).toBe(403);
    expect(answer.text).toContain(condition);
  });
});

describe('RFC 7529 §10', () => {
  test('supported-rscale-set lists the calendar systems, on homes and calendars, and not for allprop', async () => {
    const {ann} = await serve({ann: []});
    const set = caldav('supported-rscale-set');
    for (const path of ['/calendars/users/ann/', calendar]) {
      const {responses} = await ann.propfind(path, 0, set);
      const names = elements(responses.get(path)!.properties.get(set)!, caldav('supported-rscale')).map(each => text(each));
      expect(names).toEqual(expect.arrayContaining(['GREGORIAN', 'CHINESE', 'HEBREW', 'ETHIOPIC']));
      expect((await ann.propfind(path)).responses.get(path)!.properties.has(set)).toBe(false);
    }
  });

  test.each([
    ['RSCALE=KLINGON;FREQ=YEARLY', 'supported-rscale'],
    ['RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=ASIDE', 'valid-calendar-data'],
    ['FREQ=YEARLY;SKIP=FORWARD', 'valid-calendar-data'],
    ['FREQ=YEARLY;BYMONTH=5L', 'valid-calendar-data'],
  ])('%s is refused', async (rule, condition) => {
    const body = event('a', '20261201T100000Z', `RRULE:${rule}`);
    const {status, error} = await unchanged.put(`${calendar}a.ics`, body);
    expect({status, error}).toEqual({status: 403, error: caldav(condition)});
  });

  test('what such a rule makes is found by time', async () => {
    const newYear = event('a', '20130210T100000Z', 'RRULE:RSCALE=CHINESE;FREQ=YEARLY');
    const {ann} = await serve({ann: [newYear]});
    const found = async (day: string) => {
      const range = `<C:time-range start="${day}T000000Z" end="${day}T235959Z"/>`;
      const body = `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop/><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`;
      return (await ann.report(calendar, body)).responses.size;
    };
    expect([await found('20170128'), await found('20170210'), await found('20500123')]).toEqual([1, 0, 1]);
  });
});
