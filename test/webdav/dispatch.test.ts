import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import type {Log} from '../../src/base/log.ts';
import {silent} from '../../src/base/log.ts';
import {NoRoom} from '../../src/base/no-room.ts';
import {calendarAccess} from '../../src/caldav/extension.ts';
import type {Store} from '../../src/store/store.ts';
import {createDispatch} from '../../src/webdav/dispatch.ts';
import {webdav} from '../../src/webdav/extension.ts';
import {join} from '../../src/webdav/join.ts';
import {type Extension, properties} from '../../src/webdav/tables.ts';
import {dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {memoryStore} from '../support/memory-store.ts';
import {noProxies} from '../support/no-proxies.ts';
import {serve} from '../support/serve.ts';
import {unlimited} from '../support/unlimited.ts';

const home = '/calendars/users/ann/';

/** A store where each unit loses the race once: all of it runs, comes to nothing, and runs again. */
function contended(): Store {
  const store = memoryStore();
  const lost = new Error('another unit came first');
  return {
    ...store,
    async write(id, work) {
      await store
        .write(id, async unit => {
          await work(unit);
          throw lost;
        })
        .catch(error => {
          if (error !== lost) throw error;
        });
      return store.write(id, work);
    },
  };
}

describe('a unit of work that must decide anew', () => {
  test('does each thing once, and answers as if it had been first', async () => {
    const {ann} = await serve({ann: []}, {store: contended()});
    const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
      (await ann.request(method, home + path, {headers, body})).status;
    expect(await send('MKCOL', 'a/')).toBe(201);
    expect(await send('PUT', 'a/1.txt', {'if-none-match': '*'}, 'one')).toBe(201);
    expect(await send('POST', 'a/;add-member', {'content-type': 'text/plain'}, 'two')).toBe(201);
    expect(await send('COPY', 'a/1.txt', {destination: `${home}a/2.txt`})).toBe(201);
    expect(await send('MOVE', 'a/', {destination: `${home}b/`})).toBe(201);
    expect(await send('PUT', 'calendar/1.ics', {'content-type': 'text/calendar'}, event('1'))).toBe(201);
    const update =
      '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>B</D:displayname></D:prop></D:set></D:propertyupdate>';
    expect(await send('PROPPATCH', 'b/', {}, update)).toBe(207);
    const responses = (await ann.propfind(`${home}b/`, 1, dav('getetag'))).responses;
    // The name that the server picks is the longest, and may begin with any digit.
    const listed = [...responses.keys()].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
    expect(listed).toEqual([`${home}b/`, `${home}b/1.txt`, `${home}b/2.txt`, expect.stringMatching(/-.*\.txt$/)]);
    expect(await send('DELETE', 'b/')).toBe(204);
    expect(await send('DELETE', 'b/')).toBe(404);
  });
});

describe('a dispatcher', () => {
  const guid = '10000000-0000-0000-0000-000000000001';
  const directory = parseDirectory(
    `<accounts realm="T"><user><uid>ann</uid><guid>${guid}</guid><password>x</password><name>A</name></user></accounts>`,
    'a.xml',
  );

  function broken(extension: Partial<Extension>) {
    const errors: string[] = [];
    const log: Log = {...silent, error: (_details, message) => errors.push(message)};
    const nothing = {name: 'broken', tokens: [], kinds: [], methods: [], properties: [], reports: []};
    const protocol = join([webdav, calendarAccess, {...nothing, ...extension}]);
    const dispatch = createDispatch({
      protocol,
      store: memoryStore(),
      directory,
      limits: unlimited,
      log,
      proxies: noProxies,
      adminPrincipals: [],
      readPrincipals: [],
      hostNames: ['cal.example'],
    });
    const send = (method: string, path: string, headers: Record<string, string> = {}) =>
      dispatch(
        {method, path, query: '', headers: {host: 'x', ...headers}, body: new Uint8Array(), address: '127.0.0.1', secure: false},
        directory.findByName('users', 'ann'),
      );
    return {send, errors};
  }

  test('RFC 4331 §6: a full disk is answered 507 DAV:sufficient-disk-space, and logged', async () => {
    const {send, errors} = broken({
      methods: [
        {name: 'GET', mapped: dav('read'), writes: false, handle: () => Promise.reject(new NoRoom('database or disk is full'))},
      ],
    });
    const {status, body} = await send('GET', home);
    expect([status, String(body)]).toEqual([507, expect.stringContaining('<D:sufficient-disk-space/>')]);
    expect(errors).toEqual(['there is no room left on the disk']);
  });

  test('a method that throws is answered 500, with nothing of the cause, and logged', async () => {
    const {send, errors} = broken({
      methods: [{name: 'GET', mapped: dav('read'), writes: false, handle: () => Promise.reject(new Error('secret'))}],
    });
    const {status, body} = await send('GET', home);
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
    expect(errors.length).toBe(1);
  });

  test.each([
    [
      'at once',
      () => {
        throw new Error('damaged');
      },
    ],
    ['later', () => Promise.reject(new Error('damaged'))],
  ] as const)('a property that throws %s is 500 in its propstat, logged, and the rest is listed', async (_when, get) => {
    const {send, errors} = broken({properties: [properties('all', [{name: '{urn:x}damaged', get}])]});
    const {status, body} = await send('PROPFIND', home, {depth: '0'});
    expect(status).toBe(207);
    expect(body).toMatch(/<damaged xmlns="urn:x"\/><\/D:prop><D:status>HTTP\/1.1 500/);
    expect(body).toContain('<D:resourcetype>');
    expect(errors.length).toBe(1);
  });

  test('work on other homes that fails does not undo what was kept', async () => {
    const {send, errors} = broken({
      methods: [
        {
          name: 'PUT',
          mapped: dav('write-content'),
          unmapped: dav('bind'),
          writes: true,
          handle({txn, path, after}) {
            txn.put(path!, new Uint8Array([1]));
            after(() => Promise.reject(new Error('no such home')));
            return {status: 201};
          },
        },
      ],
    });
    expect((await send('PUT', `${home}a.txt`)).status).toBe(201);
    expect((await send('GET', `${home}a.txt`)).status).toBe(200);
    expect(errors.length).toBe(1);
  });

  test('a Destination may name the server as the configuration does, where a proxy changes Host', async () => {
    const {send} = broken({});
    expect((await send('PUT', `${home}a.txt`)).status).toBe(201);
    expect((await send('MOVE', `${home}a.txt`, {destination: `https://cal.example${home}b.txt`})).status).toBe(201);
    expect((await send('MOVE', `${home}b.txt`, {destination: `https://cal.other${home}a.txt`})).status).toBe(502);
  });
});
