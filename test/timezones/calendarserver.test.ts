import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {element, elements, text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import {serve} from '../support/serve.ts';

let served: Awaited<ReturnType<typeof serve<'ann'>>>;
beforeAll(async () => {
  served = await serve({ann: []}, {keep: true});
});
afterAll(() => served.close());

describe.each(['GET', 'POST'])('CalendarServer’s time zone service by %s', method => {
  const ask = (query: string) => served.nobody.request(method, `/timezones${query}`);

  test('without a method, a page', async () => {
    const {status, headers} = await ask('');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  test('list: identifiers and aliases', async () => {
    const {xml} = await ask('?method=list');
    const tzids = elements(xml!, calendarserver('tzid')).map(tzid => text(tzid));
    expect(tzids).toEqual(expect.arrayContaining(['America/New_York', 'America/Phoenix', 'GB']));
    expect(tzids).toEqual([...tzids].sort());
  });

  test('get: a VTIMEZONE', async () => {
    const {headers, text: body} = await ask('/?method=get&tzid=GB');
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(body).toContain('TZID:GB\r\n');
  });

  test('expand: onsets as clocks show them', async () => {
    const {xml} = await ask('?method=expand&tzid=America/New_York&start=20080101&end=20090101');
    const observances = elements(xml!, calendarserver('observance')).map(one => elements(one).map(part => text(part)));
    expect(observances).toEqual([
      ['20080101T000000', '-0500'],
      ['20080309T020000', '-0400'],
      ['20081102T020000', '-0500'],
    ]);
  });

  test.each([
    ['?query=true', 400, 'supported-method'],
    ['?method=constructor', 400, 'supported-method'],
    ['?method=list&method=list', 400, 'valid-method'],
    ['?method=get', 400, 'valid-timezone'],
    ['?method=get&tzid=GB&tzid=GB', 400, 'valid-timezone'],
    ['?method=get&tzid=America/Pittsburgh', 404, 'timezone-available'],
    ['?method=expand&tzid=GB&start=2008', 400, 'valid-start-date'],
    ['?method=expand&tzid=GB&start=20080230&end=20090101', 400, 'valid-start-date'],
    ['?method=expand&tzid=GB&start=20080101&end=20080101', 400, 'valid-end-date'],
    ['?method=expand&tzid=GB&start=00010101&end=99991231T235959Z', 200, undefined],
  ])('%s', async (query, status, condition) => {
    const answer = await ask(query);
    expect([answer.status, answer.error]).toEqual([status, condition && calendarserver(condition)]);
  });
});

describe('CalendarServer’s time zone service as a resource', () => {
  test('its type', async () => {
    const {responses} = await served.ann.propfind('/timezones', 0, dav('resourcetype'));
    expect(responses.get('/timezones')!.properties.get(dav('resourcetype'))!.children).toEqual([
      element(calendarserver('timezones')),
    ]);
  });

  test.each(['PUT', 'DELETE'])('%s is forbidden', async method => {
    expect((await served.ann.request(method, '/timezones')).status).toBe(403);
  });

  test('each zone is a file', async () => {
    const {status, text: body} = await served.nobody.get('/timezones/America/Argentina/Ushuaia.ics');
    expect([status, body.includes('TZID:America/Argentina/Ushuaia')]).toEqual([200, true]);
    expect((await served.nobody.get('/timezones/America%2FNew_York.ics')).status).toBe(200);
    expect((await served.nobody.get('/timezones/..%2f..%2fetc/passwd.ics')).status).toBe(404);
  });

  test.each([
    '/timezones',
    '/timezones?method=list',
    '/timezones?method=get&tzid=Europe/Berlin',
    '/timezones?method=expand&tzid=Europe/Berlin&start=20080101&end=20090101',
    '/timezones/Europe/Berlin.ics',
    '/stdtimezones/capabilities',
    '/stdtimezones/zones',
    '/stdtimezones/zones/Europe%2FBerlin/observances?start=2008-01-01T00:00:00Z&end=2009-01-01T00:00:00Z',
  ])('%s is not sent again to who has it', async path => {
    const first = await served.nobody.get(path);
    const etag = first.headers.get('etag')!;
    for (const method of ['GET', 'HEAD']) {
      const again = await served.nobody.request(method, path, {headers: {'if-none-match': etag}});
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await served.nobody.get(path, {'if-none-match': '"other"'})).text).toBe(first.text);
  });

  test('another site’s page cannot POST to it, and HEAD has no body', async () => {
    const headers = {'sec-fetch-site': 'cross-site'};
    expect((await served.nobody.request('POST', '/timezones?method=list', {headers})).status).toBe(403);
    expect((await served.nobody.request('HEAD', '/timezones?method=list')).bytes).toHaveLength(0);
  });
});
