import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import {serve} from '../support/serve.ts';

const calendar = '/calendars/users/ann/calendar/';

const event = (uid: string, ...lines: string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//y//EN',
    ...lines,
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
  ].join('\r\n');
const ending = ['SUMMARY:Lunch', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
const at = (tzid: string, ...zones: string[]) =>
  `${event('1', ...zones)}\r\nDTSTART;TZID=${tzid}:20260701T120000\r\nDURATION:PT1H\r\n${ending}`;

const vtimezone = (tzid: string, offset = '+0100') =>
  [
    'BEGIN:VTIMEZONE',
    `TZID:${tzid}`,
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    'END:STANDARD',
    'END:VTIMEZONE',
  ].join('\r\n');

/** What a client sent: with the zone it knows by itself, with that of a standard name, and with none. */
const own = at('Mine', vtimezone('Mine'));
const full = at('Europe/Berlin', vtimezone('Europe/Berlin'));
const bare = at('Europe/Berlin');

const T = {'caldav-timezones': 'T'};
const F = {'caldav-timezones': 'F'};
const report = (body: string) => `<C:${body} xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:">`;

describe('RFC 7809 §3.1.1 the capability', () => {
  test.each(['/calendars/users/ann/', calendar])('calendar-no-timezone is in the DAV header of %s', async path => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('OPTIONS', path)).headers.get('dav')!.split(/,\s*/)).toContain('calendar-no-timezone');
  });
});

describe('RFC 7809 §3.1.2, §5.1 the service', () => {
  test('§5.1, the example: a home and its calendars name it, though not in allprop, and it is there', async () => {
    const {ann, nobody} = await serve({ann: []});
    for (const path of ['/calendars/users/ann/', calendar]) {
      const {responses} = await ann.propfind(path, 0, caldav('timezone-service-set'));
      const set = responses.get(path)!.properties.get(caldav('timezone-service-set'))!;
      const href = text(elements(set, dav('href'))[0]!);
      expect((await nobody.get(`${href}/capabilities`)).status).toBe(200);
      expect((await ann.propfind(path)).responses.get(path)!.properties.has(caldav('timezone-service-set'))).toBe(false);
    }
  });
});

describe('RFC 7809 §3.1.3, §7.1 time zones in answers', () => {
  test.each([
    ['F leaves out what is standard', full, F, bare],
    ['F leaves in what is not', own, F, own],
    ['T leaves what is there', full, T, full],
    ['a client that says nothing gets what was stored', full, {}, full],
    ['a client that says nothing gets what was stored, though it lacks a zone', bare, {}, bare],
    ['a value that is none says nothing', full, {'caldav-timezones': 'maybe'}, full],
  ])('GET: %s', async (_, stored, headers, expected) => {
    const {ann} = await serve({ann: [stored]});
    const answer = await ann.get(`${calendar}1.ics`, headers);
    expect(answer.text).toBe(expected);
    expect(answer.headers.get('vary')).toContain('CalDAV-Timezones');
  });

  test('GET: T puts in what was left out', async () => {
    const {ann} = await serve({ann: [bare]});
    const {text: body, headers} = await ann.get(`${calendar}1.ics`, T);
    expect(body).toContain('BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n');
    expect(body).toContain('RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n');
    expect(body.replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, '')).toBe(bare);
    expect(headers.get('etag')).toBe((await ann.get(`${calendar}1.ics`)).headers.get('etag'));
  });

  test('HEAD says how long that is, and jCal has it too', async () => {
    const {ann} = await serve({ann: [bare]});
    const {bytes} = await ann.get(`${calendar}1.ics`, T);
    const {headers} = await ann.request('HEAD', `${calendar}1.ics`, {headers: T});
    expect(Number(headers.get('content-length'))).toBe(bytes.length);
    const jcal = JSON.parse((await ann.get(`${calendar}1.ics`, {...T, accept: 'application/calendar+json'})).text);
    expect(jcal[2].map(([name]: [string]) => name)).toEqual(['vtimezone', 'vevent']);
  });

  test('what is not standard goes by its CLDR map, under its own name', async () => {
    const {ann} = await serve({ann: [at('W. Europe Standard Time')]});
    const {text: body} = await ann.get(`${calendar}1.ics`, T);
    expect(body).toContain('TZID:W. Europe Standard Time\r\n');
    expect(body).toContain('TZOFFSETTO:+0200');
    expect((await ann.get(`${calendar}1.ics`, F)).text).toBe(at('W. Europe Standard Time'));
  });

  test.each([
    ['calendar-multiget', `<D:prop><C:calendar-data/></D:prop><D:href>${calendar}1.ics</D:href>`],
    ['calendar-query', '<D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter>'],
    [
      'calendar-query',
      '<D:prop><C:calendar-data><C:limit-recurrence-set start="20260101T000000Z" end="20270101T000000Z"/></C:calendar-data></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter>',
    ],
  ])('REPORT %s %#', async (name, body) => {
    const {ann} = await serve({ann: [full, bare.replace('UID:1', 'UID:2')]});
    const zones = async (headers: Record<string, string>) => {
      const hrefs = name === 'calendar-multiget' ? `<D:href>${calendar}2.ics</D:href>` : '';
      const asked = `${report(name)}${body}${hrefs}</C:${name}>`;
      const {responses} = await ann.request('REPORT', calendar, {
        depth: 1,
        body: asked,
        headers: {...headers, 'content-type': 'text/xml'},
      });
      return ['1.ics', '2.ics'].map(file =>
        text(responses.get(calendar + file)!.properties.get(caldav('calendar-data'))!).includes('BEGIN:VTIMEZONE'),
      );
    };
    expect(await zones({})).toEqual([true, false]);
    expect(await zones(T)).toEqual([true, true]);
    expect(await zones(F)).toEqual([false, false]);
  });

  test('PUT with Prefer: return=representation, done or refused', async () => {
    const {ann} = await serve({ann: []});
    const prefer = {prefer: 'return=representation'};
    expect((await ann.put(`${calendar}1.ics`, full, {...prefer, ...F})).text).toBe(bare);
    expect((await ann.put(`${calendar}1.ics`, bare, {...prefer, ...T})).text).toContain('BEGIN:VTIMEZONE');
    const refused = await ann.put(`${calendar}1.ics`, bare, {...prefer, ...T, 'if-none-match': '*'});
    expect([refused.status, refused.text.includes('BEGIN:VTIMEZONE')]).toEqual([412, true]);
  });

  test('a calendar as one object has all zones, whole, save for who wants none', async () => {
    const {ann} = await serve({ann: [full, bare.replace('UID:1', 'UID:2'), at('Asia/Tokyo').replace('UID:1', 'UID:3')]});
    const {text: body, headers} = await ann.get(calendar);
    expect(body.match(/^TZID:.*$/gm)).toEqual(['TZID:Europe/Berlin', 'TZID:Asia/Tokyo']);
    const without = await ann.get(calendar, F);
    expect(without.text).not.toContain('VTIMEZONE');
    expect(without.headers.get('etag')).not.toBe(headers.get('etag'));
  });

  test('the administrator can have clients sent them that do not ask', async () => {
    const {ann} = await serve({ann: [bare]}, {plist: {SendTimezonesToClients: ['^Old/']}});
    expect((await ann.get(`${calendar}1.ics`, {'user-agent': 'Old/1.0'})).text).toContain('BEGIN:VTIMEZONE');
    expect((await ann.get(`${calendar}1.ics`, {'user-agent': 'Old/1.0', ...F})).text).toBe(bare);
    expect((await ann.get(`${calendar}1.ics`, {'user-agent': 'New/1.0'})).text).toBe(bare);
  });

  test('where there is no service the header means nothing', async () => {
    const {ann} = await serve({ann: [full]}, {plist: {EnableTimezoneService: false}});
    expect((await ann.get(`${calendar}1.ics`, F)).text).toBe(full);
  });
});

describe('RFC 7809 §3.1.4 time zones in requests', () => {
  test('a standard one may be missing, and its times are understood', async () => {
    const {ann} = await serve({ann: []});
    const put = await ann.put(`${calendar}1.ics`, bare);
    expect([put.status, put.headers.has('etag')]).toEqual([201, true]);
    const inRange = async (start: string, end: string) => {
      const filter = `<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="${start}" end="${end}"/></C:comp-filter></C:comp-filter></C:filter>`;
      const {responses} = await ann.report(
        calendar,
        `${report('calendar-query')}<D:prop><D:getetag/></D:prop>${filter}</C:calendar-query>`,
      );
      return responses.size;
    };
    expect(await inRange('20260701T100000Z', '20260701T100001Z')).toBe(1);
    expect(await inRange('20260701T120000Z', '20260701T130000Z')).toBe(0);
  });

  test('one that nobody knows may not: CALDAV:valid-timezone', async () => {
    const {ann} = await serve({ann: []});
    const {status, error} = await ann.put(`${calendar}1.ics`, at('Nowhere/Land'));
    expect({status, error}).toEqual({status: 403, error: caldav('valid-timezone')});
    expect((await ann.put(`${calendar}1.ics`, at('Nowhere/Land', vtimezone('Nowhere/Land')))).status).toBe(201);
    expect((await ann.get(`${calendar}1.ics`)).text).toBe(at('Nowhere/Land', vtimezone('Nowhere/Land')));
  });
});

describe('RFC 7809 §3.1.5, §5.2 calendar-timezone-id', () => {
  const id = caldav('calendar-timezone-id');
  const zone = caldav('calendar-timezone');
  const both = async (ann: Awaited<ReturnType<typeof serve<'ann'>>>['ann'], path = calendar) => {
    const {properties} = (await ann.propfind(path, 0, id, zone)).responses.get(path)!;
    return [id, zone].map(name => properties.get(name) && text(properties.get(name)!));
  };

  test('§3.1.5, the example: setting it sets calendar-timezone to the full VTIMEZONE', async () => {
    const {ann} = await serve({ann: []});
    expect(await both(ann)).toEqual([undefined, undefined]);
    await ann.proppatch(calendar, element(id, 'America/New_York'));
    const [set, full] = await both(ann);
    expect(set).toBe('America/New_York');
    expect(full).toMatch(/^BEGIN:VCALENDAR\s[\s\S]*TZID:America\/New_York\s[\s\S]*RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\s/);
  });

  test('setting calendar-timezone sets it, and what came is kept as it came', async () => {
    const {ann} = await serve({ann: []});
    await ann.proppatch(calendar, element(id, 'America/New_York'));
    const sent = `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n${vtimezone('Mine').replaceAll('\r\n', '\n')}\nEND:VCALENDAR\n`;
    await ann.proppatch(calendar, element(zone, sent));
    expect(await both(ann)).toEqual(['Mine', sent]);
  });

  test('§5.2, the example: US-Eastern, of a calendar whose calendar-timezone has that name', async () => {
    const {ann} = await serve({ann: []});
    const sent = `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n${vtimezone('US-Eastern', '-0500').replaceAll('\r\n', '\n')}\nEND:VCALENDAR\n`;
    await ann.proppatch(calendar, element(zone, sent));
    expect(await both(ann)).toEqual(['US-Eastern', sent]);
  });

  test('removing either removes both', async () => {
    const {ann} = await serve({ann: []});
    for (const name of [id, zone]) {
      await ann.proppatch(calendar, element(id, 'Asia/Tokyo'));
      const remove = element(dav('propertyupdate'), element(dav('remove'), element(dav('prop'), element(name))));
      await ann.request('PROPPATCH', calendar, {body: remove});
      expect(await both(ann)).toEqual([undefined, undefined]);
    }
  });

  test.each(['US-Eastern', 'Bogus/Place', '+01:00', '', '../../etc/passwd'])(
    '%j is refused: CALDAV:valid-timezone',
    async value => {
      const {ann} = await serve({ann: []});
      await ann.proppatch(calendar, element(id, 'Asia/Tokyo'));
      const {text: answer} = await ann.proppatch(calendar, element(id, value));
      expect(answer).toMatch(/403[\s\S]*valid-timezone/);
      expect((await both(ann))[0]).toBe('Asia/Tokyo');
    },
  );

  test('MKCALENDAR takes it', async () => {
    const {ann} = await serve({ann: []});
    const path = '/calendars/users/ann/made/';
    const set = element(dav('set'), element(dav('prop'), element(id, 'Pacific/Auckland')));
    expect((await ann.request('MKCALENDAR', path, {body: element(caldav('mkcalendar'), set)})).status).toBe(201);
    expect((await both(ann, path))[0]).toBe('Pacific/Auckland');
  });

  test('is not among allprop', async () => {
    const {ann} = await serve({ann: []});
    await ann.proppatch(calendar, element(id, 'Asia/Tokyo'));
    const {properties} = (await ann.propfind(calendar)).responses.get(calendar)!;
    expect([properties.has(id), properties.has(zone)]).toEqual([false, false]);
  });
});

describe('RFC 7809 §3.1.6, §6.2 timezone-id in a calendar-query', () => {
  const floating = `${event('1')}\r\nDTSTART:20260701T120000\r\nDURATION:PT1H\r\n${ending}`;
  const query = (zone: string) =>
    `${report('calendar-query')}<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20260701T030000Z" end="20260701T040000Z"/></C:comp-filter></C:comp-filter></C:filter>${zone}</C:calendar-query>`;

  test('says the zone of floating times, in place of the calendar’s', async () => {
    const {ann} = await serve({ann: [floating]}, {plist: {DefaultTimezone: 'UTC'}});
    expect((await ann.report(calendar, query(''))).responses.size).toBe(0);
    expect((await ann.report(calendar, query('<C:timezone-id>Asia/Tokyo</C:timezone-id>'))).responses.size).toBe(1);
    await ann.proppatch(calendar, element(caldav('calendar-timezone-id'), 'Asia/Tokyo'));
    expect((await ann.report(calendar, query(''))).responses.size).toBe(1);
    expect((await ann.report(calendar, query('<C:timezone-id>Europe/London</C:timezone-id>'))).responses.size).toBe(0);
  });

  test('one that is not known is refused: CALDAV:valid-timezone', async () => {
    const {ann} = await serve({ann: [floating]});
    const {status, error} = await ann.report(calendar, query('<C:timezone-id>Bogus/Place</C:timezone-id>'));
    expect({status, error}).toEqual({status: 403, error: caldav('valid-timezone')});
  });
});
