import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {basic, raw} from '../raw.ts';

const home = '/calendars/users/ann/';
const file = `${home}a.txt`;

describe('RFC 9110 §9.3.4 PUT', () => {
  test('makes a file: 201 with a strong ETag and, as it lies where it was put, no Location; then replaces it: 204', async () => {
    const {ann} = await serve({ann: []});
    const made = await ann.put(file, 'one');
    expect({status: made.status, location: made.headers.get('location')}).toEqual({status: 201, location: null});
    expect(made.headers.get('etag')).toMatch(/^"[^"]+"$/);
    const replaced = await ann.put(file, 'two');
    expect(replaced.status).toBe(204);
    expect(replaced.headers.get('etag')).not.toBe(made.headers.get('etag'));
    const got = await ann.get(file);
    expect({text: got.text, etag: got.headers.get('etag')}).toEqual({text: 'two', etag: replaced.headers.get('etag')});
    const {properties} = (await ann.propfind(file, 0, dav('getetag'))).responses.get(file)!;
    expect(text(properties.get(dav('getetag'))!)).toBe(got.headers.get('etag'));
  });

  test('keeps bytes as they are, none of them included', async () => {
    const {ann} = await serve({ann: []});
    const bytes = Uint8Array.from({length: 512}, (_, at) => at % 256);
    await ann.put(file, bytes);
    expect((await ann.get(file)).bytes).toEqual(bytes);
    await ann.put(file, '');
    expect((await ann.get(file)).bytes.length).toBe(0);
  });

  test.each([
    ['If-None-Match: * where something is', {'if-none-match': '*'}],
    ['If-Match with an old tag', {'if-match': '"old"'}],
  ])('%s: 412, and nothing is stored', async (_name, headers) => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'one');
    expect((await ann.put(file, 'two', headers)).status).toBe(412);
    expect((await ann.get(file)).text).toBe('one');
  });

  test('If-Match where nothing is: 412; If-None-Match: * where nothing is: 201', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.put(file, 'one', {'if-match': '*'})).status).toBe(412);
    expect((await ann.put(file, 'one', {'if-none-match': '*'})).status).toBe(201);
  });

  test('of two that create at once, one wins', async () => {
    const {ann} = await serve({ann: []});
    const answers = await Promise.all(['one', 'two', 'three'].map(body => ann.put(file, body, {'if-none-match': '*'})));
    expect(answers.map(({status}) => status).sort()).toEqual([201, 412, 412]);
  });

  test('without the collection it would lie in: 409; below a file too (RFC 4918 §9.7.1)', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'a');
    expect((await ann.put(`${home}no/a.txt`, 'x')).status).toBe(409);
    expect((await ann.put(`${file}/b.txt`, 'x')).status).toBe(409);
  });

  test('on a collection: forbidden, with Allow (RFC 4918 §9.7.2)', async () => {
    const {ann} = await serve({ann: []});
    const {status, headers} = await ann.put(`${home}calendar/`, 'x');
    expect(status).toBe(403);
    expect(headers.get('allow')).toMatch(/PROPFIND/);
    expect(headers.get('allow')).not.toMatch(/PUT/);
  });

  test('a part of a file is refused with 400, a content coding with 415', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.put(file, 'x', {'content-range': 'bytes 0-0/10'})).status).toBe(400);
    expect((await ann.put(file, 'x', {'content-encoding': 'x-mine'})).status).toBe(415);
    expect((await ann.get(file)).status).toBe(404);
  });

  test('beyond the size of a resource: 413; beyond the quota: 507 DAV:quota-not-exceeded (RFC 4331 §6)', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourceSize: 600, UserQuota: 1000}});
    expect((await ann.put(file, 'x'.repeat(601))).status).toBe(413);
    expect((await ann.put(file, 'x'.repeat(600))).status).toBe(201);
    const {status, error} = await ann.put(`${home}b.txt`, 'x'.repeat(600));
    expect({status, error}).toEqual({status: 507, error: dav('quota-not-exceeded')});
    const quotas = [dav('quota-available-bytes'), dav('quota-used-bytes')] as const;
    const {properties} = (await ann.propfind(home, 0, ...quotas)).responses.get(home)!;
    expect(quotas.map(name => text(properties.get(name)!))).toEqual(['400', '600']);
    expect((await ann.put(file, 'x'.repeat(500))).status).toBe(204);
    expect((await ann.request('COPY', file, {headers: {destination: `${home}c.txt`}})).status).toBe(201);
    expect((await ann.request('COPY', file, {headers: {destination: `${home}d.txt`}})).error).toBe(dav('quota-not-exceeded'));
    expect((await ann.request('COPY', file, {headers: {destination: `${home}c.txt`}})).status).toBe(204);
    expect((await ann.request('MOVE', file, {headers: {destination: `${home}d.txt`}})).status).toBe(201);
  });

  test('Prefer: return=representation is answered with the file (RFC 7240 §4.2)', async () => {
    const {ann} = await serve({ann: []});
    const answer = await ann.put(file, 'one', {prefer: 'return=representation', 'content-type': 'text/plain'});
    expect({status: answer.status, text: answer.text}).toEqual({status: 201, text: 'one'});
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
    expect(answer.headers.get('content-location')).toBe(file);
  });
});

describe('RFC 9110 §9.3.1 GET and §9.3.2 HEAD', () => {
  test('Content-Type is the one it was stored with, else what the name says', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'x', {'content-type': 'text/x-mine; charset=utf-8'});
    expect((await ann.get(file)).headers.get('content-type')).toBe('text/x-mine; charset=utf-8');
    await ann.request('PUT', `${home}p.png`, {body: new Uint8Array([1])});
    expect((await ann.get(`${home}p.png`)).headers.get('content-type')).toBe('image/png');
  });

  test('Content-Language is what DAV:getcontentlanguage was set to (RFC 4918 §15.3)', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'x');
    expect((await ann.get(file)).headers.get('content-language')).toBeNull();
    await ann.proppatch(file, element(dav('getcontentlanguage'), 'mi, en-GB'));
    expect((await ann.get(file)).headers.get('content-language')).toBe('mi, en-GB');
    await ann.proppatch(file, element(dav('getcontentlanguage'), 'en,\nX-Evil'));
    const {status, headers} = await ann.get(file);
    expect([status, headers.get('content-language')]).toEqual([200, null]);
  });

  test('If-None-Match with its tag: 304 without a body', async () => {
    const {ann} = await serve({ann: []});
    const etag = (await ann.put(file, 'x')).headers.get('etag')!;
    const answer = await ann.get(file, {'if-none-match': etag});
    expect({status: answer.status, etag: answer.headers.get('etag'), length: answer.bytes.length}).toEqual({
      status: 304,
      etag,
      length: 0,
    });
    expect((await ann.get(file, {'if-match': '"x"'})).status).toBe(412);
  });

  test('HEAD says what GET does, and sends nothing', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'twelve bytes');
    const [get, head] = [await ann.get(file), await ann.request('HEAD', file)];
    expect(head.status).toBe(200);
    expect(head.bytes.length).toBe(0);
    expect(head.headers.get('content-length')).toBe('12');
    for (const name of ['etag', 'last-modified', 'content-type']) expect(head.headers.get(name)).toBe(get.headers.get(name));
  });

  test('a page that somebody stored cannot act for the server', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}evil.html`, '<script>alert(1)</script>', {'content-type': 'text/html'});
    const {headers} = await ann.get(`${home}evil.html`);
    expect(headers.get('content-security-policy')).toMatch(/sandbox/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a collection is answered with a list for people, names escaped', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${home}%3Cb%3E%26.txt`, 'x');
    const {status, text: page} = await ann.get(home);
    expect(status).toBe(200);
    expect(page).toContain('<a href="/calendars/users/ann/%3Cb%3E%26.txt">&lt;b&gt;&amp;.txt</a>');
  });
});

describe('RFC 4918 §9.6 DELETE', () => {
  test('removes a file, and a collection with everything in it: 204; what has gone is 404', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', `${home}a/`);
    await ann.request('MKCOL', `${home}a/b/`);
    await ann.put(`${home}a/b/c.txt`, 'c');
    expect((await ann.delete(`${home}a/`)).status).toBe(204);
    for (const path of ['a/', 'a/b/', 'a/b/c.txt']) expect((await ann.get(home + path)).status).toBe(404);
    expect((await ann.delete(`${home}a/`)).status).toBe(404);
  });

  test('If-Match with an old tag: 412, and it stays', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(file, 'x');
    expect((await ann.delete(file, {'if-match': '"old"'})).status).toBe(412);
    expect((await ann.get(file)).status).toBe(200);
  });

  test('a home cannot be removed: 403; nor a collection with Depth: 0 (§9.6.1)', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.delete(home)).status).toBe(403);
    await ann.request('MKCOL', `${home}a/`);
    expect((await ann.delete(`${home}a/`, {depth: '0'})).status).toBe(400);
  });
});

describe('RFC 9110 §9.3.7 OPTIONS', () => {
  test('Allow and DAV are what the tables say, on whatever the one who asks may see', async () => {
    const {ann} = await serve({ann: []});
    const allow = async (path: string) => {
      const {status, headers} = await ann.request('OPTIONS', path);
      expect({path, status, dav: headers.get('dav')}).toEqual({
        path,
        status: 200,
        dav: expect.stringMatching(/^1, .*calendar-access/),
      });
      return headers.get('allow')!.split(', ');
    };
    await ann.put(file, 'x');
    expect(await allow(file)).toEqual(expect.arrayContaining(['GET', 'PUT', 'DELETE', 'PROPFIND', 'PROPPATCH', 'COPY', 'MOVE']));
    expect(await allow(`${home}calendar/`)).toEqual(expect.arrayContaining(['REPORT', 'DELETE', 'POST']));
    expect(await allow(`${home}calendar/`)).not.toContain('PUT');
    expect(await allow('/')).not.toContain('DELETE');
    expect(await allow('/principals/users/ann/')).toContain('REPORT');
    expect(await allow(`${home}not/yet/there.ics`)).toContain('OPTIONS');
    expect(await allow('/calendars/')).toContain('PROPFIND');
    expect(await allow(`${home}new.txt`)).toEqual(expect.arrayContaining(['PUT', 'MKCOL', 'LOCK']));
    expect(await allow('/elsewhere/new.txt')).toEqual(['OPTIONS']);
  });

  test('OPTIONS * is of the server', async () => {
    const {base} = await serve({ann: []}, {plist: {EnableAnonymousReadRoot: false}});
    expect((await raw(base, 'OPTIONS', '*')).status).toBe(401);
    const {status, headers} = await raw(base, 'OPTIONS', '*', {authorization: basic('ann')});
    expect({status, dav: headers.dav}).toEqual({status: 200, dav: expect.stringMatching(/^1, .*calendar-access/)});
  });

  test('a method that nobody knows is 501', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('SEARCH', home)).status).toBe(501);
  });
});
