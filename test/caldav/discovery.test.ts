import {describe, expect, test} from 'vitest';
import {elements, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {guidOf, serve} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';

/** What DAV:href a property of the resource asked for holds. */
async function hrefOf(client: Client, path: string, name: `{${string}}${string}`) {
  const {responses} = await client.propfind(path, 0, name);
  const [response] = responses.values();
  const property = response?.properties.get(name);
  return property && text(elements(property, dav('href'))[0]!);
}

const tried = [
  '/',
  '/principals/',
  '/principals/users/',
  '/calendars/',
  '/calendars/__uids__/',
  '/calendars/users/',
  '/dav/',
  '/dav/principals/',
  '/dav/principals/ann/',
  '/dav/principals/users/ann/',
  '/caldav/',
  '/caldav/v2',
  '/caldav/v2/',
  '/caldav/v2/ann/',
  '/calendar/',
  '/calendar/dav/ann/user/',
  '/remote.php/dav/',
  '/dav.php/',
];

describe('RFC 6764 §6 from a host name to the calendars', () => {
  const served = sharedServer({ann: []});

  test.each(tried)('%s leads home', async path => {
    const {ann, nobody} = served();
    expect((await nobody.propfind(path, 0, dav('current-user-principal'))).status).toBe(401);
    const principal = await hrefOf(ann, path, dav('current-user-principal'));
    expect(principal).toBe(`/principals/__uids__/${guidOf(1)}/`);
    expect(await hrefOf(ann, principal!, caldav('calendar-home-set'))).toBe(`/calendars/__uids__/${guidOf(1)}/`);
    // The answer is about what was asked for, with a slash at its end.
    const {responses} = await ann.propfind(path, 0, dav('resourcetype'));
    expect([...responses.keys()]).toEqual([path.replace(/\/?$/, '/')]);
  });

  test.each(['/.well-known/caldav', '/.well-known/caldav/'])(
    '%s redirects there, by path alone and for any method',
    async path => {
      const {ann, nobody} = served();
      for (const method of ['PROPFIND', 'GET', 'OPTIONS', 'HEAD']) {
        const {status, headers} = await nobody.request(method, path, {headers: {host: 'elsewhere.example.com:8443'}});
        expect([status, headers.get('location')]).toEqual([301, '/']);
      }
      expect((await ann.request('PROPFIND', path, {depth: 0})).headers.get('location')).toBe('/');
    },
  );

  test('what no client tries is 404, to those who have logged in', async () => {
    const {ann, nobody} = served();
    for (const path of ['/nothing/', '/caldav/v2/ann/more/', '/.well-known/carddav', '/dav.php/x/y/z/']) {
      expect((await ann.propfind(path, 0)).status).toBe(404);
      expect((await nobody.propfind(path, 0)).status).toBe(401);
    }
  });

  test('they are not members of the root, and nothing can be made in them', async () => {
    const {ann} = served();
    const {responses} = await ann.propfind('/', 1, dav('resourcetype'));
    expect([...responses.keys()].sort()).toEqual(['/', '/calendars/', '/principals/']);
    for (const path of ['/caldav/', '/dav/principals/']) {
      expect([403, 405]).toContain((await ann.request('MKCALENDAR', `${path}new/`)).status);
      expect([403, 405]).toContain((await ann.delete(path)).status);
    }
  });

  test('every 401 carries the same challenge, OPTIONS too', async () => {
    const {nobody} = served();
    const challenges = new Set<string | null>();
    for (const method of ['OPTIONS', 'PROPFIND', 'GET', 'PUT', 'DELETE', 'REPORT', 'MKCALENDAR', 'POST']) {
      for (const path of [
        method === 'GET' ? '/caldav/' : '/',
        '/calendars/users/ann/',
        '/calendars/users/ann/calendar/x.ics',
        '/nothing',
      ]) {
        const {status, headers} = await nobody.request(method, path);
        expect([method, path, status]).toEqual([method, path, 401]);
        challenges.add(headers.get('www-authenticate'));
      }
    }
    expect([...challenges]).toEqual([expect.stringMatching(/^Basic realm="Test Realm"/)]);
  });
});

describe('names with @ in them', () => {
  test('@ and %40 are the same name; hrefs are encoded', async () => {
    const served = await serve({'ann@example.com': []});
    const ann = served['ann@example.com'];
    for (const name of ['ann@example.com', 'ann%40example.com', '%61nn%40example%2Ecom']) {
      const {status, responses} = await ann.propfind(`/calendars/users/${name}/`, 1, dav('resourcetype'));
      expect(status).toBe(207);
      expect([...responses.keys()][1]).toBe('/calendars/users/ann%40example.com/calendar/');
      expect((await ann.propfind(`/principals/users/${name}/`, 0)).status).toBe(207);
    }
    expect(await hrefOf(ann, '/', dav('current-user-principal'))).toBe(`/principals/__uids__/${guidOf(1)}/`);
    expect((await ann.propfind('/caldav/v2/ann@example.com/', 0)).status).toBe(207);
  });
});
