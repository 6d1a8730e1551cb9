import {describe, expect, test} from 'vitest';
import {element} from '../../../src/xml/element.ts';
import {dav, mobileme} from '../../../src/xml/names.ts';
import type {Answer, Client, RequestOptions} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {discovered, hrefsIn, lock, submitting, unlock} from './lock-requests.ts';

const home = '/calendars/users/ann/';
const files = `${home}files/`;
const mood = element('{urn:example}mood', 'fine');
const propertyupdate = element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), mood)));

/** Ann's home with collections and files; the administrator has all rights there. */
async function withFiles() {
  const served = await serve({ann: [], admin: []});
  for (const path of ['', 'sub/', 'sub/deep/', 'other/']) await served.ann.request('MKCOL', files + path);
  for (const path of ['a.txt', 'sub/b.txt', 'sub/deep/c.txt', 'other/d.txt']) await served.ann.put(files + path, path);
  return served;
}

const to = (path: string, headers: Record<string, string> = {}): RequestOptions => ({
  headers: {destination: files + path, ...headers},
});

/** A change of what is there, by each way there is. */
type Change = [name: string, method: string, path: string, options: RequestOptions];

const onFile: Change[] = [
  ['PUT', 'PUT', 'a.txt', {body: 'x'}],
  ['PROPPATCH', 'PROPPATCH', 'a.txt', {body: propertyupdate}],
  ['ACL', 'ACL', 'a.txt', {body: acl()}],
  ['DELETE', 'DELETE', 'a.txt', {}],
  ['MOVE from', 'MOVE', 'a.txt', to('z.txt')],
  ['MOVE onto', 'MOVE', 'other/d.txt', to('a.txt')],
  ['COPY onto', 'COPY', 'other/d.txt', to('a.txt')],
];

const ofMembers: Change[] = [
  ['PUT of a new member', 'PUT', 'new.txt', {body: 'x'}],
  ['POST of a new member', 'POST', '?add-member', {body: 'x'}],
  ['MKCOL', 'MKCOL', 'new/', {}],
  ['MKCALENDAR', 'MKCALENDAR', 'new/', {}],
  ['LOCK of a free URL', 'LOCK', 'new.txt', {depth: 0, body: lockinfo()}],
  ['DELETE of a member', 'DELETE', 'a.txt', {}],
  ['MOVE of a member away', 'MOVE', 'a.txt', to('other/a.txt')],
  ['MOVE to another name', 'MOVE', 'a.txt', to('z.txt')],
  ['MOVE of a member in', 'MOVE', 'other/d.txt', to('d.txt')],
  ['COPY of a member in', 'COPY', 'other/d.txt', to('d.txt')],
];

function acl() {
  const all = element(dav('principal'), element(dav('all')));
  return element(dav('acl'), element(dav('ace'), all, element(dav('grant'), element(dav('privilege'), element(dav('read'))))));
}

function lockinfo() {
  return element(
    dav('lockinfo'),
    element(dav('lockscope'), element(dav('shared'))),
    element(dav('locktype'), element(dav('write'))),
  );
}

const isRefused = ({status, error, xml}: Answer) => ({status, error, hrefs: hrefsIn(xml)});
const refusedFor = (...hrefs: string[]) => ({status: 423, error: dav('lock-token-submitted'), hrefs});

/** All that is there, with a token that any change would change. */
async function list(client: Client) {
  return (await client.sync(files, '', 'infinite')).text;
}

describe('RFC 4918 §7 what an exclusive lock keeps from others', () => {
  test.each(onFile)('on a file: %s', async (_, method, path, options) => {
    const {ann, admin} = await withFiles();
    const {token} = await lock(ann, `${files}a.txt`);
    const before = await list(ann);
    // Neither who does not say the token, though it is his own, nor who says another's.
    expect(isRefused(await ann.request(method, files + path, options))).toEqual(refusedFor(`${files}a.txt`));
    expect(isRefused(await admin.request(method, files + path, submitting(`${files}a.txt`, token, options)))).toEqual(
      refusedFor(`${files}a.txt`),
    );
    expect(await list(ann)).toBe(before);
    const {status} = await ann.request(method, files + path, submitting(`${files}a.txt`, token, options));
    expect(status).toBeLessThan(300);
  });

  test.each(ofMembers)('§7.4 on a collection, Depth 0: %s', async (_, method, path, options) => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, files);
    const before = await list(ann);
    expect(isRefused(await ann.request(method, files + path, options))).toEqual(refusedFor(files));
    expect(await list(ann)).toBe(before);
    expect((await ann.request(method, files + path, submitting(files, token, options))).status).toBeLessThan(300);
  });

  test('§7.4 on a collection, Depth 0: its members, and theirs, are written as ever', async () => {
    const {ann} = await withFiles();
    await lock(ann, files);
    expect((await ann.put(`${files}a.txt`, 'x')).status).toBe(204);
    expect((await ann.proppatch(`${files}sub/`, mood)).status).toBe(207);
    expect((await ann.put(`${files}sub/new.txt`, 'x')).status).toBe(201);
    expect((await ann.delete(`${files}sub/b.txt`)).status).toBe(204);
    expect((await ann.request('COPY', `${files}a.txt`, to('other/a.txt'))).status).toBe(201);
    expect(isRefused(await ann.proppatch(files, mood))).toEqual(refusedFor(files));
  });

  test.each([...onFile, ...ofMembers.filter(([, method]) => method !== 'LOCK')])(
    'on a collection above, depth infinity: %s',
    async (_, method, path, options) => {
      const {ann} = await withFiles();
      const {token} = await lock(ann, home, {depth: 'infinity'});
      const before = await list(ann);
      expect(isRefused(await ann.request(method, files + path, options))).toEqual(refusedFor(home));
      expect(await list(ann)).toBe(before);
      expect((await ann.request(method, files + path, submitting(home, token, options))).status).toBeLessThan(300);
    },
  );

  test.each<Change>([
    ['DELETE', 'DELETE', 'sub/', {}],
    ['MOVE', 'MOVE', 'sub/', to('moved/')],
    ['MOVE onto it', 'MOVE', 'other/', to('sub/')],
    ['COPY onto it', 'COPY', 'other/', to('sub/')],
  ])('deep below a collection: %s of that', async (_, method, path, options) => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, `${files}sub/deep/c.txt`);
    expect(isRefused(await ann.request(method, files + path, options))).toEqual(refusedFor(`${files}sub/deep/c.txt`));
    expect((await ann.get(`${files}sub/deep/c.txt`)).status).toBe(200);
    const submitted = submitting(`${files}sub/deep/c.txt`, token, options);
    expect((await ann.request(method, files + path, submitted)).status).toBeLessThan(300);
  });

  test('several locks are all to be submitted, and all that miss are named', async () => {
    const {ann} = await withFiles();
    const paths = ['sub/', 'sub/b.txt', 'sub/deep/c.txt'].map(path => files + path);
    const tokens: string[] = [];
    for (const path of paths) tokens.push((await lock(ann, path)).token);
    expect(hrefsIn((await ann.delete(`${files}sub/`)).xml).sort()).toEqual(paths);
    const some = `<${paths[0]}> (<${tokens[0]}>) <${paths[2]}> (<${tokens[2]}>)`;
    expect(isRefused(await ann.delete(`${files}sub/`, {if: some}))).toEqual(refusedFor(paths[1]!));
    expect((await ann.delete(`${files}sub/`, {if: `${some} <${paths[1]}> (<${tokens[1]}>)`})).status).toBe(204);
  });

  test('what is read is never refused', async () => {
    const {ann, admin} = await withFiles();
    await lock(ann, files, {depth: 'infinity'});
    expect((await admin.get(`${files}a.txt`)).status).toBe(200);
    expect((await admin.propfind(files, 1)).status).toBe(207);
    expect((await admin.request('COPY', `${files}a.txt`, {headers: {destination: `${home}copy.txt`}})).status).toBe(201);
  });

  test('a bulk change leaves alone what is locked, and does the rest', async () => {
    const {ann} = await serve({ann: [event('1'), event('2')]});
    const calendar = `${home}calendar/`;
    await lock(ann, `${calendar}1.ics`);
    const remove = (name: string) =>
      element(mobileme('resource'), element(dav('href'), calendar + name), element(mobileme('delete')));
    const {responses} = await ann.request('POST', calendar, {
      body: element(mobileme('multiput'), remove('1.ics'), remove('2.ics')),
    });
    expect(responses.get(`${calendar}1.ics`)).toMatchObject({status: 423});
    expect([(await ann.get(`${calendar}1.ics`)).status, (await ann.get(`${calendar}2.ics`)).status]).toEqual([200, 404]);
  });

  test('§6.2 of shared locks, one that the writer made is enough', async () => {
    const {ann, admin} = await withFiles();
    const path = `${files}a.txt`;
    const {token: hers} = await lock(ann, path, {scope: 'shared'});
    const {token: his} = await lock(admin, path, {scope: 'shared'});
    const refused = await ann.put(path, 'x');
    expect([refused.status, hrefsIn(refused.xml)]).toEqual([423, [path]]);
    expect((await ann.put(path, 'x', {if: `(<${his}>)`})).status).toBe(423);
    expect((await ann.put(path, 'x', {if: `(<${hers}>)`})).status).toBe(204);
    expect((await admin.put(path, 'x', {if: `(<${his}>)`})).status).toBe(204);
  });
});

describe('RFC 4918 §7.5, §7.6, §9.6.1, §9.9.3 what becomes of locks', () => {
  test('DELETE and MOVE end them; the new place has none, and what comes to the old place is free', async () => {
    const {ann} = await withFiles();
    const path = `${files}a.txt`;
    const first = await lock(ann, path);
    await ann.request('DELETE', path, submitting(path, first.token));
    await ann.put(path, 'again');
    expect(await discovered(ann, path)).toEqual([]);
    const second = await lock(ann, path);
    expect((await ann.request('MOVE', path, submitting(path, second.token, to('z.txt')))).status).toBe(201);
    expect(await discovered(ann, `${files}z.txt`)).toEqual([]);
    expect((await ann.put(path, 'again')).status).toBe(201);
    expect((await unlock(ann, path, second.token)).status).toBe(409);
  });

  test('COPY makes no copy of one', async () => {
    const {ann} = await withFiles();
    await lock(ann, `${files}a.txt`);
    await ann.request('COPY', `${files}a.txt`, to('z.txt'));
    expect(await discovered(ann, `${files}z.txt`)).toEqual([]);
  });

  test('what comes into a collection locked with depth infinity is locked with it', async () => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, `${files}sub/`, {depth: 'infinity'});
    for (const method of ['COPY', 'MOVE']) {
      await ann.request(method, `${files}a.txt`, submitting(`${files}sub/`, token, to(`sub/${method}.txt`)));
      expect(await discovered(ann, `${files}sub/${method}.txt`)).toMatchObject([{locktoken: token}]);
    }
    await ann.request('MOVE', `${files}sub/COPY.txt`, submitting(`${files}sub/`, token, to('sub/deep/COPY.txt')));
    expect(await discovered(ann, `${files}sub/deep/COPY.txt`)).toMatchObject([{locktoken: token}]);
  });

  test.each([
    ['COPY', 1],
    ['MOVE', 0],
  ])('%s over a locked file leaves %i of its locks', async (method, left) => {
    const {ann} = await withFiles();
    const path = `${files}a.txt`;
    const {token} = await lock(ann, path);
    expect((await ann.request(method, `${files}other/d.txt`, submitting(path, token, to('a.txt')))).status).toBe(204);
    expect(await discovered(ann, path)).toHaveLength(left);
    expect((await ann.get(path)).text).toBe('other/d.txt');
  });

  test('a collection that replaces another by COPY leaves locks only on what is there again', async () => {
    const {ann} = await withFiles();
    await ann.put(`${files}other/b.txt`, 'other');
    const paths = ['sub/', 'sub/b.txt', 'sub/deep/c.txt'].map(path => files + path);
    const conditions: string[] = [];
    for (const path of paths) conditions.push(`<${path}> (<${(await lock(ann, path)).token}>)`);
    const copied = await ann.request('COPY', `${files}other/`, to('sub/', {if: conditions.join(' ')}));
    expect(copied.status).toBe(204);
    expect([await discovered(ann, paths[0]!), await discovered(ann, paths[1]!)].map(found => found.length)).toEqual([1, 1]);
    await ann.request('MKCOL', `${files}sub/deep/`, {headers: {if: conditions[0]!}});
    await ann.put(paths[2]!, 'new');
    expect(await discovered(ann, paths[2]!)).toEqual([]);
  });

  test('between two homes: locks on either side must be submitted, and the one on the source ends', async () => {
    const {ann, admin} = await withFiles();
    const there = '/calendars/users/admin/';
    await admin.put(`${there}a.txt`, 'theirs');
    const source = await lock(admin, `${files}a.txt`);
    const target = await lock(admin, `${there}a.txt`);
    const move = (condition: string) =>
      admin.request('MOVE', `${files}a.txt`, {headers: {destination: `${there}a.txt`, ...(condition && {if: condition})}});
    const [from, onto] = [`<${files}a.txt> (<${source.token}>)`, `<${there}a.txt> (<${target.token}>)`];
    expect(isRefused(await move(onto))).toEqual(refusedFor(`${files}a.txt`));
    expect(isRefused(await move(from))).toEqual(refusedFor(`${there}a.txt`));
    expect((await admin.get(`${there}a.txt`)).text).toBe('theirs');
    expect((await move(`${from} ${onto}`)).status).toBe(204);
    expect((await ann.get(`${files}a.txt`)).status).toBe(404);
    expect((await ann.put(`${files}a.txt`, 'new')).status).toBe(201);
    expect(await discovered(admin, `${there}a.txt`)).toEqual([]);
  });
});

describe('RFC 4918 §10.4 If with state tokens', () => {
  test('§10.4.4 a token is the state of all that its lock covers, whoever asks, also of a URL that is free', async () => {
    const {ann, admin} = await withFiles();
    const {token} = await lock(ann, `${files}sub/`, {depth: 'infinity'});
    const put = async (path: string, condition: string) => (await ann.put(files + path, 'x', {if: condition})).status;
    expect(await put('sub/b.txt', `(<${token}>)`)).toBe(204);
    expect(await put('sub/new.txt', `(<${token}>)`)).toBe(201);
    expect(await put('a.txt', `(<${token}>)`)).toBe(412);
    expect(await put('a.txt', `<${files}sub/deep/c.txt> (<${token}>)`)).toBe(204);
    // It holds; but it is not his lock.
    expect((await admin.put(`${files}sub/b.txt`, 'x', {if: `(<${token}>)`})).status).toBe(423);
  });

  test('§10.4.1 a token is submitted wherever it stands, also where it need not hold', async () => {
    const {ann} = await withFiles();
    const path = `${files}a.txt`;
    const {token} = await lock(ann, path);
    const put = async (condition: string) => (await ann.put(path, 'x', {if: condition})).status;
    expect(await put(`(Not <DAV:no-lock>)`)).toBe(423);
    expect(await put(`(<${token}>) (Not <DAV:no-lock>)`)).toBe(204);
    expect(await put(`(["old"]) (<${token}>)`)).toBe(204);
    expect(await put(`(<${token}> ["old"]) (Not <DAV:no-lock> <${token}>)`)).toBe(204);
    expect(await put(`(Not <${token}>)`)).toBe(412);
    expect(await put(`(<DAV:no-lock>)`)).toBe(412);
    expect(await put(`(<${token.toUpperCase()}>)`)).toBe(412);
  });

  test('§10.4.7 ETag and token together', async () => {
    const {ann} = await withFiles();
    const path = `${files}a.txt`;
    const {token} = await lock(ann, path);
    const etag = (await ann.get(path)).headers.get('etag');
    expect((await ann.put(path, 'x', {if: `(<${token}> ["other"])`})).status).toBe(412);
    expect((await ann.put(path, 'x', {if: `(<${token}> [${etag}])`})).status).toBe(204);
    expect((await ann.put(path, 'y', {if: `(<${token}> [${etag}])`})).status).toBe(412);
  });

  test('§10.4.9 the collection is named, as clients do that write a new member', async () => {
    const {ann, base} = await withFiles();
    const {token} = await lock(ann, files);
    expect((await ann.put(`${files}new.txt`, 'x', {if: `(<${token}>)`})).status).toBe(412);
    expect((await ann.put(`${files}new.txt`, 'x', {if: `<${base}${files}> (<${token}>)`})).status).toBe(201);
    expect((await ann.delete(`${files}new.txt`, {if: `<http://elsewhere.example${files}> (<${token}>)`})).status).toBe(412);
  });

  test('who may not read something learns nothing of its locks', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    await ann.put(`${home}a.txt`, 'a');
    const {token} = await lock(ann, `${home}a.txt`);
    const put = async (condition: string) => (await bob.put('/calendars/users/bob/b.txt', 'b', {if: condition})).status;
    expect(await put(`<${home}a.txt> (<${token}>)`)).toBe(412);
    expect(await put(`<${home}a.txt> (Not <${token}>)`)).toBe(201);
  });

  test('a header that cannot be understood changes nothing: 400', async () => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, `${files}a.txt`);
    for (const condition of [`<${token}>`, `(${token})`, `(<${token}>`, '<a> <b> (<c>)']) {
      expect([condition, (await ann.put(`${files}a.txt`, 'x', {if: condition})).status]).toEqual([condition, 400]);
    }
    expect((await ann.get(`${files}a.txt`)).text).toBe('a.txt');
  });
});

describe('calendars and locks', () => {
  test('an object that is locked is written by PUT with its token, and a calendar that is locked takes no new one', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const calendar = `${home}calendar/`;
    const {token} = await lock(ann, `${calendar}1.ics`);
    expect((await ann.put(`${calendar}1.ics`, event('1'))).status).toBe(423);
    expect((await ann.put(`${calendar}1.ics`, event('1'), {if: `(<${token}>)`})).status).toBe(204);
    await lock(ann, calendar);
    expect((await ann.put(`${calendar}2.ics`, event('2'))).status).toBe(423);
    expect((await ann.put(`${calendar}1.ics`, event('1'), {if: `(<${token}>)`})).status).toBe(204);
  });
});

describe('clients that lock', () => {
  test('Windows: LOCK of a new file, PUT, PROPPATCH and UNLOCK with the token in a list without a URL', async () => {
    const {ann} = await withFiles();
    const path = `${files}New%20Document.txt`;
    const body = `<?xml version="1.0" encoding="utf-8" ?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>OFFICE\\ann</D:href></D:owner></D:lockinfo>`;
    const made = await ann.request('LOCK', path, {
      headers: {timeout: 'Second-3600', 'content-type': 'text/xml; charset="utf-8"'},
      body,
    });
    const sent = made.headers.get('lock-token')!;
    expect({status: made.status, sent}).toEqual({status: 201, sent: expect.stringMatching(/^<urn:uuid:[^<>]+>$/)});
    expect(await discovered(ann, path)).toMatchObject([{owner: 'OFFICE\\ann', timeout: 'Second-3600', lockroot: path}]);
    const headers = {if: `(${sent})`};
    expect((await ann.put(path, '', headers)).status).toBe(204);
    expect((await ann.put(path, 'text', headers)).status).toBe(204);
    expect((await ann.request('PROPPATCH', path, {headers, body: propertyupdate})).status).toBe(207);
    expect((await ann.request('UNLOCK', path, {headers: {'lock-token': sent}})).status).toBe(204);
    expect((await ann.get(path)).text).toBe('text');
  });

  test('Finder: LOCK for ten minutes, refreshed by If while it writes; cadaver: without end, at absolute URLs', async () => {
    const {ann, base} = await withFiles();
    const path = `${files}a.txt`;
    const first = await lock(ann, path, {owner: element(dav('owner'), 'x'), headers: {timeout: 'Second-600'}});
    const refreshed = await ann.request('LOCK', path, {headers: {if: `(<${first.token}>)`, timeout: 'Second-600'}});
    expect(refreshed.status).toBe(200);
    expect((await ann.put(path, 'x', {if: `(<${first.token}>)`})).status).toBe(204);
    expect((await unlock(ann, path, first.token)).status).toBe(204);
    const second = await lock(ann, path, {headers: {timeout: 'Infinite'}});
    expect((await ann.put(path, 'y', {if: `<${base}${path}> (<${second.token}>)`})).status).toBe(204);
    expect((await unlock(ann, path, second.token)).status).toBe(204);
  });
});

describe('limits', () => {
  test('a home has at most a thousand locks: 507', async () => {
    const {ann, store} = await withFiles();
    const mine = {path: 'files/sub', infinite: false, exclusive: false, creator: 'x', owner: undefined, seconds: 60};
    await store.write(`calendars/${guidOf(1)}`, unit => {
      for (let at = 0; at < 999; at++) unit.lock({...mine, token: `urn:uuid:${at}`});
    });
    expect((await lock(ann, `${files}a.txt`)).status).toBe(200);
    expect((await lock(ann, `${files}other/d.txt`)).status).toBe(507);
    await unlock(ann, `${files}sub/`, 'urn:uuid:7');
    expect((await lock(ann, `${files}other/d.txt`)).status).toBe(200);
  });
});
