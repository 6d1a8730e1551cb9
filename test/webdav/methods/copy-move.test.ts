import {setImmediate} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const mood = '{urn:example}mood' as const;

const send = (client: Client, method: string, from: string, to: string, headers: Record<string, string> = {}) =>
  client.request(method, from, {headers: {destination: to, ...headers}});

/** A collection `a/` with a file, a collection and a file in that, each with a property. */
async function tree(ann: Client) {
  await ann.request('MKCOL', `${home}a/`);
  await ann.request('MKCOL', `${home}a/b/`);
  await ann.put(`${home}a/x.txt`, 'x');
  await ann.put(`${home}a/b/y.txt`, 'y');
  for (const path of ['a/', 'a/b/', 'a/x.txt']) await ann.proppatch(home + path, element(mood, `of ${path}`));
}

/** What lies in a collection, itself first, each before what lies in it. */
async function below(client: Client, path: string, root = path): Promise<string[]> {
  const [self, ...members] = (await client.propfind(path, 1, dav('resourcetype'))).responses.keys();
  const inside = await Promise.all(
    members.map(href => (href.endsWith('/') ? below(client, href, root) : [href.slice(root.length)])),
  );
  return [self!.slice(root.length), ...inside.flat()];
}

describe.each(['COPY', 'MOVE'])('RFC 4918 §9.8 and §9.9 %s', method => {
  const isMove = method === 'MOVE';

  test('takes a file with its bytes and properties to a free place: 201; onto another: 204', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    await ann.put(`${home}z.txt`, 'z');
    await ann.proppatch(`${home}z.txt`, element('{urn:example}own', 'z'));
    const made = await send(ann, method, `${home}a/x.txt`, `${ann.base}${home}n%65w.txt`);
    expect({status: made.status, location: made.headers.get('location')}).toEqual({
      status: 201,
      location: `${ann.base}${home}new.txt`,
    });
    expect((await send(ann, method, `${home}new.txt`, `${home}z.txt`)).status).toBe(204);
    expect((await ann.get(`${home}z.txt`)).text).toBe('x');
    const {properties, refused} = (await ann.propfind(`${home}z.txt`, 0, mood, '{urn:example}own')).responses.get(
      `${home}z.txt`,
    )!;
    expect(text(properties.get(mood)!)).toBe('of a/x.txt');
    expect(refused.get('{urn:example}own')).toBe(404);
    expect((await ann.get(`${home}a/x.txt`)).status).toBe(isMove ? 404 : 200);
  });

  test('takes a collection with everything in it, in place of another one', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    await ann.request('MKCOL', `${home}c/`);
    await ann.put(`${home}c/old.txt`, 'old');
    expect((await send(ann, method, `${home}a/`, `${home}c/`)).status).toBe(204);
    expect(await below(ann, `${home}c/`)).toEqual(['', 'b/', 'b/y.txt', 'x.txt']);
    expect((await ann.get(`${home}c/b/y.txt`)).text).toBe('y');
    const {properties} = (await ann.propfind(`${home}c/b/`, 0, mood)).responses.get(`${home}c/b/`)!;
    expect(text(properties.get(mood)!)).toBe('of a/b/');
    expect((await ann.propfind(`${home}a/`)).status).toBe(isMove ? 404 : 207);
  });

  test('Overwrite: F where something is: 412, and both stay', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    await ann.put(`${home}z.txt`, 'z');
    expect((await send(ann, method, `${home}a/x.txt`, `${home}z.txt`, {overwrite: 'F'})).status).toBe(412);
    expect((await ann.get(`${home}z.txt`)).text).toBe('z');
    expect((await ann.get(`${home}a/x.txt`)).text).toBe('x');
    expect((await send(ann, method, `${home}a/x.txt`, `${home}free.txt`, {overwrite: 'F'})).status).toBe(201);
  });

  test('onto itself, into itself, onto what it lies in: 403', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    for (const [from, to] of [
      ['a/', 'a/'],
      ['a/', 'a'],
      ['a/x.txt', 'a//x%2Etxt'],
      ['a/', 'a/b/c/'],
      ['a/b/', 'a/'],
    ] as const) {
      expect({from, to, status: (await send(ann, method, home + from, home + to)).status}).toEqual({from, to, status: 403});
    }
    expect(await below(ann, `${home}a/`)).toEqual(['', 'b/', 'b/y.txt', 'x.txt']);
  });

  test('without the collection it would lie in: 409; from nowhere: 404; out of or onto a home: refused', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    expect((await send(ann, method, `${home}a/x.txt`, `${home}no/x.txt`)).status).toBe(409);
    expect((await send(ann, method, `${home}a/x.txt`, `${home}a/b/y.txt/x.txt`)).status).toBe(409);
    expect((await send(ann, method, `${home}no.txt`, `${home}x.txt`)).status).toBe(404);
    expect((await send(ann, method, home, `${home}x/`)).status).toBe(403);
    expect((await send(ann, method, `${home}a/`, home)).status).toBe(403);
    expect((await send(ann, method, `${home}a/`, '/principals/users/x/')).status).toBe(403);
  });

  test('Destination may be a URL of this host in any form; missing it is 400, another host’s 502', async () => {
    const {ann, base} = await serve({ann: []});
    await ann.put(`${home}1.txt`, 'x');
    const host = new URL(base).hostname;
    let from = '1.txt';
    for (const [at, to] of [`http://${host}:1${home}2.txt`, `https://${host}${home}3.txt`, `${home}%34.txt`].entries()) {
      expect((await send(ann, 'MOVE', home + from, to)).status).toBe(201);
      from = `${at + 2}.txt`;
    }
    expect((await ann.request(method, `${home}4.txt`)).status).toBe(400);
    expect((await send(ann, method, `${home}4.txt`, `http://other.example${home}5.txt`)).status).toBe(502);
    expect(
      (await send(ann, method, `${home}4.txt`, `https://cal.example${home}5.txt`, {'x-forwarded-host': 'cal.example'})).status,
    ).toBe(201);
  });

  test('Location is what the Destination was, without a password in it, and a path where that was one', async () => {
    const {ann, base} = await serve({ann: []});
    await ann.put(`${home}1.txt`, 'x');
    const host = new URL(base).host;
    const places = [`http://ann:ann@${host}${home}2.txt`, `${home}3.txt`, `https://${host}${home}a%20%C3%A4.txt`];
    const given = [`http://${host}${home}2.txt`, `${home}3.txt`, `https://${host}${home}a%20%C3%A4.txt`];
    let from = `${home}1.txt`;
    for (const [at, to] of places.entries()) {
      expect((await send(ann, method, from, to)).headers.get('location')).toBe(given[at]);
      from = new URL(to, base).pathname;
    }
  });

  test('DAV:creationdate stays with what is moved and begins anew with a copy (§15.1); DAV:resource-id likewise', async () => {
    const {ann} = await serve({ann: []});
    const names = [dav('creationdate'), dav('resource-id')] as const;
    const facts = async (path: string) => {
      const {properties} = (await ann.propfind(path, 0, ...names)).responses.get(path)!;
      return names.map(name => text(properties.get(name)!));
    };
    await ann.put(`${home}1.txt`, 'x');
    const before = await facts(`${home}1.txt`);
    while (new Date().toISOString() <= before[0]!) await setImmediate();
    await send(ann, method, `${home}1.txt`, `${home}2.txt`);
    const after = await facts(`${home}2.txt`);
    expect(after.map((fact, at) => fact === before[at])).toEqual(isMove ? [true, true] : [false, false]);
  });

  test('If-Match is held against the source', async () => {
    const {ann} = await serve({ann: []});
    const etag = (await ann.put(`${home}1.txt`, 'x')).headers.get('etag')!;
    expect((await send(ann, method, `${home}1.txt`, `${home}2.txt`, {'if-match': '"old"'})).status).toBe(412);
    expect((await send(ann, method, `${home}1.txt`, `${home}2.txt`, {'if-match': etag})).status).toBe(201);
  });

  test('any other Overwrite or Depth is 400', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    expect((await send(ann, method, `${home}a/`, `${home}c/`, {overwrite: 'maybe'})).status).toBe(400);
    expect((await send(ann, method, `${home}a/`, `${home}c/`, {depth: '1'})).status).toBe(400);
  });

  test('between two homes, by whoever may write in both', async () => {
    const {ann, bob, admin} = await serve({ann: [], bob: [], admin: []});
    await tree(ann);
    const there = '/calendars/users/bob/';
    expect((await send(admin, method, `${home}a/`, `${there}a/`)).status).toBe(201);
    expect(await below(bob, `${there}a/`)).toEqual(['', 'b/', 'b/y.txt', 'x.txt']);
    expect((await bob.get(`${there}a/b/y.txt`)).text).toBe('y');
    const {properties} = (await bob.propfind(`${there}a/b/`, 0, mood)).responses.get(`${there}a/b/`)!;
    expect(text(properties.get(mood)!)).toBe('of a/b/');
    expect((await ann.propfind(`${home}a/`)).status).toBe(isMove ? 404 : 207);
  });

  test('into a calendar goes only what may lie there', async () => {
    const {ann} = await serve({ann: [event('one')]});
    await ann.put(`${home}note.txt`, 'a note');
    await ann.put(`${home}loose.ics`, event('two'));
    await ann.put(`${home}again.ics`, event('one'));
    await ann.request('MKCOL', `${home}a/`);
    const to = `${home}calendar/`;
    expect((await send(ann, method, `${home}note.txt`, `${to}note.ics`)).error).toMatch(/calendar-data$/);
    expect((await send(ann, method, `${home}again.ics`, `${to}again.ics`)).error).toBe(caldav('no-uid-conflict'));
    expect((await send(ann, method, `${home}a/`, `${to}a/`)).status).toBe(403);
    expect((await send(ann, method, `${home}loose.ics`, `${to}2.ics`)).status).toBe(201);
    // It is an object now, with a UID that no other may have.
    expect((await ann.put(`${to}3.ics`, event('two'))).error).toBe(caldav('no-uid-conflict'));
    expect((await send(ann, method, `${to}2.ics`, `${home}out.ics`)).status).toBe(201);
    expect((await ann.get(`${home}out.ics`)).text).toBe(event('two'));
    expect((await ann.put(`${to}3.ics`, event('two'))).status).toBe(isMove ? 201 : 403);
  });
});

describe('the limits of a collection', () => {
  test('a copy counts, a new name does not', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourcesPerCollection: 2, MaxCollectionsPerHome: 3}});
    await tree(ann);
    expect((await send(ann, 'COPY', `${home}a/x.txt`, `${home}a/z.txt`)).status).toBe(507);
    expect((await send(ann, 'MOVE', `${home}a/x.txt`, `${home}a/z.txt`)).status).toBe(201);
    expect((await ann.request('MKCOL', `${home}more/`)).status).toBeGreaterThanOrEqual(400);
    expect((await send(ann, 'COPY', `${home}a/`, `${home}c/`)).status).toBeGreaterThanOrEqual(400);
    expect((await send(ann, 'MOVE', `${home}a/`, `${home}c/`)).status).toBe(201);
  });
});

describe('RFC 4918 §9.8.3 COPY with Depth: 0', () => {
  test('takes the collection and its properties without its members', async () => {
    const {ann} = await serve({ann: []});
    await tree(ann);
    expect((await send(ann, 'COPY', `${home}a/`, `${home}c/`, {depth: '0'})).status).toBe(201);
    expect(await below(ann, `${home}c/`)).toEqual(['']);
    const {properties} = (await ann.propfind(`${home}c/`, 0, mood)).responses.get(`${home}c/`)!;
    expect(text(properties.get(mood)!)).toBe('of a/');
  });
});

describe('RFC 5842 §3.1 DAV:resource-id', () => {
  test('stays when a resource is moved, and is another for its copy', async () => {
    const {ann} = await serve({ann: []});
    const id = async (path: string) => {
      const {properties} = (await ann.propfind(path, 0, dav('resource-id'))).responses.get(path)!;
      return text(properties.get(dav('resource-id'))!);
    };
    await ann.put(`${home}1.txt`, 'x');
    const before = await id(`${home}1.txt`);
    expect(before).toMatch(/^urn:uuid:[\da-f-]{36}$/);
    await send(ann, 'MOVE', `${home}1.txt`, `${home}2.txt`);
    await send(ann, 'COPY', `${home}2.txt`, `${home}3.txt`);
    expect(await id(`${home}2.txt`)).toBe(before);
    expect(await id(`${home}3.txt`)).not.toBe(before);
  });
});
