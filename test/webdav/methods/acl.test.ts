import {describe, expect, test} from 'vitest';
import {type Element, element, elements} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {printXml} from '../../../src/xml/print.ts';
import {
  authenticated,
  deny,
  everybody,
  grant,
  href,
  invert,
  owner,
  principalUrl,
  setAcl,
  unauthenticated,
  user,
} from '../../support/acl.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {sharedServer} from '../../support/shared-server.ts';

const [ann, bob, cid, admin] = [1, 2, 3, 4].map(user) as [Element, Element, Element, Element];
const read = dav('read');
const home = '/calendars/users/ann/';
const groups = `<group><uid>staff</uid><guid>20000000-0000-0000-0000-000000000001</guid>
<members><member type="groups">juniors</member></members></group>
<group><uid>juniors</uid><guid>20000000-0000-0000-0000-000000000002</guid><members><member type="users">bob</member></members></group>`;

const served = sharedServer({ann: [], bob: [], cid: [], admin: []}, {records: groups, plist: {MaxCollectionsPerHome: 0}});
let calendars = 0;

/** A new calendar of Ann's with one event. */
async function makeCalendar(): Promise<string> {
  const path = `${home}c${++calendars}/`;
  await served().ann.request('MKCALENDAR', path);
  await served().ann.put(`${path}1.ics`, event('one'));
  return path;
}

/** DAV:acl, without the entries that cannot be changed. */
async function ownEntries(client: Client, path: string): Promise<Element[]> {
  const {responses} = await client.propfind(path, 0, dav('acl'));
  const all = elements(responses.get(path)!.properties.get(dav('acl'))!, dav('ace'));
  return all.filter(ace => !['protected', 'inherited'].some(mark => elements(ace, dav(mark)).length > 0));
}

describe('RFC 3744 §8.1 ACL', () => {
  test('§8.1.2 the example: one may write, the owner may see and change the list, all may read', async () => {
    const {ann: client, bob: other, cid: third, nobody} = served();
    const path = await makeCalendar();
    const entries = [grant(bob, read, dav('write')), grant(owner, dav('read-acl'), dav('write-acl')), grant(everybody, read)];
    expect(await setAcl(client, path, ...entries)).toMatchObject({status: 200, text: ''});
    expect((await ownEntries(client, path)).map(printXml)).toEqual(entries.map(printXml));
    expect((await other.put(`${path}2.ics`, event('two'))).status).toBe(201);
    expect((await third.put(`${path}3.ics`, event('three'))).status).toBe(403);
    expect((await third.get(`${path}2.ics`)).status).toBe(200);
    expect((await nobody.get(`${path}2.ics`)).status).toBe(200);
    expect((await other.propfind(path, 0, dav('acl'))).responses.get(path)!.refused.get(dav('acl'))).toBe(403);
  });

  test('replaces all entries that can be replaced, and with none removes them', async () => {
    const {ann: client, bob: other} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(bob, read));
    await setAcl(client, path, grant(cid, read));
    expect((await other.get(`${path}1.ics`)).status).toBe(403);
    await setAcl(client, path);
    expect(await ownEntries(client, path)).toEqual([]);
  });

  test('a list that was read can be sent back without what is protected or inherited', async () => {
    const {ann: client} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(bob, read), deny(everybody, dav('write')));
    const entries = await ownEntries(client, path);
    expect((await setAcl(client, path, ...entries)).status).toBe(200);
    expect((await ownEntries(client, path)).map(printXml)).toEqual(entries.map(printXml));
  });

  test('is no dead property: allprop does not show it, PROPPATCH does not set it', async () => {
    const {ann: client} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(bob, read));
    const {responses} = await client.propfind(path, 0);
    expect(responses.get(path)!.properties.has(dav('acl'))).toBe(false);
    const {responses: patched} = await client.proppatch(path, element(dav('acl'), grant(cid, dav('all'))));
    expect([...patched.get(path)!.refused]).toEqual([[dav('acl'), 403]]);
    expect(await ownEntries(client, path)).toHaveLength(1);
  });

  test('is for what lies in homes: of a home or a principal it is 405', async () => {
    const {ann: client, bob: other} = served();
    for (const path of [home, '/principals/users/ann/', '/']) expect((await setAcl(client, path)).status).toBe(405);
    expect((await setAcl(other, home, grant(bob, dav('all')))).status).toBe(405);
  });

  test('a group’s entry is for the members of the groups in it', async () => {
    const {ann: client, bob: other, cid: third} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(href('/principals/__uids__/20000000-0000-0000-0000-000000000001/'), read));
    expect((await other.get(`${path}1.ics`)).status).toBe(200);
    expect((await third.get(`${path}1.ics`)).status).toBe(403);
  });

  test('§5.5.1 DAV:invert, DAV:authenticated and DAV:unauthenticated say whom they say', async () => {
    const {ann: client, bob: other, cid: third, nobody} = served();
    const path = await makeCalendar();
    const who = async () => Promise.all([other, third, nobody].map(async each => (await each.get(`${path}1.ics`)).status));
    await setAcl(client, path, grant(authenticated, read));
    expect(await who()).toEqual([200, 200, 401]);
    await setAcl(client, path, grant(unauthenticated, read));
    expect(await who()).toEqual([403, 403, 200]);
    await setAcl(client, path, grant(invert(bob), read));
    expect(await who()).toEqual([403, 200, 200]);
    await setAcl(client, path, deny(invert(bob), read), grant(authenticated, read));
    expect(await who()).toEqual([200, 403, 401]);
  });
});

describe('RFC 3744 §8.1.1 preconditions', () => {
  async function refused(...entries: Element[]) {
    const {ann: client} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(cid, read));
    const {status, error} = await setAcl(client, path, ...entries);
    expect((await ownEntries(client, path)).map(printXml)).toEqual([printXml(grant(cid, read))]);
    return [status, error];
  }
  const marked = (mark: Element) => ({...grant(bob, read), children: [...grant(bob, read).children, mark]});

  test('no-ace-conflict: nobody sets an entry that is protected or inherited', async () => {
    expect(await refused(marked(element(dav('protected'))))).toEqual([403, dav('no-ace-conflict')]);
    expect(await refused(marked(element(dav('inherited'), href(home))))).toEqual([403, dav('no-ace-conflict')]);
  });

  test('no-protected-ace-conflict: an administrator is denied nothing (§8.1.3)', async () => {
    expect(await refused(deny(admin, dav('write-acl')))).toEqual([403, dav('no-protected-ace-conflict')]);
  });

  test('no-inherited-ace-conflict: what the home grants its owner is not denied below it (§8.1.4)', async () => {
    expect(await refused(grant(bob, read), deny(ann, dav('read-acl')))).toEqual([403, dav('no-inherited-ace-conflict')]);
  });

  test('an entry that grants and denies at once is none (§8.1.5)', async () => {
    const both = {
      ...grant(bob, read),
      children: [...grant(bob, read).children, ...elements(deny(bob, dav('write')), dav('deny'))],
    };
    expect(await refused(both)).toEqual([400, undefined]);
  });

  test('limited-number-of-aces: five hundred', async () => {
    const many = Array.from({length: 501}, () => grant(bob, read));
    expect(await refused(...many)).toEqual([403, dav('limited-number-of-aces')]);
    const {ann: client} = served();
    expect((await setAcl(client, await makeCalendar(), ...many.slice(1))).status).toBe(200);
  });

  test('not-supported-privilege: what DAV:supported-privilege-set does not hold', async () => {
    expect(await refused(grant(bob, read), grant(bob, caldav('nonsense')))).toEqual([403, dav('not-supported-privilege')]);
    expect(await refused(deny(bob, '{urn:x}y'))).toEqual([403, dav('not-supported-privilege')]);
  });

  test.each([
    '/noprincipals/users/bob/',
    '/principals/__uids__/30000000-0000-0000-0000-000000000000/',
    '/principals/users/bob/', // §4.2: a principal is named by its DAV:principal-URL
    `${principalUrl(2)}calendar-proxy-write/x`,
    'http://elsewhere.example.com/principals/__uids__/10000000-0000-0000-0000-000000000002/',
    '/calendars/__uids__/10000000-0000-0000-0000-000000000002/',
    'mailto:bob@example.com',
    '/principals/%00/',
    '',
  ])('recognized-principal: %s names none', async url => {
    expect(await refused(grant(bob, read), grant(href(url), read))).toEqual([403, dav('recognized-principal')]);
  });

  test('allowed-principal: who has not logged in is granted no more than to read; DAV:owner is the one property', async () => {
    for (const who of [everybody, unauthenticated, invert(bob), invert(authenticated), invert(owner)]) {
      expect(await refused(grant(who, dav('write-content')))).toEqual([403, dav('allowed-principal')]);
      expect(await refused(grant(who, dav('all')))).toEqual([403, dav('allowed-principal')]);
    }
    const group = element(dav('property'), element(dav('displayname')));
    const delegates = href(`${principalUrl(2)}calendar-proxy-write/`);
    for (const who of [group, delegates]) expect(await refused(grant(who, read))).toEqual([403, dav('allowed-principal')]);
    const {ann: client} = served();
    const path = await makeCalendar();
    expect((await setAcl(client, path, grant(invert(everybody), dav('all')), grant(authenticated, dav('write')))).status).toBe(
      200,
    );
  });

  test.each([
    '',
    'nonsense',
    '<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>',
    '<D:acl xmlns:D="DAV:"><D:ace/></D:acl>',
    '<D:acl xmlns:D="DAV:"><D:ace><D:principal/><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace></D:acl>',
    '<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:all/><D:self/></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace></D:acl>',
    '<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:someone/></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace></D:acl>',
    '<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:all/></D:principal><D:grant/></D:ace></D:acl>',
    '<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:all/></D:principal></D:ace></D:acl>',
  ])('what is no access control list is 400 and changes nothing: %s', async body => {
    const {ann: client} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(cid, read));
    const {status} = await client.request('ACL', path, {body, headers: {'content-type': 'application/xml'}});
    expect(status).toBe(400);
    expect(await ownEntries(client, path)).toHaveLength(1);
  });

  test('§5.6 restricts nothing: any order of grants and denials is taken as it is', async () => {
    const {ann: client, bob: other} = served();
    const path = await makeCalendar();
    const {responses} = await client.propfind(path, 0, dav('acl-restrictions'));
    expect(responses.get(path)!.properties.get(dav('acl-restrictions'))!.children).toEqual([]);
    await setAcl(client, path, grant(bob, read), deny(everybody, dav('all')));
    expect((await other.get(`${path}1.ics`)).status).toBe(200);
    await setAcl(client, path, deny(everybody, dav('all')), grant(bob, read));
    expect((await other.get(`${path}1.ics`)).status).toBe(403);
  });
});

describe('RFC 3744 §5.5.4: inheritance', () => {
  test('a calendar’s entries are those of its objects, listed as inherited from it', async () => {
    const {ann: client, bob: other} = served();
    const path = await makeCalendar();
    await setAcl(client, path, grant(bob, read, dav('read-acl')));
    const {responses} = await other.propfind(`${path}1.ics`, 0, dav('acl'));
    const inherited = elements(responses.get(`${path}1.ics`)!.properties.get(dav('acl'))!, dav('ace')).filter(
      ace => printXml(ace).includes(path) && elements(ace, dav('protected')).length === 0,
    );
    const expected = {...grant(bob, read, dav('read-acl'))};
    expect(inherited.map(printXml)).toEqual([
      printXml({...expected, children: [...expected.children, element(dav('inherited'), href(path))]}),
    ]);
  });

  test('an object’s own entries come first', async () => {
    const {ann: client, bob: other, cid: third} = served();
    const path = await makeCalendar();
    await client.put(`${path}2.ics`, event('two'));
    await setAcl(client, path, grant(bob, read), grant(cid, read));
    await setAcl(client, `${path}1.ics`, deny(bob, read));
    expect((await other.get(`${path}1.ics`)).status).toBe(403);
    expect((await third.get(`${path}1.ics`)).status).toBe(200);
    expect([...(await other.propfind(path, 1, dav('getetag'))).responses.keys()]).toEqual([path, `${path}2.ics`]);
  });

  test('an ordinary collection’s entries are its own alone', async () => {
    const {ann: client, bob: other} = served();
    await client.request('MKCOL', `${home}folder/`);
    await client.put(`${home}folder/a.txt`, 'a');
    await setAcl(client, `${home}folder/`, grant(bob, read));
    expect((await other.propfind(`${home}folder/`, 0, dav('resourcetype'))).status).toBe(207);
    expect([...(await other.propfind(`${home}folder/`, 1)).responses.keys()]).toEqual([`${home}folder/`]);
    expect((await other.get(`${home}folder/a.txt`)).status).toBe(403);
  });

  test('§7.3 MOVE keeps the entries, §7.4 COPY leaves them behind, and what a copy is written over keeps its own', async () => {
    const {ann: client} = served();
    const path = await makeCalendar();
    const other = await makeCalendar();
    await setAcl(client, `${path}1.ics`, grant(bob, read));
    await client.request('COPY', `${path}1.ics`, {headers: {destination: `${home}copied.ics`}});
    expect(await ownEntries(client, `${home}copied.ics`)).toEqual([]);
    await client.delete(`${other}1.ics`);
    await client.request('MOVE', `${path}1.ics`, {headers: {destination: `${other}moved.ics`}});
    expect((await ownEntries(client, `${other}moved.ics`)).map(printXml)).toEqual([printXml(grant(bob, read))]);
    await client.request('COPY', `${home}copied.ics`, {headers: {destination: `${other}moved.ics`}});
    expect(await ownEntries(client, `${other}moved.ics`)).toHaveLength(1);

    await setAcl(client, other, grant(cid, read));
    await client.request('COPY', other, {headers: {destination: `${home}whole/`}});
    const made = grant(authenticated, caldav('read-free-busy'));
    expect((await ownEntries(client, `${home}whole/`)).map(printXml)).toEqual([printXml(made)]);
    expect(await ownEntries(client, `${home}whole/moved.ics`)).toEqual([]);
    await client.request('MOVE', other, {headers: {destination: `${home}gone/`}});
    expect(await ownEntries(client, `${home}gone/`)).toHaveLength(1);
    expect(await ownEntries(client, `${home}gone/moved.ics`)).toHaveLength(1);
    expect(await ownEntries(served().admin, `${home}gone/moved.ics`)).toHaveLength(1);
  });

  test('a list outlives what it lists: an account that is gone has nothing, and the entry can be taken out', async () => {
    const {ann: client, store} = served();
    const path = await makeCalendar();
    const ghost = parseXml('<D:acl xmlns:D="DAV:"/>');
    await setAcl(client, path, grant(bob, read));
    await store.write('calendars/10000000-0000-0000-0000-000000000001', unit => {
      const acl = {...ghost, children: [grant(href('/principals/__uids__/GONE/'), dav('all'))]};
      unit.setProperties(path.slice(home.length, -1), new Map([[dav('acl'), printXml(acl).replace(/^<\?.*\?>\s*/, '')]]));
    });
    const [entry] = await ownEntries(client, path);
    expect(printXml(entry!)).toContain('/principals/__uids__/GONE/');
    expect((await setAcl(client, path)).status).toBe(200);
    expect(await ownEntries(client, path)).toEqual([]);
  });
});
