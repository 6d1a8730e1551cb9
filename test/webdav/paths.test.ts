import {describe, expect, test} from 'vitest';
import {protocol} from '../../src/server/protocol.ts';
import {dav} from '../../src/xml/names.ts';
import {serve} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';
import {basic, raw} from './raw.ts';

const home = '/calendars/users/ann/';
const bad = [
  `${home}../bob/a.txt`,
  `${home}%2e%2e/bob/a.txt`,
  `${home}a/./b.txt`,
  `${home}..%2Fbob%2Fa.txt`,
  `${home}a%2Fb.txt`,
  `${home}a%5C..%2F`,
  `${home}a%00.txt`,
  `${home}a%0D%0Ab.txt`,
  `${home}a%1f.txt`,
  `${home}%C0%AE%C0%AE/a.txt`,
  `${home}%FF.txt`,
  `${home}%.txt`,
  `${home}%u0041.txt`,
  `${home}a%ED%A0%80.txt`,
];

describe('RFC 3986: paths that name nothing', () => {
  const served = sharedServer({ann: [], bob: []});

  test.each([...protocol.methods.keys()])('%s refuses them with 400, and nothing else happens', async method => {
    const {base, ann, bob} = served();
    await ann.put(`${home}kept.txt`, 'kept');
    await bob.put('/calendars/users/bob/a.txt', 'b');
    for (const path of bad) {
      const {status} = await raw(base, method, path, {authorization: basic('ann'), destination: `${home}moved.txt`}, '');
      expect({path, status}).toEqual({path, status: 400});
    }
    expect([...(await ann.propfind(home, 1, dav('getetag'))).responses.keys()]).toEqual([
      home,
      `${home}calendar/`,
      `${home}inbox/`,
      `${home}kept.txt`,
      `${home}outbox/`,
      `${home}tasks/`,
    ]);
  });

  test.each(bad)('nor are they a Destination: %s', async path => {
    const {base, ann} = served();
    await ann.put(`${home}kept.txt`, 'kept');
    for (const method of ['COPY', 'MOVE']) {
      const {status} = await raw(base, method, `${home}kept.txt`, {authorization: basic('ann'), destination: path});
      expect({method, status}).toEqual({method, status: 400});
    }
    expect((await ann.get(`${home}kept.txt`)).text).toBe('kept');
  });
});

describe('RFC 4918 §5.2: forms of one URL', () => {
  test('a collection is found without its slash, with slashes doubled, and is called by its own form', async () => {
    const {base, ann} = await serve({ann: []});
    for (const path of ['/calendars/users/ann', '/calendars//users/ann//', '//calendars/users/ann/', '/calendars/users/%61nn/']) {
      const {status, text} = await raw(base, 'PROPFIND', path, {authorization: basic('ann'), depth: '0'});
      expect(status).toBe(207);
      expect(text).toContain('<D:href>/calendars/users/ann/</D:href>');
    }
    expect((await ann.propfind(`${home}calendar`)).responses.has(`${home}calendar/`)).toBe(true);
  });

  test('hrefs repeat the form asked: by name or by GUID', async () => {
    const {ann} = await serve({ann: []});
    const guid = '/calendars/__uids__/10000000-0000-0000-0000-000000000001/';
    for (const form of [home, guid]) {
      const {responses} = await ann.propfind(form, 1, dav('resourcetype'));
      expect([...responses.keys()]).toEqual(['', 'calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => form + each));
    }
  });

  test('@ and %40 are one name, in user names too', async () => {
    const {base} = await serve({'ann@example.com': []});
    const authorization = basic('ann@example.com');
    for (const path of ['/calendars/users/ann@example.com/', '/calendars/users/ann%40example.com/']) {
      expect((await raw(base, 'PUT', `${path}a@b.txt`, {authorization}, 'x')).status).toBeLessThan(300);
      expect((await raw(base, 'GET', `${path}a%40b.txt`, {authorization})).text).toBe('x');
    }
  });

  test('names that begin with a dot, and names that are too long, are refused', async () => {
    const {ann} = await serve({ann: []});
    for (const name of ['.home.sqlite', '.DS_Store', `${'x'.repeat(300)}.txt`]) {
      expect((await ann.put(`${home}${name}`, 'x')).status).toBe(403);
      expect((await ann.request('MKCOL', `${home}${name}/`)).status).toBe(403);
    }
  });
});

describe('RFC 3986 §2.1: names that need encoding', () => {
  const served = sharedServer({ann: []});

  test.each([
    ['a%20b%20c.txt', 'a b c'],
    ['100%25.txt', 'percent'],
    ['what%3F.txt', 'question'],
    ['%231.txt', 'number'],
    ['gr%C3%BC%C3%9Fe.txt', 'umlauts'],
    ['ann%40example.com.txt', 'at'],
    ['%F0%9F%8E%89.txt', 'emoji'],
    ['a%26b%3Cc%3E.txt', 'XML’s own'],
    ['semi%3Bcolon%2Bplus.txt', 'reserved'],
    ['%25%32%46.txt', 'what looks encoded'],
  ])('the name %s (%s) comes back as an href that leads to it, in listings and in synchronisation', async (name, body) => {
    const {ann} = served();
    await ann.request('MKCOL', `${home}files/`);
    const first = await ann.sync(`${home}files/`);
    expect((await ann.put(`${home}files/${name}`, body)).status).toBe(201);
    const [, listed] = [...(await ann.propfind(`${home}files/`, 1, dav('getetag'))).responses.keys()];
    expect((await ann.get(listed!)).text).toBe(body);
    const {changed, token} = await ann.sync(`${home}files/`, first.token);
    expect(changed).toEqual([listed]);
    await ann.delete(listed!);
    expect((await ann.sync(`${home}files/`, token)).removed).toEqual([listed]);
  });
});
