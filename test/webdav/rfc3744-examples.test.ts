import {describe, expect, test} from 'vitest';
import {type Element, element, elements, text} from '../../src/xml/element.ts';
import {dav, type Name} from '../../src/xml/names.ts';
import {printXml} from '../../src/xml/print.ts';
import {deny, everybody, grant, href, owner, principalUrl, setAcl, user} from '../support/acl.ts';
import type {Client} from '../support/client.ts';
import {sharedServer} from '../support/shared-server.ts';

const home = '/calendars/users/gclemm/';
const xml = {'content-type': 'text/xml; charset="utf-8"'};
const [gclemm, esedlar, gstein] = [1, 2, 3].map(user) as [Element, Element, Element];
const groupUrl = (number: number) => `/principals/__uids__/20000000-0000-0000-0000-00000000000${number}/`;
const [mrktng, authors] = [1, 2].map(number => href(groupUrl(number))) as [Element, Element];
const served = sharedServer(
  {gclemm: [], esedlar: [], gstein: [], ejw: []},
  {
    records: `<group><uid>mrktng</uid><guid>20000000-0000-0000-0000-000000000001</guid><name>Marketing</name>
<members><member type="users">esedlar</member><member type="users">ejw</member></members></group>
<group><uid>authors</uid><guid>20000000-0000-0000-0000-000000000002</guid><name>Site authors</name>
<members><member type="users">esedlar</member></members></group>`,
  },
);
let folders = 0;

/** A new collection of gclemm's with a file. */
async function makeFolder(): Promise<string> {
  const path = `${home}top${++folders}/`;
  await served().gclemm.request('MKCOL', path);
  await served().gclemm.put(`${path}index.html`, 'index', {'content-type': 'text/html'});
  return path;
}

async function propertyOf(client: Client, path: string, name: Name): Promise<Element | number | undefined> {
  const {properties, refused} = (await client.propfind(path, 0, name)).responses.get(path)!;
  return properties.get(name) ?? refused.get(name);
}

const granted = async (client: Client, path: string) =>
  elements((await propertyOf(client, path, dav('current-user-privilege-set'))) as Element).map(each => elements(each)[0]!.name);

describe('RFC 3744 §5.6.5 Example: Retrieving DAV:acl-restrictions', () => {
  test('is empty: any entries may be set, in any order, and none must be (§5.6.4)', async () => {
    const path = await makeFolder();
    expect(await propertyOf(served().gclemm, path, dav('acl-restrictions'))).toEqual(element(dav('acl-restrictions')));
  });
});

describe('RFC 3744 §5.9 Example: PROPFIND to retrieve access control properties', () => {
  test('owner, what can be granted, what is granted, and the list in its order', async () => {
    const {gclemm: client, esedlar: reader} = served();
    const path = await makeFolder();
    const entries = [
      grant(esedlar, dav('read'), dav('write'), dav('read-acl')),
      deny(mrktng, dav('read')),
      grant(owner, dav('read-acl'), dav('write-acl')),
      grant(everybody, dav('read')),
    ];
    expect((await setAcl(client, path, ...entries)).status).toBe(200);
    const names = ['owner', 'supported-privilege-set', 'current-user-privilege-set', 'acl'].map(dav);
    const {properties, refused} = (await reader.propfind(path, 0, ...names)).responses.get(path)!;
    expect([...refused]).toEqual([]);
    expect(properties.get(dav('owner'))).toEqual(element(dav('owner'), gclemm));
    const [all] = elements(properties.get(dav('supported-privilege-set'))!, dav('supported-privilege'));
    expect(elements(elements(all!, dav('privilege'))[0]!)[0]!.name).toBe(dav('all'));
    const described = elements(all!, dav('description'))[0]!;
    expect(Object.values(described.attributes)).toEqual(['en']);
    const mine = elements(properties.get(dav('current-user-privilege-set'))!).map(each => elements(each)[0]!.name);
    expect(mine).toEqual(expect.arrayContaining([dav('read'), dav('write'), dav('read-acl')]));
    expect(mine).not.toContain(dav('write-acl'));
    const set = elements(properties.get(dav('acl'))!).filter(ace => elements(ace, dav('protected')).length === 0);
    expect(set.slice(-4).map(printXml)).toEqual(entries.map(printXml));
  });
});

describe('RFC 3744 §6, the example of UNIX permissions r--rw-r--', () => {
  test('who is named first has no more than that, though all others may do more', async () => {
    const {gclemm: client, esedlar: inGroup, gstein: first, ejw: other, nobody} = served();
    const path = await makeFolder();
    await setAcl(
      client,
      path,
      grant(gstein, dav('read')),
      deny(gstein, dav('all')),
      grant(authors, dav('read'), dav('write')),
      deny(authors, dav('all')),
      grant(everybody, dav('read')),
    );
    const may = async (asker: Client) =>
      (await granted(asker, path)).filter(name => [dav('read'), dav('write')].includes(name as never));
    expect(await Promise.all([first, inGroup, other].map(may))).toEqual([
      [dav('read')],
      [dav('read'), dav('write')],
      [dav('read')],
    ]);
    expect((await first.put(`${path}new.txt`, 'x')).status).toBe(403);
    expect((await inGroup.put(`${path}new.txt`, 'x')).status).toBe(201);
    expect((await nobody.request('PROPFIND', path, {depth: '0'})).status).toBe(207);
  });
});

describe('RFC 3744 §7.1.1, the example of MOVE', () => {
  test('403 names what is missing, and where', async () => {
    const {gclemm: client, gstein: mover} = served();
    const [a, c] = [await makeFolder(), await makeFolder()];
    await client.request('MKCOL', `${a}b/`);
    for (const path of [a, `${a}b/`, c]) await setAcl(client, path, grant(gstein, dav('read')));
    const move = async () => {
      const {status, error, xml: body} = await mover.request('MOVE', `${a}b/`, {headers: {destination: `${c}d/`}});
      const resources = body ? elements(elements(body)[0]!, dav('resource')) : [];
      return [status, error, ...resources.map(each => elements(each).map(part => elements(part)[0]?.name ?? text(part)))];
    };
    expect(await move()).toEqual([403, dav('need-privileges'), [a, dav('unbind')]]);
    await setAcl(client, a, grant(gstein, dav('read'), dav('unbind')));
    expect(await move()).toEqual([403, dav('need-privileges'), [c, dav('bind')]]);
  });
});

describe('RFC 3744 §7.2.1 Example - OPTIONS', () => {
  test('a file says access-control, and ACL among its methods', async () => {
    const {status, headers} = await served().gclemm.request('OPTIONS', `${await makeFolder()}index.html`);
    const list = (name: string) => headers.get(name)!.split(/,\s*/);
    expect(status).toBe(200);
    expect(list('dav')).toEqual(expect.arrayContaining(['1', '2', 'access-control']));
    expect(list('allow')).toEqual(expect.arrayContaining(['OPTIONS', 'GET', 'PUT', 'PROPFIND', 'PROPPATCH', 'ACL']));
  });
});

describe('RFC 3744 §8.1.3 to §8.1.5 Examples: ACL method failure', () => {
  const own = async (path: string) =>
    elements((await propertyOf(served().gclemm, path, dav('acl'))) as Element).filter(
      ace => elements(ace, dav('protected')).length === 0,
    );

  test('§8.1.3 and §8.1.4 the owner is not denied what the home grants for good: no-inherited-ace-conflict', async () => {
    const path = await makeFolder();
    for (const where of [path, `${path}index.html`]) {
      expect(await setAcl(served().gclemm, where, deny(gclemm, dav('write')))).toMatchObject({
        status: 403,
        error: dav('no-inherited-ace-conflict'),
      });
    }
    expect(await own(path)).toEqual([]);
  });

  test('§8.1.5 two principals, a grant and a denial in one entry are 400; as two entries they are well formed', async () => {
    const path = await makeFolder();
    const body = `<?xml version="1.0" encoding="utf-8" ?>
<D:acl xmlns:D="DAV:">
  <D:ace>
    <D:principal><D:href>${principalUrl(3)}</D:href></D:principal>
    <D:grant><D:read/></D:grant>
    <D:principal><D:href>${principalUrl(2)}</D:href></D:principal>
    <D:deny><D:read/></D:deny>
  </D:ace>
</D:acl>`;
    expect((await served().gclemm.request('ACL', path, {body, headers: xml})).status).toBe(400);
    expect(await own(path)).toEqual([]);
    expect((await setAcl(served().gclemm, path, grant(gstein, dav('read')), deny(esedlar, dav('read')))).status).toBe(200);
  });
});

describe('RFC 3744 §9.2.1 Example: DAV:acl-principal-prop-set Report', () => {
  test('the names of the person and of the group in the list, and nothing of DAV:all', async () => {
    const path = `${await makeFolder()}index.html`;
    await setAcl(
      served().gclemm,
      path,
      grant(everybody, dav('read'), dav('read-current-user-privilege-set')),
      grant(gstein, dav('write'), dav('write-acl'), dav('read-acl')),
      grant(authors, dav('write'), dav('read-acl')),
    );
    const body = '<D:acl-principal-prop-set xmlns:D="DAV:"><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>';
    const {status, responses} = await served().gstein.request('REPORT', path, {body, depth: '0', headers: xml});
    const names = Object.fromEntries(
      [...responses].map(([url, {properties}]) => [url, text(properties.get(dav('displayname'))!)]),
    );
    // The first is the owner of the home, whom a protected entry names.
    expect([status, names]).toEqual([
      207,
      {[principalUrl(1)]: 'gclemm', [principalUrl(3)]: 'gstein', [groupUrl(2)]: 'Site authors'},
    ]);
  });
});

describe('RFC 3744 §9.3.1 Example: DAV:principal-match REPORT', () => {
  test('members at any depth that are owned by the one who asks, by their URLs alone', async () => {
    const {gclemm: client, gstein: reader} = served();
    const path = await makeFolder();
    await client.request('MKCOL', `${path}img/`);
    await client.put(`${path}img/bar.gif`, 'GIF', {'content-type': 'image/gif'});
    for (const each of [path, `${path}img/`, `${path}img/bar.gif`]) await setAcl(client, each, grant(gstein, dav('read')));
    const body = '<D:principal-match xmlns:D="DAV:"><D:principal-property><D:owner/></D:principal-property></D:principal-match>';
    const ask = async (asker: Client) => {
      const {status, responses} = await asker.request('REPORT', path, {body, depth: '0', headers: xml});
      return [status, [...responses.keys()].sort()];
    };
    expect(await ask(client)).toEqual([207, [`${path}img/`, `${path}img/bar.gif`, `${path}index.html`]]);
    expect(await ask(reader)).toEqual([207, []]);
  });
});

describe('RFC 3744 §9.4.1 Matching', () => {
  test('each stretch of text in a property is matched by itself', async () => {
    const ask = async (match: string) => {
      const body = `<D:principal-property-search xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:property-search>
<D:prop><C:calendar-user-address-set/></D:prop><D:match>${match}</D:match></D:property-search></D:principal-property-search>`;
      return [...(await served().ejw.request('REPORT', '/principals/users/', {body, depth: '0', headers: xml})).responses.keys()];
    };
    const set = (await propertyOf(
      served().ejw,
      '/principals/users/ejw/',
      '{urn:ietf:params:xml:ns:caldav}calendar-user-address-set',
    )) as Element;
    const addresses = elements(set, dav('href')).map(text);
    expect(addresses.length).toBeGreaterThan(1);
    for (const address of addresses) expect(await ask(address)).toEqual(['/principals/users/ejw/']);
    expect(await ask(addresses.slice(0, 2).join(''))).toEqual([]);
  });
});
