import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {tzdataVersion} from '../../src/ical/tzdata.ts';
import {timezones} from '../../src/timezones/timezones.ts';
import {dav} from '../../src/xml/names.ts';
import {serve} from '../support/serve.ts';

let served: Awaited<ReturnType<typeof serve<never>>>;
beforeAll(async () => {
  served = await serve({}, {keep: true});
});
afterAll(() => served.close());

const base = '/stdtimezones';
const get = (path: string, headers: Record<string, string> = {}) => served.nobody.get(base + path, headers);
const json = async (path: string) => JSON.parse((await get(path)).text);
const error = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await get(path, headers);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const {type, title, status} = JSON.parse(answer.text);
  expect(title).toBeTruthy();
  expect(status).toBe(answer.status);
  return [answer.status, type.replace('urn:ietf:params:tzdist:error:', '')];
};

describe('RFC 7808 §4.2.1.3 discovery', () => {
  test.each(['/.well-known/timezone', '/.well-known/timezone/'])(
    '%s leads to the service, and nobody is asked for a password',
    async path => {
      const {status, headers} = await served.nobody.get(path);
      expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([301, base, 'public, max-age=86400']);
    },
  );
});

describe('RFC 7808 §5.1 capabilities', () => {
  test('say what is true, and no more', async () => {
    const {version, info, actions} = await json('/capabilities');
    expect(version).toBe(1);
    expect(info).toEqual({
      'primary-source': `IANA:${tzdataVersion}`,
      formats: ['text/calendar', 'application/calendar+json'],
      truncated: {any: true, untruncated: true},
    });
    expect(actions.map(({name}: {name: string}) => name)).toEqual([
      'capabilities',
      'list',
      'get',
      'expand',
      'find',
      'leapseconds',
    ]);
    expect(actions[3]).toEqual({
      name: 'expand',
      'uri-template': '/stdtimezones/zones{/tzid}/observances{?start,end}',
      parameters: [
        {name: 'start', required: true, multi: false},
        {name: 'end', required: true, multi: false},
      ],
    });
  });
});

describe('RFC 7808 §5.2 list', () => {
  test('§5.2.1 all zones with their aliases, and a token', async () => {
    const {synctoken, timezones} = await json('/zones');
    expect(synctoken).toBe(tzdataVersion);
    expect(timezones.length).toBeGreaterThan(300);
    const newYork = timezones.find(({tzid}: {tzid: string}) => tzid === 'America/New_York');
    expect(newYork).toMatchObject({publisher: 'IANA', version: tzdataVersion});
    expect(newYork.aliases).toContain('US/Eastern');
    expect(newYork['last-modified']).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await get('/zones/America%2FNew_York')).headers.get('etag')).toBe(`"${newYork.etag}"`);
  });

  test('what has changed since: nothing for the token, all for one that is not known', async () => {
    expect((await json(`/zones?changedsince=${tzdataVersion}`)).timezones).toEqual([]);
    expect((await json('/zones?changedsince=2009-10-11T09:32:11Z')).timezones.length).toBeGreaterThan(300);
    expect(await error('/zones?changedsince=a&changedsince=b')).toEqual([400, 'invalid-changedsince']);
  });
});

describe('RFC 7808 §5.3 get', () => {
  test('§5.3.1 a zone', async () => {
    const {status, headers, text} = await get('/zones/America%2FNew_York', {accept: 'text/calendar'});
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:.*\r\nBEGIN:VTIMEZONE\r\nTZID:America\/New_York\r\n/);
    expect(text).toMatch(/END:VTIMEZONE\r\nEND:VCALENDAR\r\n$/);
  });

  test('§5.3.2 once more where it has changed, else 304', async () => {
    const etag = (await get('/zones/America%2FNew_York')).headers.get('etag')!;
    expect((await get('/zones/America%2FNew_York', {'if-none-match': etag})).status).toBe(304);
    expect((await get('/zones/America%2FNew_York', {'if-none-match': '"other"'})).status).toBe(200);
  });

  test('§5.3.3 an alias is answered under its own name', async () => {
    const {text} = await get('/zones/US%2FEastern');
    expect(text).toContain('TZID:US/Eastern\r\nTZID-ALIAS-OF:America/New_York\r\n');
  });

  test('§5.3.4 truncated', async () => {
    const {text} = await get('/zones/America%2FNew_York?start=2010-01-01T00:00:00Z&end=2020-01-01T00:00:00Z');
    expect(text).toContain('TZUNTIL:20200101T000000Z\r\nBEGIN:STANDARD\r\nDTSTART:20091231T190000\r\n');
    expect(text).not.toContain('1967');
  });

  test('§5.3.5 there is none', async () => {
    expect(await error('/zones/America%2FPittsburgh', {accept: 'application/calendar+json'})).toEqual([404, 'tzid-not-found']);
  });

  test('as jCal, with another ETag', async () => {
    const {headers, text} = await get('/zones/Europe%2FBerlin', {accept: 'application/calendar+json'});
    expect(headers.get('content-type')).toBe('application/calendar+json; charset=utf-8');
    expect(headers.get('etag')).not.toBe((await get('/zones/Europe%2FBerlin')).headers.get('etag'));
    const [name, , [[zone, properties, observances]]] = JSON.parse(text);
    expect([name, zone, properties[0]]).toEqual(['vcalendar', 'vtimezone', ['tzid', {}, 'text', 'Europe/Berlin']]);
    expect(observances.at(-1)[1]).toContainEqual(['rrule', {}, 'recur', {freq: 'YEARLY', byday: '-1SU', bymonth: 10}]);
  });

  test('in no other format', async () => {
    expect(await error('/zones/Europe%2FBerlin', {accept: 'application/calendar+xml'})).toEqual([406, 'invalid-format']);
    expect((await get('/zones/Europe%2FBerlin', {accept: 'image/png, text/*;q=0.1'})).status).toBe(200);
  });

  test('slashes may stand as they are', async () => {
    expect((await get('/zones/America/Argentina/Ushuaia')).text).toContain('TZID:America/Argentina/Ushuaia');
  });
});

describe('RFC 7808 §5.4 expand', () => {
  test('§5.4.1 a year', async () => {
    expect(await json('/zones/America%2FNew_York/observances?start=2008-01-01T00:00:00Z&end=2009-01-01T00:00:00Z')).toEqual({
      tzid: 'America/New_York',
      observances: [
        {name: 'Standard', onset: '2008-01-01T00:00:00Z', 'utc-offset-from': -18_000, 'utc-offset-to': -18_000},
        {name: 'Daylight', onset: '2008-03-09T07:00:00Z', 'utc-offset-from': -18_000, 'utc-offset-to': -14_400},
        {name: 'Standard', onset: '2008-11-02T06:00:00Z', 'utc-offset-from': -14_400, 'utc-offset-to': -18_000},
      ],
    });
  });

  test('has the zone’s ETag', async () => {
    const range = 'start=2008-01-01T00:00:00Z&end=2009-01-01T00:00:00Z';
    const {headers} = await get(`/zones/Europe%2FBerlin/observances?${range}`);
    expect(headers.get('etag')).toBe((await get('/zones/Europe%2FBerlin')).headers.get('etag'));
  });

  test('of 10,000 years tells what is known, and how far that is', async () => {
    const {end, observances} = await json(
      '/zones/Europe%2FBerlin/observances?start=0000-01-01T00:00:00Z&end=9999-12-31T23:59:59Z',
    );
    expect(end).toBe('2500-01-01T00:00:00Z');
    expect(observances.length).toBeLessThan(1500);
    expect(observances[0]).toEqual({
      name: 'Standard',
      onset: '0000-01-01T00:00:00Z',
      'utc-offset-from': 3208,
      'utc-offset-to': 3208,
    });
  });
});

describe('RFC 7808 §5.3, §5.4 start and end', () => {
  test.each([
    ['start=2008', 'invalid-start'],
    ['start=2008-02-30T00:00:00Z', 'invalid-start'],
    ['start=2008-01-01T24:00:00Z', 'invalid-start'],
    ['start=2008-01-01T00:00:00%2B01:00', 'invalid-start'],
    ['start=2008-01-01T00:00:00Z&start=2008-01-01T00:00:00Z', 'invalid-start'],
    ['start=', 'invalid-start'],
    ['end=-1', 'invalid-end'],
    ['start=2008-01-01T00:00:00Z&end=2008-01-01T00:00:00Z', 'invalid-end'],
    ['start=2008-01-01T00:00:00Z&end=1008-01-01T00:00:00Z', 'invalid-end'],
    ['start=2008-01-01T00:00:00Z&end=99999-01-01T00:00:00Z', 'invalid-end'],
  ])('%s is %s', async (query, type) => {
    expect(await error(`/zones/Europe%2FBerlin?${query}`)).toEqual([400, type]);
    const both = /start/.test(query) ? query : `start=2008-01-01T00:00:00Z&${query}`;
    expect(await error(`/zones/Europe%2FBerlin/observances?${both}`)).toEqual([400, type]);
  });

  test('expand needs both', async () => {
    expect(await error('/zones/Europe%2FBerlin/observances')).toEqual([400, 'invalid-start']);
    expect(await error('/zones/Europe%2FBerlin/observances?start=2008-01-01T00:00:00Z')).toEqual([400, 'invalid-end']);
    expect(await error('/zones/No%2FWhere/observances')).toEqual([404, 'tzid-not-found']);
  });

  test('expand from beyond the data is no valid start', async () => {
    const range = 'start=9000-01-01T00:00:00Z&end=9001-01-01T00:00:00Z';
    expect(await error(`/zones/Europe%2FBerlin/observances?${range}`)).toEqual([400, 'invalid-start']);
    expect((await json(`/zones/Asia%2FTokyo/observances?${range}`)).observances).toHaveLength(1);
  });

  test('absurd but valid ranges are answered', async () => {
    for (const range of [
      'start=0000-01-01T00:00:00Z',
      'end=0001-01-01T00:00:00Z',
      'start=9999-12-31T23:59:59Z',
      'end=9999-12-31T23:59:59Z',
    ]) {
      const {status, text} = await get(`/zones/Europe%2FBerlin?${range}`);
      expect([status, text.includes('END:VTIMEZONE')], range).toEqual([200, true]);
      expect(text.length).toBeLessThan(50_000);
    }
  });
});

describe('RFC 7808 §5.5 find', () => {
  const found = async (pattern: string) =>
    (await json(`/zones?pattern=${encodeURIComponent(pattern)}`)).timezones.map(({tzid}: {tzid: string}) => tzid);

  test('§5.5.1 by an alias', async () => {
    expect(await found('US/Eastern')).toEqual(['America/New_York']);
  });

  test.each([
    ['*New York*', ['America/New_York']],
    ['america/new_york', ['America/New_York']],
    ['*_York', ['America/New_York']],
    ['Europe/Berl*', ['Europe/Berlin']],
    ['New York', []],
    ['Europe/\\*', []],
  ])('%s', async (pattern, tzids) => {
    expect(await found(pattern)).toEqual(tzids);
  });

  test('* is any', async () => {
    expect((await found('*')).length).toBeGreaterThan(300);
  });

  test.each(['', 'a*b', '*a*b*', 'a\\', '\\b', '***'])('%j is no pattern', async pattern => {
    expect(await error(`/zones?pattern=${encodeURIComponent(pattern)}`)).toEqual([400, 'invalid-pattern']);
  });

  test('two are none', async () => {
    expect(await error('/zones?pattern=a&pattern=b')).toEqual([400, 'invalid-pattern']);
  });
});

describe('RFC 7808 §5.6 leapseconds', () => {
  test('since 1972', async () => {
    const {expires, publisher, version, leapseconds} = await json('/leapseconds');
    expect(leapseconds.slice(0, 2)).toEqual([
      {'utc-offset': 10, onset: '1972-01-01'},
      {'utc-offset': 11, onset: '1972-07-01'},
    ]);
    expect(leapseconds).toContainEqual({'utc-offset': 37, onset: '2017-01-01'});
    expect(expires >= '2026-06-28').toBe(true);
    expect([publisher, version]).toEqual(['IERS', tzdataVersion]);
  });
});

describe('RFC 7808 §4.1 what is none of the actions', () => {
  test('the context path tells the capabilities', async () => {
    expect(await json('')).toEqual(await json('/capabilities'));
    expect(await json('/')).toEqual(await json('/capabilities'));
  });

  test.each(['/nothing', '/capabilities/more', '/zones/%E0%A4%A', '/zones/%00'])('%j', async path => {
    expect((await error(path))[0]).toBe(404);
  });

  test.each(['/zones/..%2F..%2Fetc%2Fpasswd', '/zones/__proto__', '/zones/constructor', `/zones/${'x'.repeat(5000)}`])(
    '%s',
    async path => {
      expect(await error(path)).toEqual([404, 'tzid-not-found']);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'PROPFIND'])('%s is refused', async method => {
    const {status, headers} = await served.nobody.request(method, `${base}/zones`);
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('it has properties, for who has logged in', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.propfind(base, 0, dav('resourcetype'))).responses.get(base)!.properties.has(dav('resourcetype'))).toBe(
      true,
    );
    expect((await served.nobody.propfind(base)).status).toBe(401);
  });

  test('HEAD says how long GET’s answer is', async () => {
    const {headers, bytes} = await served.nobody.request('HEAD', `${base}/zones/Europe%2FBerlin`);
    expect(Number(headers.get('content-length'))).toBe((await get('/zones/Europe%2FBerlin')).bytes.length);
    expect(bytes).toHaveLength(0);
  });
});

test('without EnableTimezoneService there is none, and no token', async () => {
  const {nobody, ann} = await serve({ann: []}, {plist: {EnableTimezoneService: false}});
  expect((await nobody.get(`${base}/zones`)).status).toBe(401);
  expect((await ann.get(`${base}/zones`)).status).toBe(404);
  expect((await ann.request('OPTIONS', '/calendars/users/ann/')).headers.get('dav')).not.toContain('calendar-no-timezone');
});

test('whatever is asked, it is answered, and by no fault of the server', () => {
  const piece = fc.oneof(
    fc.constantFrom('zones', 'observances', 'capabilities', '..', '%2e%2e', 'Europe%2FBerlin', 'UTC', '%', '%ff', 'leapseconds'),
    fc.string(),
  );
  const parameter = fc.tuple(
    fc.constantFrom('start', 'end', 'pattern', 'changedsince', 'method', 'tzid', '__proto__'),
    fc.oneof(
      fc.constantFrom('2008-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '20080101', '*', 'get'),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('/stdtimezones', '/timezones', '/.well-known/timezone'),
      fc.array(piece, {maxLength: 4}),
      fc.array(parameter, {maxLength: 4}),
      fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'),
      (start, pieces, parameters, method) => {
        const request = {
          method,
          path: [start, ...pieces].join('/'),
          query: parameters.map(([name, value]) => `${name}=${value}`).join('&'),
          headers: {},
          body: new Uint8Array(),
          address: '::1',
          secure: false,
        };
        expect(timezones(request)?.status ?? 404).toBeLessThan(500);
      },
    ),
    {numRuns: 500},
  );
});
