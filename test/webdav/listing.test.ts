import {describe, expect, test} from 'vitest';
import {element} from '../../src/xml/element.ts';
import {dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';
/** What Firefox and Chrome send. */
const browser = {accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'};

describe('GET of a collection, for people', () => {
  test('tells names, what they are called, types, sizes and times, and leads on', async () => {
    const {ann} = await serve({ann: [event('a')]});
    await ann.request('MKCOL', `${home}files/`);
    await ann.put(`${home}files/a b.txt`, 'hello', {'content-type': 'text/plain'});
    const {status, headers, text} = await ann.get(home, browser);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain(`<td><a href="${home}calendar/">calendar</a></td><td>Calendar</td><td>calendar</td>`);
    const files = (await ann.get(`${home}files/`, browser)).text;
    expect(files).toMatch(
      new RegExp(`<a href="${home}files/a%20b\\.txt">a b\\.txt</a></td><td></td><td>file</td><td>5</td><td><time datetime="20`),
    );
    expect(files).toContain(`<a href="${home}">One level up</a>`);
    for (const path of [
      '/principals/',
      '/principals/users/',
      `/principals/__uids__/${guidOf(1)}/`,
      '/calendars/',
      '/calendars/users/',
    ]) {
      const page = await ann.get(path, browser);
      expect([page.status, page.headers.get('content-type')], path).toEqual([200, 'text/html; charset=utf-8']);
    }
    expect((await ann.get('/principals/users/', browser)).text).toContain('href="/principals/users/ann/"');
  });

  test('whatever things are called, the page holds no markup but its own, and runs nothing', async () => {
    const {ann} = await serve({ann: []});
    const evil = '"><script>alert(1)</script>&\'';
    await ann.request('MKCOL', `${home}${encodeURIComponent(evil.replaceAll('/', ''))}/`);
    await ann.proppatch(`${home}calendar/`, element(dav('displayname'), evil));
    for (const path of [home, `${home}calendar/`, `${home}${encodeURIComponent(evil.replaceAll('/', ''))}/`]) {
      const {text, headers} = await ann.get(path, {...browser, host: '"><script>'}).catch(() => ann.get(path, browser));
      expect(text, path).not.toContain('<script');
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    }
  });

  test('has an ETag and a Last-Modified that change with what is in it', async () => {
    const {ann} = await serve({ann: []});
    const before = await ann.get(home, browser);
    const etag = before.headers.get('etag')!;
    expect((await ann.get(home, {...browser, 'if-none-match': etag})).status).toBe(304);
    expect((await ann.get(home, {...browser, 'if-modified-since': before.headers.get('last-modified')!})).status).toBe(304);
    await ann.put(`${home}calendar/a.ics`, event('a'));
    const after = await ann.get(home, {...browser, 'if-none-match': etag});
    expect([after.status, after.headers.get('etag') === etag]).toEqual([200, false]);
    const head = await ann.request('HEAD', home, {headers: browser});
    expect([head.status, head.headers.get('etag'), head.text]).toEqual([200, after.headers.get('etag'), '']);
  });

  test('says that a browser may be given another page', async () => {
    const {ann} = await serve({ann: []});
    for (const path of ['/', '/calendars/', '/calendars/users/ann/']) {
      for (const accept of ['*/*', 'text/html, application/xhtml+xml']) {
        expect((await ann.get(path, {accept})).headers.get('vary')?.toLowerCase(), path).toContain('accept');
      }
    }
    const etag = (await ann.get('/calendars/users/ann/')).headers.get('etag')!;
    const known = await ann.get('/calendars/users/ann/', {'if-none-match': etag});
    expect([known.status, known.headers.get('vary')]).toEqual([304, 'Accept']);
  });

  test('shows nobody what he may not read', async () => {
    const {ann, ben} = await serve({ann: [event('a')], ben: []});
    expect((await ben.get(home, browser)).status).toBe(403);
    expect((await ann.get('/calendars/users/', browser)).text).not.toContain('/ben/');
  });
});

describe('GET of a calendar, by browsers and by others', () => {
  const calendar = `${home}calendar/`;

  test('a browser gets a page with a link to subscribe by and one to save; the page leads to the file', async () => {
    const {ann, base} = await serve({ann: [event('a')]});
    const {headers, text} = await ann.get(calendar, browser);
    expect([headers.get('content-type'), headers.get('vary')]).toEqual([
      'text/html; charset=utf-8',
      expect.stringContaining('Accept'),
    ]);
    expect(text).toContain(`href="${base.replace('http:', 'webcal:')}${calendar}"`);
    expect(text).toContain(`<a href="${calendar}1.ics">1.ics</a>`);
    expect((await ann.get(`${calendar}?export`, browser)).text).toMatch(/^BEGIN:VCALENDAR/);
  });

  test.each([
    [undefined],
    ['*/*'],
    ['text/calendar'],
    ['text/calendar, */*'],
    ['text/calendar,text/plain;q=0.8,*/*;q=0.5'], // Thunderbird
    ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'], // whatever is made with Java
    ['text/html'],
  ])('who subscribes gets iCalendar, with Accept %s', async accept => {
    const {ann} = await serve({ann: [event('a')]});
    const {headers} = await ann.get(calendar, accept === undefined ? {} : {accept});
    expect(headers.get('content-type')).toBe('text/calendar;charset=utf-8');
    expect(headers.get('vary')).toContain('Accept');
  });

  test('If-Modified-Since alone tells a subscriber of what has come since', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const since = (await ann.get(calendar)).headers.get('last-modified')!;
    expect((await ann.get(calendar, {'if-modified-since': since})).status).toBe(304);
    const older = new Date(Date.parse(since) - 1000).toUTCString();
    expect((await ann.get(calendar, {'if-modified-since': older})).status).toBe(200);
  });
});
