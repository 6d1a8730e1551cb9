import {DatabaseSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {type Element, element, elements, isElement, text} from '../../../src/xml/element.ts';
import {calendarserver, dav, type Name} from '../../../src/xml/names.ts';
import {guidOf, serve} from '../../support/serve.ts';

const records = `<group><uid>staff</uid><guid>20000000-0000-0000-0000-000000000002</guid><name>Staff</name>
<members><member>bob</member><member type="groups">board</member></members></group>
<group><uid>board</uid><guid>20000000-0000-0000-0000-000000000003</guid><name>Board</name>
<members><member>cid</member><member type="groups">staff</member></members></group>
<location><uid>room</uid><guid>20000000-0000-0000-0000-000000000004</guid><name>Room</name>
<proxies><member>bob</member></proxies><read-only-proxies><member>cid</member></read-only-proxies></location>
<user><uid>none</uid><guid>20000000-0000-0000-0000-000000000005</guid><name>No calendars</name><disable-calendar/></user>`;

const uids = (guid: string) => `/principals/__uids__/${guid}/`;
const [ann, bob, cid] = [1, 2, 3].map(number => uids(guidOf(number))) as [string, string, string];
const staff = uids('20000000-0000-0000-0000-000000000002');
const room = uids('20000000-0000-0000-0000-000000000004');

const start = () => serve({ann: [], bob: [], cid: [], admin: []}, {records});
const members = (...hrefs: string[]) => element(dav('group-member-set'), ...hrefs.map(href => element(dav('href'), href)));
const hrefs = (property: Element | undefined) => (property ? elements(property, dav('href')).map(text) : undefined);
type Client = Awaited<ReturnType<typeof start>>['ann'];

async function read(client: Client, path: string, name: Name = dav('group-member-set')) {
  const {responses} = await client.propfind(path, 0, name);
  return hrefs([...responses.values()][0]?.properties.get(name));
}

async function set(client: Client, path: string, ...to: string[]) {
  const {status, responses, error} = await client.proppatch(path, members(...to));
  const response = [...responses.values()][0];
  return response ? (response.refused.get(dav('group-member-set')) ?? 200) : (error ?? status);
}

describe('caldav-proxy: the groups of delegates', () => {
  test('are two principals within each that has calendars, under every one of its URLs', async () => {
    const {ann: client} = await start();
    const listing = await client.propfind('/principals/users/ann/', 1, dav('resourcetype'), dav('displayname'));
    expect([...listing.responses.keys()]).toEqual([
      '/principals/users/ann/',
      '/principals/users/ann/calendar-proxy-read/',
      '/principals/users/ann/calendar-proxy-write/',
    ]);
    const {properties} = listing.responses.get('/principals/users/ann/calendar-proxy-write/')!;
    const types = properties
      .get(dav('resourcetype'))!
      .children.filter(isElement)
      .map(({name}) => name);
    expect(types).toEqual([dav('collection'), dav('principal'), calendarserver('calendar-proxy-write')]);
    expect(text(properties.get(dav('displayname'))!)).toBe('calendar-proxy-write');
    expect(await read(client, `${ann}calendar-proxy-read/`, dav('principal-URL'))).toEqual([`${ann}calendar-proxy-read/`]);
    expect(await read(client, '/principals/users/ann/calendar-proxy-read/', dav('principal-URL'))).toEqual([
      `${ann}calendar-proxy-read/`,
    ]);
    expect(await read(client, `${ann}calendar-proxy-read/`, dav('alternate-URI-set'))).toEqual([
      '/principals/users/ann/calendar-proxy-read/',
    ]);
    for (const path of ['users/none', 'groups/staff', 'users/nobody']) {
      expect((await client.propfind(`/principals/${path}/calendar-proxy-read/`)).status, path).toBe(404);
    }
  });

  test('say that they are there in the DAV header', async () => {
    const {ann: client} = await start();
    expect((await client.request('OPTIONS', ann)).headers.get('dav')!.split(', ')).toContain('calendar-proxy');
  });

  test('are filled by the owner, and everybody sees it from both sides', async () => {
    const {ann: client, bob: other} = await start();
    expect(await read(client, `${ann}calendar-proxy-write/`)).toEqual([]);
    expect(await set(client, '/principals/users/ann/calendar-proxy-write/', '/principals/users/bob/')).toBe(200);
    expect(await read(client, `${ann}calendar-proxy-write/`)).toEqual([bob]);
    expect(await read(client, `${ann}calendar-proxy-read/`)).toEqual([]);
    expect(await read(other, bob, calendarserver('calendar-proxy-write-for'))).toEqual([room, ann]);
    expect(await read(other, bob, calendarserver('calendar-proxy-read-for'))).toEqual([]);
    expect(await read(other, bob, dav('group-membership'))).toEqual([
      staff,
      `${room}calendar-proxy-write/`,
      `${ann}calendar-proxy-write/`,
    ]);
    expect(await set(client, `${ann}calendar-proxy-write/`)).toBe(200);
    expect(await read(other, bob, calendarserver('calendar-proxy-write-for'))).toEqual([room]);
  });

  test('are set under the conditions of the request', async () => {
    const {ann: client} = await start();
    const path = `${ann}calendar-proxy-write/`;
    const body = element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), members(bob))));
    const failing = [
      ['if-match', '"no"'],
      ['if', '(<urn:uuid:no>)'],
      ['if', `<${path}> (["no"])`],
      ['if-none-match', '*'],
    ] as const;
    for (const [name, value] of failing) {
      expect((await client.request('PROPPATCH', path, {body, headers: {[name]: value}})).status).toBe(412);
      expect(await read(client, path)).toEqual([]);
    }
    expect((await client.request('PROPPATCH', path, {body, headers: {'if-match': '*'}})).status).toBe(207);
    expect(await read(client, path)).toEqual([bob]);
  });

  test('on a full disk are not set: 507', async () => {
    const {ann: client} = await start();
    const {exec} = DatabaseSync.prototype;
    const full = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
      if (sql === 'COMMIT') throw Object.assign(new Error('database or disk is full'), {errcode: 13});
      return exec.call(this, sql);
    });
    onTestFinished(() => full.mockRestore());
    const body = element(dav('propertyupdate'), element(dav('set'), element(dav('prop'), members(bob))));
    const refused = await client.request('PROPPATCH', `${ann}calendar-proxy-write/`, {body});
    expect([refused.status, refused.error]).toEqual([507, dav('sufficient-disk-space')]);
    full.mockRestore();
    expect(await read(client, `${ann}calendar-proxy-write/`)).toEqual([]);
  });

  test('are emptied by removing the property', async () => {
    const {ann: client} = await start();
    await set(client, `${ann}calendar-proxy-read/`, bob);
    const remove = element(dav('remove'), element(dav('prop'), element(dav('group-member-set'))));
    const {status} = await client.request('PROPPATCH', `${ann}calendar-proxy-read/`, {
      body: element(dav('propertyupdate'), remove),
    });
    expect([status, await read(client, `${ann}calendar-proxy-read/`)]).toEqual([207, []]);
  });

  test('take groups, whose members act then, those of groups within them too', async () => {
    const {ann: client, cid: third} = await start();
    expect(await set(client, `${ann}calendar-proxy-read/`, staff)).toBe(200);
    expect(await read(client, `${ann}calendar-proxy-read/`)).toEqual([staff]);
    expect(await read(third, cid, calendarserver('calendar-proxy-read-for'))).toEqual([room, ann]);
    expect(await read(third, cid, dav('group-membership'))).not.toContain(`${ann}calendar-proxy-read/`);
    expect(await read(third, staff, dav('group-membership'))).toContain(`${ann}calendar-proxy-read/`);
  });

  test('are filled by administrators, and by nobody else: not by delegates', async () => {
    const {ann: client, bob: other, admin} = await start();
    expect(await set(other, `${ann}calendar-proxy-write/`, bob)).toBe(dav('need-privileges'));
    await set(client, `${ann}calendar-proxy-write/`, bob);
    expect(await set(other, `${ann}calendar-proxy-write/`, bob, cid)).toBe(dav('need-privileges'));
    expect(await set(admin, `${ann}calendar-proxy-write/`, bob, cid)).toBe(200);
    expect(await read(client, `${ann}calendar-proxy-write/`)).toEqual([bob, cid]);
  });

  test('say to each what may be done: the owner changes them, others look', async () => {
    const {ann: client, bob: other} = await start();
    const may = async (who: Client) => {
      const {responses} = await who.propfind(`${ann}calendar-proxy-write/`, 0, dav('current-user-privilege-set'));
      const set = [...responses.values()][0]!.properties.get(dav('current-user-privilege-set'))!;
      return elements(set).map(privilege => elements(privilege)[0]!.name);
    };
    expect(await may(client)).toEqual(expect.arrayContaining([dav('read'), dav('write-properties')]));
    expect(await may(other)).toContain(dav('read'));
    expect(await may(other)).not.toContain(dav('write-properties'));
  });

  test('of a room are filled by those who write its calendars, as it has nobody else', async () => {
    const {bob: writer, cid: reader} = await start();
    expect(await set(reader, `${room}calendar-proxy-read/`, cid, ann)).toBe(dav('need-privileges'));
    expect(await set(writer, `${room}calendar-proxy-read/`, cid, ann)).toBe(200);
    expect(await read(writer, `${room}calendar-proxy-read/`)).toEqual([cid, ann]);
  });

  test('keep those whom accounts.xml names', async () => {
    const {admin} = await start();
    const {responses, text: body} = await admin.proppatch(`${room}calendar-proxy-write/`, members(ann));
    expect(body).toContain(`The administrator has fixed in accounts.xml that ${guidOf(2)} act for Room.`);
    expect([...responses.values()][0]).toMatchObject({
      refused: new Map([[dav('group-member-set'), 403]]),
    });
    expect(await read(admin, `${room}calendar-proxy-write/`)).toEqual([bob]);
    expect(await set(admin, `${room}calendar-proxy-write/`, bob, ann)).toBe(200);
    expect(await set(admin, `${room}calendar-proxy-write/`, bob)).toBe(200);
    expect(await read(admin, `${room}calendar-proxy-write/`)).toEqual([bob]);
  });

  test.each([
    ['an account that is not there', '/principals/users/nobody/'],
    ['another server’s', 'https://elsewhere.example/principals/users/bob/'],
    ['a calendar', '/calendars/users/bob/calendar/'],
    ['a group of delegates', `${bob}calendar-proxy-write/`],
    ['a collection of principals', '/principals/users/'],
    ['nothing', ''],
    ['an e-mail address', 'mailto:bob@example.com'],
    ['a path that none can have', '/principals/../x/'],
  ])('refuse %s: DAV:recognized-principal, and nothing changes', async (_, href) => {
    const {ann: client} = await start();
    await set(client, `${ann}calendar-proxy-read/`, cid);
    expect(await set(client, `${ann}calendar-proxy-read/`, bob, href)).toBe(403);
    expect(await read(client, `${ann}calendar-proxy-read/`)).toEqual([cid]);
  });

  test('with another property in the request that is refused, nothing changes', async () => {
    const {ann: client} = await start();
    const {responses} = await client.proppatch(`${ann}calendar-proxy-read/`, members(bob), element(dav('displayname'), 'x'));
    expect([...responses.values()][0]!.refused).toEqual(
      new Map([
        [dav('displayname'), 403],
        [dav('group-member-set'), 424],
      ]),
    );
    expect(await read(client, `${ann}calendar-proxy-read/`)).toEqual([]);
  });

  test('take a thousand members, and no more', async () => {
    const many = Array.from({length: 1001}, (_, at) => `<user><uid>u${at}</uid><guid>U${at}</guid></user>`).join('');
    const {ann: client} = await serve({ann: []}, {records: many});
    const all = Array.from({length: 1001}, (_, at) => `/principals/users/u${at}/`);
    const path = '/principals/users/ann/calendar-proxy-read/';
    expect(await set(client, path, ...all)).toBe(403);
    expect(await read(client, path)).toEqual([]);
    expect(await set(client, path, ...all.slice(1))).toBe(200);
    expect(await read(client, path)).toHaveLength(1000);
  });

  test('cannot be removed, moved, written over or made', async () => {
    const {ann: client} = await start();
    const path = `${ann}calendar-proxy-read/`;
    for (const method of ['DELETE', 'MOVE', 'COPY', 'PUT', 'MKCOL', 'MKCALENDAR', 'POST', 'LOCK', 'ACL']) {
      const lock = element(
        dav('lockinfo'),
        element(dav('lockscope'), element(dav('exclusive'))),
        element(dav('locktype'), element(dav('write'))),
      );
      const body = method === 'LOCK' ? lock : method === 'ACL' ? element(dav('acl')) : undefined;
      const {status} = await client.request(method, path, {
        headers: {destination: '/calendars/users/ann/x/'},
        ...(body && {body}),
      });
      expect(status, method).toBeGreaterThanOrEqual(403);
      expect(status, method).toBeLessThan(500);
    }
    expect(await read(client, path)).toEqual([]);
  });
});
