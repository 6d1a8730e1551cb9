import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import {element, elements} from '../../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {grant, setAcl, user} from '../../support/acl.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';
import {discovered, hrefsIn, lock, submitting, unlock} from '../locks/lock-requests.ts';

const home = '/calendars/users/ann/';
const files = `${home}files/`;

/** Ann's home with a collection and a file in it; the administrator has all rights there. */
async function withFiles() {
  const served = await serve({ann: [], admin: []});
  await served.ann.request('MKCOL', files);
  await served.ann.put(`${files}a.txt`, 'a');
  return served;
}

/** The same with a clock that the test moves. */
async function withClock() {
  const clock = {now: Date.now()};
  const root = await mkdtemp(join(tmpdir(), 'caldav-test-'));
  const store = await openFileStore({root, log: silent, index: indexFile, now: () => clock.now});
  onTestFinished(async () => {
    await store.close();
    await rm(root, {recursive: true, force: true});
  });
  const {ann} = await serve({ann: []}, {store});
  await ann.put(`${home}a.txt`, 'a');
  return {ann, clock};
}

describe('RFC 4918 §9.10 LOCK', () => {
  test('§9.10.7 a simple lock: Lock-Token, and DAV:lockdiscovery with the owner as it was sent', async () => {
    const {ann} = await withFiles();
    const owner = element(dav('owner'), element(dav('href'), 'http://example.org/~ejw/contact.html'));
    const made = await lock(ann, `${files}a.txt`, {depth: 'infinity', owner, headers: {timeout: 'Infinite, Second-4100000000'}});
    expect(made.status).toBe(200);
    expect(made.token).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(made.xml).toEqual(
      element(
        dav('prop'),
        element(
          dav('lockdiscovery'),
          element(
            dav('activelock'),
            element(dav('locktype'), element(dav('write'))),
            element(dav('lockscope'), element(dav('exclusive'))),
            element(dav('depth'), 'infinity'),
            owner,
            element(dav('timeout'), 'Second-86400'),
            element(dav('locktoken'), element(dav('href'), made.token)),
            element(dav('lockroot'), element(dav('href'), `${files}a.txt`)),
          ),
        ),
      ),
    );
  });

  test('§9.10.8 a lock is refreshed by If and an empty body, with the time asked for and no Lock-Token', async () => {
    const {ann, clock} = await withClock();
    const {token} = await lock(ann, `${home}a.txt`, {headers: {timeout: 'Second-100'}});
    clock.now += 90_000;
    expect(await discovered(ann, `${home}a.txt`)).toMatchObject([{timeout: 'Second-10'}]);
    const refreshed = await ann.request('LOCK', `${home}a.txt`, {headers: {timeout: 'Second-200', if: `(<${token}>)`}});
    expect({status: refreshed.status, header: refreshed.headers.get('lock-token')}).toEqual({status: 200, header: null});
    expect(refreshed.text).toContain('<D:timeout>Second-200</D:timeout>');
    expect(await discovered(ann, `${home}a.txt`)).toMatchObject([{timeout: 'Second-200', locktoken: token}]);
  });

  test('§9.10.9 a lock of depth infinity over members that are locked is refused whole: 207 with 423 for each and 424', async () => {
    const {ann} = await withFiles();
    await ann.request('MKCOL', `${files}b/`);
    const {token} = await lock(ann, `${files}b/`);
    const {status, responses} = await lock(ann, files, {depth: 'infinity'});
    expect(status).toBe(207);
    expect([...responses].map(([href, {status, error}]) => ({href, status, error}))).toEqual([
      {href: `${files}b/`, status: 423, error: dav('no-conflicting-lock')},
      {href: files, status: 424, error: undefined},
    ]);
    expect(await discovered(ann, files)).toEqual([]);
    await unlock(ann, `${files}b/`, token);
    expect((await lock(ann, files, {depth: 'infinity'})).status).toBe(200);
  });

  test('§9.10.9 and so is one over members that are not the one’s to write who asks: 403 for each and 424', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    for (const path of [files, `${files}sub/`]) await ann.request('MKCOL', path);
    for (const path of ['a.txt', 'sub/b.txt']) await ann.put(files + path, path);
    const give = (path: string, ...privileges: Name[]) => setAcl(ann, files + path, grant(user(2), ...privileges));
    const [read, write] = [dav('read'), dav('write')];
    for (const path of ['', 'sub/']) expect((await give(path, read, write)).status).toBe(200);
    const hidden = await lock(bob, files, {depth: 'infinity'});
    expect({status: hidden.status, error: hidden.error}).toEqual({status: 403, error: dav('need-privileges')});
    expect(hidden.text).not.toContain('.txt');
    await give('a.txt', read);
    await give('sub/b.txt', read);
    const {status, responses} = await lock(bob, files, {depth: 'infinity'});
    expect(status).toBe(207);
    expect([...responses].map(([href, {status}]) => [href, status])).toEqual([
      [`${files}a.txt`, 403],
      [`${files}sub/b.txt`, 403],
      [files, 424],
    ]);
    expect((await lock(bob, files)).status).toBe(200);
    for (const path of ['a.txt', 'sub/b.txt']) await give(path, read, write);
    expect((await lock(bob, `${files}sub/`, {depth: 'infinity'})).status).toBe(200);
  });

  test('§9.10.2 a refresh names a lock that covers the URL, by the one who made it', async () => {
    const {ann, admin} = await withFiles();
    await ann.put(`${files}b.txt`, 'b');
    const {token} = await lock(ann, `${files}a.txt`);
    const refresh = (client: typeof ann, path: string, condition: string) =>
      client.request('LOCK', files + path, {headers: {if: condition}});
    expect((await refresh(ann, 'b.txt', `(<${token}>)`)).status).toBe(412);
    const elsewhere = await refresh(ann, 'b.txt', `<${files}a.txt> (<${token}>)`);
    expect({status: elsewhere.status, error: elsewhere.error}).toEqual({
      status: 412,
      error: dav('lock-token-matches-request-uri'),
    });
    expect((await refresh(admin, 'a.txt', `(<${token}>)`)).status).toBe(403);
    expect((await ann.request('LOCK', `${files}a.txt`)).status).toBe(400);
  });

  test('§9.10.5 exclusive locks exclude all others, shared ones only those', async () => {
    const {ann, admin} = await withFiles();
    const path = `${files}a.txt`;
    const first = await lock(ann, path, {scope: 'shared'});
    const second = await lock(admin, path, {scope: 'shared'});
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(elements(elements(second.xml!)[0]!)).toHaveLength(2);
    const third = await lock(ann, path);
    expect({status: third.status, error: third.error, hrefs: hrefsIn(third.xml)}).toEqual({
      status: 423,
      error: dav('no-conflicting-lock'),
      hrefs: [path, path],
    });
    await unlock(ann, path, first.token);
    await unlock(admin, path, second.token);
    expect((await lock(ann, path)).status).toBe(200);
    expect((await lock(ann, path, {scope: 'shared'})).error).toBe(dav('no-conflicting-lock'));
  });

  test('§6.1 a lock of depth infinity covers what lies below, also what comes later; one of Depth 0 does not', async () => {
    const {ann} = await withFiles();
    const {token} = await lock(ann, files, {depth: 'infinity'});
    await ann.request('PUT', `${files}new.txt`, submitting(files, token, {body: 'new'}));
    for (const path of ['a.txt', 'new.txt']) {
      expect(await discovered(ann, files + path)).toMatchObject([{locktoken: token, lockroot: files, depth: 'infinity'}]);
      expect((await lock(ann, files + path)).error).toBe(dav('no-conflicting-lock'));
    }
    await unlock(ann, `${files}a.txt`, token);
    await lock(ann, files);
    expect(await discovered(ann, `${files}a.txt`)).toEqual([]);
    expect((await lock(ann, `${files}a.txt`)).status).toBe(200);
  });

  test('§7.3 a URL where nothing is: an empty file, 201', async () => {
    const {ann} = await withFiles();
    const made = await lock(ann, `${files}new.txt`, {headers: {'if-none-match': '*'}});
    expect(made.status).toBe(201);
    const got = await ann.get(`${files}new.txt`);
    expect([got.status, got.bytes.length]).toEqual([200, 0]);
    expect([...(await ann.propfind(files, 1, dav('getetag'))).responses.keys()]).toContain(`${files}new.txt`);
    expect((await ann.put(`${files}new.txt`, 'x')).status).toBe(423);
    expect((await ann.put(`${files}new.txt`, 'x', {if: `(<${made.token}>)`})).status).toBe(204);
  });

  test('§7.3 in a calendar an empty file is no calendar object: nothing is made or locked', async () => {
    const {ann} = await serve({ann: []});
    const path = `${home}calendar/new.ics`;
    const {status, error} = await lock(ann, path);
    expect({status, error}).toEqual({status: 403, error: caldav('supported-calendar-data')});
    expect((await ann.put(path, event('new'))).status).toBe(201);
  });

  test('where no collection is there to hold it: 409', async () => {
    const {ann} = await withFiles();
    expect((await lock(ann, `${files}none/new.txt`)).status).toBe(409);
  });

  test('calendars and their objects can be locked, principals and what lies in no home cannot: 405', async () => {
    const {ann} = await serve({ann: [event('1')]});
    for (const path of [`${home}calendar/1.ics`, `${home}calendar/`]) expect((await lock(ann, path)).status).toBe(200);
    for (const path of ['/', '/calendars/', '/calendars/users/', '/principals/users/ann/']) {
      const {status, headers} = await lock(ann, path);
      expect([path, status]).toEqual([path, 405]);
      expect(headers.get('allow')).not.toContain('LOCK');
      const options = await ann.request('OPTIONS', path);
      expect(options.headers.get('allow')).not.toContain('LOCK');
      expect(options.headers.get('dav')).toMatch(/^1, 3\b/);
      expect((await ann.propfind(path)).headers.get('dav')).toMatch(/^1, 3\b/);
    }
    expect((await ann.request('OPTIONS', home)).headers.get('allow')).toMatch(/\bLOCK, UNLOCK\b/);
    expect((await ann.request('OPTIONS', home)).headers.get('dav')).toMatch(/^1, 2, 3\b/);
  });

  test.each([
    ['no lockinfo', '<D:lock xmlns:D="DAV:"/>'],
    ['no scope', '<D:lockinfo xmlns:D="DAV:"><D:locktype><D:write/></D:locktype></D:lockinfo>'],
    [
      'two scopes',
      '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
    ],
    ['no type', '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope></D:lockinfo>'],
    [
      'another type',
      '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:read/></D:locktype></D:lockinfo>',
    ],
    ['no XML', 'x'],
  ])('a body with %s is refused: 400, and nothing is made', async (_, body) => {
    const {ann} = await withFiles();
    for (const path of ['a.txt', 'new.txt']) expect((await ann.request('LOCK', files + path, {body, depth: 0})).status).toBe(400);
    expect((await ann.get(`${files}new.txt`)).status).toBe(404);
    expect(await discovered(ann, `${files}a.txt`)).toEqual([]);
  });

  test('Depth is 0 or infinity, and infinity where it is not sent', async () => {
    const {ann} = await withFiles();
    expect((await ann.request('LOCK', files, {body: element(dav('lockinfo')), depth: 1})).status).toBe(400);
    const body = element(
      dav('lockinfo'),
      element(dav('lockscope'), element(dav('shared'))),
      element(dav('locktype'), element(dav('write'))),
    );
    expect((await ann.request('LOCK', files, {body})).status).toBe(200);
    expect((await ann.request('LOCK', files, {body, depth: 1})).status).toBe(400);
    expect(await discovered(ann, files)).toMatchObject([{depth: 'infinity'}]);
  });

  test('a hundred shared locks cover a resource and no more: each listing tells of all of them', async () => {
    const {ann} = await withFiles();
    for (let count = 0; count < 100; count++) {
      expect((await lock(ann, count < 50 ? files : `${files}a.txt`, {scope: 'shared', depth: 'infinity'})).status).toBe(200);
    }
    expect((await lock(ann, `${files}a.txt`, {scope: 'shared'})).status).toBe(507);
    expect((await lock(ann, files, {scope: 'shared'})).status).toBe(200);
  });

  test('an owner without end is refused', async () => {
    const {ann} = await withFiles();
    expect((await lock(ann, `${files}a.txt`, {owner: element(dav('owner'), 'x'.repeat(20_000))})).status).toBe(413);
  });
});

describe('RFC 4918 §10.7 Timeout', () => {
  test.each([
    [undefined, 3600],
    ['Second-3600', 3600],
    ['Infinite', 86400],
    ['Infinite, Second-4100000000', 86400],
    ['Second-4100000000', 86400],
    ['Second-180', 180],
    ['second-180', 180],
    ['Second-0', 1],
    ['Extend, Second-180', 180],
    ['Second-x', 3600],
    [`Second-${'9'.repeat(400)}`, 86400],
  ])('%s: the lock is for %i seconds', async (timeout, seconds) => {
    const {ann} = await withClock();
    await lock(ann, `${home}a.txt`, {headers: timeout === undefined ? {} : {timeout}});
    expect(await discovered(ann, `${home}a.txt`)).toMatchObject([{timeout: `Second-${seconds}`}]);
  });

  test('§6.6 a lock whose time is over is gone: others write and lock, and its token is no state of anything', async () => {
    const {ann, clock} = await withClock();
    const {token} = await lock(ann, `${home}a.txt`, {headers: {timeout: 'Second-60'}});
    clock.now += 59_999;
    expect((await ann.put(`${home}a.txt`, 'b')).status).toBe(423);
    clock.now += 1;
    expect((await ann.put(`${home}a.txt`, 'b', {if: `(<${token}>)`})).status).toBe(412);
    expect((await ann.put(`${home}a.txt`, 'b')).status).toBe(204);
    expect((await unlock(ann, `${home}a.txt`, token)).status).toBe(409);
    expect((await lock(ann, `${home}a.txt`)).status).toBe(200);
  });
});

describe('RFC 4918 §15.8 DAV:lockdiscovery, §15.10 DAV:supportedlock', () => {
  test('both scopes for what lies in a home, none for a principal', async () => {
    const {ann} = await serve({ann: []});
    const entries = async (path: string) => {
      const {responses} = await ann.propfind(path, 0, dav('supportedlock'));
      return elements([...responses.values()][0]!.properties.get(dav('supportedlock'))!);
    };
    expect((await entries(home)).map(entry => elements(elements(entry)[0]!)[0]!.name)).toEqual([dav('exclusive'), dav('shared')]);
    expect(await entries('/principals/users/ann/')).toEqual([]);
    expect(await discovered(ann, '/principals/users/ann/')).toEqual([]);
  });

  test('the root of a lock is in the form of URL that was asked for', async () => {
    const {ann} = await withFiles();
    await lock(ann, files, {depth: 'infinity'});
    const byGuid = '/calendars/__uids__/10000000-0000-0000-0000-000000000001/files/';
    expect(await discovered(ann, `${byGuid}a.txt`)).toMatchObject([{lockroot: byGuid}]);
  });

  test('a lock changes neither CTag nor sync token', async () => {
    const {ann} = await withFiles();
    const {token: before} = await ann.sync(files);
    const {token} = await lock(ann, files, {depth: 'infinity'});
    await unlock(ann, files, token);
    expect((await ann.sync(files, before)).changed).toEqual([]);
    expect((await ann.sync(files)).token).toBe(before);
  });
});
