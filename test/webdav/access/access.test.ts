import {describe, expect, test} from 'vitest';
import {protocol} from '../../../src/server/protocol.ts';
import {element, elements} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {sharedServer} from '../../support/shared-server.ts';

const methods = [...protocol.methods.keys(), 'LOCK', 'SEARCH'];
const paths = [
  '/principals/',
  '/principals/users/ann/',
  '/calendars/users/ann/',
  '/calendars/users/ann/calendar/',
  '/calendars/users/ann/nothing/here.ics',
  '/calendars/users/nobody/',
  '/nowhere/%00/',
];

describe('RFC 9110 §11.6.1: who has not logged in', () => {
  const served = sharedServer({ann: []});

  test.each(methods)('%s is answered 401 with a challenge, whatever is at the path', async method => {
    const {nobody} = served();
    for (const path of paths) {
      const {status, headers} = await nobody.request(method, path);
      expect({path, status, challenge: headers.get('www-authenticate')}).toEqual({
        path,
        status: 401,
        challenge: expect.stringMatching(/^Basic realm="Test Realm"/),
      });
    }
  });
});

describe('EnableAnonymousReadRoot and EnableAnonymousReadNav: who has not logged in', () => {
  const leading = ['/principals/', '/principals/users/', '/calendars/', '/calendars/__uids__/'];
  const beyond = ['/principals/users/ann/', '/principals/users/nobody/', '/calendars/users/ann/', '/nowhere/', '/caldav/'];

  test('reads / where the plist says so, as it does by itself, and nothing else', async () => {
    const {nobody} = await serve({ann: []});
    expect((await nobody.propfind('/', 0, dav('resourcetype'))).status).toBe(207);
    expect([...(await nobody.propfind('/', 1, dav('resourcetype'))).responses.keys()]).toEqual(['/']);
    expect((await nobody.get('/')).status).toBe(200);
    for (const path of [...leading, ...beyond]) expect((await nobody.propfind(path)).status).toBe(401);
    for (const method of ['PUT', 'PROPPATCH', 'DELETE', 'ACL', 'LOCK', 'SEARCH']) {
      expect((await nobody.request(method, '/')).status).toBe(401);
    }
  });

  test('is told so where the plist has nobody asked to log in for it (RFC 5397 §3)', async () => {
    const {nobody} = await serve({ann: []}, {plist: {Authentication: {ChallengeDiscovery: false}}});
    const who = dav('current-user-principal');
    const {responses} = await nobody.propfind('/', 0, who);
    expect(responses.get('/')!.properties.get(who)!.children).toEqual([element(dav('unauthenticated'))]);
    for (const path of ['/principals/', '/caldav/']) expect((await nobody.propfind(path, 0, who)).status).toBe(401);
  });

  test('reads /.well-known/ like /, which lists nothing', async () => {
    const {nobody} = await serve({ann: []});
    expect((await nobody.get('/.well-known/')).status).toBe(200);
    expect([...(await nobody.propfind('/.well-known/', 1)).responses.keys()]).toEqual(['/.well-known/']);
    expect((await nobody.propfind('/.well-known/nothing', 0)).status).toBe(401);
  });

  test('does not read / where the plist forbids it', async () => {
    const {nobody} = await serve({ann: []}, {plist: {EnableAnonymousReadRoot: false}});
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT']) {
      expect((await nobody.request(method, '/')).status).toBe(401);
    }
  });

  test('is asked to log in for DAV:current-user-principal: a client that is told “unauthenticated” does not come back', async () => {
    const {nobody} = await serve({ann: []});
    const {status, headers} = await nobody.propfind('/', 0, dav('resourcetype'), dav('current-user-principal'));
    expect({status, challenge: headers.get('www-authenticate')}).toEqual({
      status: 401,
      challenge: 'Basic realm="Test Realm", charset="UTF-8"',
    });
  });

  test('reads what leads to principals and homes where the plist says so, and of no account', async () => {
    const {nobody} = await serve({ann: []}, {plist: {EnableAnonymousReadNav: true}});
    for (const path of leading) {
      const {status, responses} = await nobody.propfind(path, 1, dav('resourcetype'));
      expect({path, status}).toEqual({path, status: 207});
      expect([...responses.keys()].join()).not.toMatch(/ann|10000000/);
    }
    for (const path of beyond) expect((await nobody.propfind(path)).status).toBe(401);
  });
});

describe('RFC 3744 §3: who may do what', () => {
  const served = sharedServer({ann: [], bob: []});
  const file = '/calendars/users/ann/files/a.txt';
  const tried = [
    ['GET', file],
    ['PUT', file],
    ['PUT', '/calendars/users/ann/files/new.txt'],
    ['DELETE', file],
    ['DELETE', '/calendars/users/ann/files/'],
    ['PROPFIND', '/calendars/users/ann/'],
    ['PROPFIND', '/calendars/users/ann/nothing/'],
    ['PROPPATCH', file],
    ['MKCOL', '/calendars/users/ann/new/'],
    ['MKCOL', '/calendars/users/ann/no/such/parent/'],
    ['COPY', file],
    ['MOVE', file],
    ['REPORT', '/calendars/users/ann/calendar/'],
    ['POST', '/calendars/users/ann/files/?add-member'],
  ] as const;

  test.each(tried)('%s %s is refused to another user: DAV:need-privileges, whether it is there or not', async (method, path) => {
    const {ann, bob} = served();
    await ann.request('MKCOL', '/calendars/users/ann/files/');
    await ann.put(file, 'mine');
    const headers = {destination: '/calendars/users/bob/stolen.txt', depth: method === 'PROPFIND' ? '0' : 'infinity'};
    const {status, error} = await bob.request(method, path, {headers});
    expect({status, error}).toEqual({status: 403, error: dav('need-privileges')});
    expect((await ann.get(file)).text).toBe('mine');
    expect((await bob.get('/calendars/users/bob/stolen.txt')).status).toBe(404);
  });

  test('neither COPY nor MOVE brings anything into the home of another', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    await bob.put('/calendars/users/bob/b.txt', 'b');
    for (const method of ['COPY', 'MOVE']) {
      const headers = {destination: '/calendars/users/ann/b.txt'};
      const {status, error} = await bob.request(method, '/calendars/users/bob/b.txt', {headers});
      expect({status, error}).toEqual({status: 403, error: dav('need-privileges')});
    }
    expect((await ann.get('/calendars/users/ann/b.txt')).status).toBe(404);
  });

  test('AdminPrincipals may do everything in every home', async () => {
    const {ann, admin} = await serve({ann: [], admin: []});
    expect((await admin.put('/calendars/users/ann/a.txt', 'a')).status).toBe(201);
    expect((await ann.get('/calendars/users/ann/a.txt')).text).toBe('a');
    expect((await admin.delete('/calendars/users/ann/a.txt')).status).toBe(204);
  });

  test('ReadPrincipals may read every home and change nothing, a group standing for its members', async () => {
    const records = `<group><uid>readers</uid><guid>20000000-0000-0000-0000-000000000001</guid><name>Readers</name>
<members><member type="users">bob</member></members></group>`;
    const plist = {ReadPrincipals: ['/principals/groups/readers/']};
    const {ann, bob, cid} = await serve({ann: [], bob: [], cid: []}, {records, plist});
    await ann.put('/calendars/users/ann/a.txt', 'a');
    expect((await bob.get('/calendars/users/ann/a.txt')).status).toBe(200);
    expect((await bob.put('/calendars/users/ann/a.txt', 'b')).status).toBe(403);
    expect((await cid.get('/calendars/users/ann/a.txt')).status).toBe(403);
  });

  test('whoever has logged in may read principals, and change none', async () => {
    const {bob} = await serve({ann: [], bob: []});
    expect((await bob.propfind('/principals/users/ann/', 0, dav('displayname'))).status).toBe(207);
    expect((await bob.delete('/principals/users/ann/')).status).toBe(403);
    expect((await bob.proppatch('/principals/users/ann/', element(dav('displayname'), 'Bob'))).status).toBe(403);
    expect((await bob.request('MKCOL', '/principals/users/mallory/')).status).toBe(403);
  });

  test('DAV:current-user-privilege-set lists each privilege by its own name', async () => {
    const {ann, bob, admin} = await serve(
      {ann: [], bob: [], admin: []},
      {plist: {ReadPrincipals: ['/principals/users/bob/'], AdminPrincipals: ['/principals/users/admin/']}},
    );
    const of = async (client: typeof ann) => {
      const path = '/calendars/users/ann/calendar/';
      const {responses} = await client.propfind(path, 0, dav('current-user-privilege-set'));
      const set = responses.get(path)!.properties.get(dav('current-user-privilege-set'))!;
      return elements(set, dav('privilege')).map(privilege => elements(privilege)[0]!.name);
    };
    const writing = ['all', 'write', 'write-content', 'write-properties', 'bind', 'unbind'].map(dav);
    expect(await of(ann)).toEqual(expect.arrayContaining([dav('read'), ...writing]));
    expect(await of(admin)).toEqual(expect.arrayContaining([dav('read'), ...writing]));
    const reader = await of(bob);
    // Part of DAV:read (RFC 4791 §6.1.1).
    expect(reader).toContain(caldav('read-free-busy'));
    expect(reader).toEqual(expect.arrayContaining([dav('read'), dav('read-current-user-privilege-set')]));
    expect(reader.filter(name => (writing as string[]).includes(name))).toEqual([]);
  });
});
