import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {protocol} from '../../../src/server/protocol.ts';
import {type Element, element, elements} from '../../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../../src/xml/names.ts';
import {authenticated, deny, everybody, grant, href, invert, owner, setAcl, unauthenticated, user} from '../../support/acl.ts';
import {event} from '../../support/events.ts';
import {sharedServer} from '../../support/shared-server.ts';

const [bob, cid] = [2, 3].map(user) as [Element, Element];
const home = '/calendars/users/ann/';
const mine = '/calendars/users/bob/';
const read = dav('read');
const needed = {status: 403, error: dav('need-privileges')};

const served = sharedServer({ann: [], bob: [], cid: []}, {plist: {MaxCollectionsPerHome: 0}});
let calendars = 0;

/** A new calendar of Ann's with one event, and what is granted on it. */
async function shared(...aces: Element[]): Promise<string> {
  const {ann} = served();
  const path = `${home}s${++calendars}/`;
  await ann.request('MKCALENDAR', path);
  await ann.put(`${path}1.ics`, event('one', '20261201T100000Z', 'LOCATION:Secret'));
  await setAcl(ann, path, ...aces);
  return path;
}

const outcome = ({status, error}: {status: number; error: Name | undefined}) => ({status, error});

describe('RFC 3744 Appendix B: the privilege that a method needs is enough', () => {
  /** What Bob may do with one privilege alone. */
  async function doable(...privileges: Name[]): Promise<string[]> {
    const {bob: client} = served();
    const path = await shared(grant(bob, ...privileges));
    const other = await shared(grant(bob, ...privileges));
    await client.put(`${mine}own.ics`, event('own'));
    const to = (destination: string) => ({headers: {destination}});
    const tried: Record<string, () => Promise<{status: number}>> = {
      GET: () => client.get(`${path}1.ics`),
      HEAD: () => client.request('HEAD', `${path}1.ics`),
      OPTIONS: () => client.request('OPTIONS', `${path}1.ics`),
      PROPFIND: () => client.propfind(path, 1),
      'sync-collection': () => client.sync(path),
      'free-busy-query': () =>
        client.report(
          path,
          `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`,
        ),
      'COPY out': () => client.request('COPY', `${path}1.ics`, to(`${mine}copy-${calendars}.ics`)),
      PROPPATCH: () => client.proppatch(path, element(dav('displayname'), 'x')),
      'PUT over': () => client.put(`${path}1.ics`, event('one')),
      'PUT new': () => client.put(`${path}2.ics`, event('two')),
      'POST new': () =>
        client.request('POST', `${path}?add-member`, {body: event('three'), headers: {'content-type': 'text/calendar'}}),
      'COPY in': () => client.request('COPY', `${mine}own.ics`, to(`${path}3.ics`)),
      MKCOL: () => client.request('MKCOL', `${path}new/`),
      ACL: () => setAcl(client, path, grant(bob, ...privileges)),
      LOCK: () =>
        client.request('LOCK', `${path}1.ics`, {
          body: '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
        }),
      'MOVE out': () => client.request('MOVE', `${other}1.ics`, to(`${mine}moved-${calendars}.ics`)),
      'DELETE all': () => client.delete(other),
      DELETE: () => client.delete(`${other}1.ics`),
    };
    const done: string[] = [];
    for (const [name, attempt] of Object.entries(tried)) {
      const {status} = await attempt();
      if (status < 300) done.push(name);
      // A collection has no place in a calendar: that is told to who may put something there.
      else if (name === 'MKCOL' && privileges.includes(dav('bind'))) expect(status).toBe(403);
    }
    return done;
  }

  const readable = ['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'sync-collection', 'free-busy-query', 'COPY out'];
  test.each<[string, Name[], string[]]>([
    ['nothing', [dav('read-acl')], []],
    ['DAV:read', [read], readable],
    ['CALDAV:read-free-busy', [caldav('read-free-busy')], ['free-busy-query']],
    ['DAV:write-properties', [dav('write-properties')], ['PROPPATCH']],
    ['DAV:write-content', [dav('write-content')], ['PUT over', 'LOCK']],
    ['DAV:bind', [dav('bind')], ['PUT new', 'POST new', 'COPY in']],
    ['DAV:unbind', [dav('unbind')], ['DELETE']],
    ['DAV:unbind and DAV:read', [read, dav('unbind')], [...readable, 'MOVE out']],
    ['DAV:write-acl', [dav('write-acl')], ['ACL']],
  ])('%s', async (_, privileges, expected) => {
    expect(await doable(...privileges)).toEqual(expected);
  });

  test('DAV:all on a calendar does not take the calendar away: that is DAV:unbind on the home', async () => {
    expect(await doable(dav('all'))).not.toContain('DELETE all');
  });
});

describe('RFC 3744 §5.4: DAV:current-user-privilege-set is what is so', () => {
  test.each<[Name[], Name[]]>([
    [[read], [read, caldav('read-free-busy'), dav('read-current-user-privilege-set')]],
    [
      [read, dav('bind'), dav('unbind'), dav('write-content'), dav('write-properties')],
      [
        read,
        caldav('read-free-busy'),
        dav('read-current-user-privilege-set'),
        ...(['write', 'write-properties', 'write-content', 'bind', 'unbind'] as const).map(dav),
      ],
    ],
  ])('%s', async (granted, expected) => {
    const path = await shared(grant(bob, ...granted));
    for (const each of [path, `${path}1.ics`]) {
      const {responses} = await served().bob.propfind(each, 0, dav('current-user-privilege-set'));
      const set = responses.get(each)!.properties.get(dav('current-user-privilege-set'))!;
      expect(
        elements(set)
          .map(privilege => elements(privilege)[0]!.name)
          .sort(),
      ).toEqual([...expected].sort());
    }
  });
});

describe('RFC 4791 §6.1.1: who may know busy time alone', () => {
  const busy = `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`;

  test('is whoever has an account, of a calendar that nothing was set on, as CalendarServer has it; until its owner says otherwise', async () => {
    const {ann, cid: client, nobody} = served();
    const path = `${home}new${++calendars}/`;
    await ann.request('MKCALENDAR', path);
    await ann.put(`${path}1.ics`, event('one'));
    expect((await client.report(path, busy)).text).toContain('20261201T100000Z');
    expect((await nobody.report(path, busy)).status).toBe(401);
    expect(outcome(await client.propfind(path))).toEqual(needed);
    expect((await client.report(home, busy)).status).toBe(404);
    await setAcl(ann, path);
    expect((await client.report(path, busy)).status).toBe(404);
  });

  test('is told it, and nothing else', async () => {
    const {bob: client, ann} = served();
    const path = await shared(grant(bob, caldav('read-free-busy')));
    await ann.put(`${path}2.ics`, event('two', '20261201T150000Z'));
    await setAcl(ann, `${path}2.ics`, deny(bob, dav('all')));
    const {status, text} = await client.report(
      path,
      `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`,
    );
    expect(status).toBe(200);
    expect(text).toContain('20261201T100000Z');
    expect(text).not.toMatch(/20261201T150000Z|Secret|one/);
    const query = `<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`;
    expect(outcome(await client.report(path, query))).toEqual(needed);
    expect(outcome(await client.propfind(path, 0))).toEqual(needed);
    expect(outcome(await client.get(path))).toEqual(needed);
  });
});

describe('RFC 3744: nobody gets more than was granted', () => {
  test('by setting a list himself', async () => {
    const {bob: client} = served();
    const path = await shared(grant(bob, read, dav('write'), dav('read-acl')));
    for (const each of [path, `${path}1.ics`]) {
      expect(outcome(await setAcl(client, each, grant(bob, dav('all'))))).toEqual(needed);
    }
    await client.put(`${path}own.ics`, event('own'));
    expect(outcome(await setAcl(client, `${path}own.ics`, grant(cid, read)))).toEqual(needed);
    const body = element(dav('mkcol'), element(dav('set'), element(dav('prop'), element(dav('acl'), grant(bob, dav('all'))))));
    expect((await served().ann.request('MKCOL', `${home}with-acl/`, {body})).status).toBeGreaterThanOrEqual(400);
  });

  test('by writing in a calendar that he may read', async () => {
    const {ann, bob: client} = served();
    const path = await shared(grant(bob, read));
    await client.put(`${mine}in.ics`, event('in'));
    const to = (destination: string) => ({headers: {destination}});
    const attempts = [
      client.put(`${path}1.ics`, event('one')),
      client.put(`${path}new.ics`, event('new')),
      client.delete(`${path}1.ics`),
      client.delete(path),
      client.proppatch(path, element(dav('displayname'), 'x')),
      client.proppatch(`${path}1.ics`, element(dav('displayname'), 'x')),
      client.request('MKCOL', `${path}x/`),
      client.request('MKCALENDAR', `${path}x/`),
      client.request('MOVE', `${path}1.ics`, to(`${mine}stolen.ics`)),
      client.request('MOVE', `${path}1.ics`, to(`${path}renamed.ics`)),
      client.request('COPY', `${path}1.ics`, to(`${path}again.ics`)),
      client.request('COPY', `${mine}in.ics`, to(`${path}1.ics`)),
      client.request('MOVE', `${mine}in.ics`, to(`${path}in.ics`)),
      client.request('POST', `${path}?add-member`, {body: event('x')}),
      client.request('MOVE', path, to(`${mine}whole/`)),
    ];
    for (const answer of await Promise.all(attempts)) expect(outcome(answer)).toEqual(needed);
    expect([...(await ann.propfind(path, 1, dav('getetag'))).responses.keys()]).toEqual([path, `${path}1.ics`]);
    expect((await client.get(`${mine}in.ics`)).status).toBe(200);
  });

  test('by any way to look at one object in a calendar that he may read, if that one is denied him', async () => {
    const {ann, bob: client} = served();
    const path = await shared(grant(bob, read, dav('write'), dav('read-acl')));
    await ann.put(`${path}2.ics`, event('two'));
    await setAcl(ann, `${path}1.ics`, deny(bob, dav('all')));
    const secret = `${path}1.ics`;
    const ask = async (body: string, depth: '0' | '1' = '1') => client.report(path, body, depth);
    const C = 'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"';
    const looks = [
      await client.propfind(path, 1),
      await client.sync(path),
      await client.get(path),
      await ask(
        `<C:calendar-query ${C}><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
      ),
      await ask(`<C:calendar-query ${C}><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:prop-filter name="LOCATION"><C:text-match>Secret</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`),
      await ask(
        `<C:calendar-multiget ${C}><D:prop><D:getetag/><C:calendar-data/></D:prop><D:href>${secret}</D:href></C:calendar-multiget>`,
      ),
      await ask(`<C:free-busy-query ${C}><C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`),
      await ask(
        `<D:principal-match ${C}><D:principal-property><D:owner/></D:principal-property><D:prop><D:getetag/></D:prop></D:principal-match>`,
        '0',
      ),
    ];
    const etag = (await ann.get(secret)).headers.get('etag')!;
    for (const {text} of looks) expect(text).not.toMatch(new RegExp(`Secret|${etag}`));
    expect(looks[5]!.responses.get(secret)!.status).toBe(403);
    expect(looks[2]!.text).toContain('UID:two');
    for (const answer of await Promise.all([
      client.get(secret),
      client.propfind(secret),
      client.put(secret, event('one')),
      client.request('COPY', secret, {headers: {destination: `${mine}out.ics`}}),
      client.request('MOVE', secret, {headers: {destination: `${mine}out.ics`}}),
      client.request('COPY', path, {headers: {destination: `${mine}whole/`}}),
      client.request('COPY', `${path}2.ics`, {headers: {destination: secret}}),
      client.report(
        secret,
        `<C:calendar-query ${C}><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
        '0',
      ),
    ])) {
      expect(outcome(answer)).toEqual(needed);
    }
    // What is known of it by If: nothing.
    expect((await client.put(`${path}3.ics`, event('three'), {if: `<${secret}> ([${etag}])`})).status).toBe(412);
  });

  test('by DAV:expand-property, through a property that leads to what he may not read', async () => {
    const {ann, bob: client} = served();
    const path = await shared(grant(bob, read));
    const hidden = await shared();
    await ann.proppatch(path, element('{urn:x}see', href(`${hidden}1.ics`)));
    const {text} = await client.report(
      path,
      `<D:expand-property xmlns:D="DAV:"><D:property name="see" namespace="urn:x"><D:property name="getetag"/></D:property></D:expand-property>`,
      '0',
    );
    expect(text).not.toContain((await ann.get(`${hidden}1.ics`)).headers.get('etag')!);
  });

  test('by what was granted before: what he may read no longer, a client that keeps a copy is told has gone', async () => {
    const {ann, bob: client} = served();
    const path = await shared(grant(bob, read));
    await ann.put(`${path}2.ics`, event('two'));
    const {token} = await client.sync(path);
    await setAcl(ann, `${path}2.ics`, deny(bob, read));
    const {token: next, changed, removed} = await client.sync(path, token);
    expect({changed, removed}).toEqual({changed: [], removed: [`${path}2.ics`]});
    expect((await client.sync(path)).changed).toEqual([`${path}1.ics`]);
    await setAcl(ann, `${path}2.ics`);
    expect((await client.sync(path, next)).changed).toEqual([`${path}2.ics`]);
  });

  test('CALDAV:read-free-busy, DAV:read and denials each hold where they are: in a folder with calendars of all sorts', async () => {
    const {ann, bob: client} = served();
    const folder = `${home}folder/`;
    const sorts = {
      read: [grant(bob, read)],
      none: [deny(bob, dav('all'))],
      busy: [grant(bob, caldav('read-free-busy')), deny(bob, dav('all'))],
    };
    await ann.request('MKCOL', folder);
    await setAcl(ann, folder, grant(bob, read));
    let hour = 0;
    for (const [name, aces] of Object.entries(sorts)) {
      await ann.request('MKCALENDAR', `${folder}${name}/`);
      await setAcl(ann, `${folder}${name}/`, ...aces);
      for (const [at, own] of Object.entries(sorts)) {
        const start = `20261201T${String(hour++).padStart(2, '0')}0000Z`;
        await ann.put(`${folder}${name}/${at}.ics`, event(`${name}-${at}`, start));
        await setAcl(ann, `${folder}${name}/${at}.ics`, ...own);
      }
    }
    const C = 'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"';
    const query = `<C:calendar-query ${C}><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`;
    expect([...(await client.report(folder, query)).responses.keys()]).toEqual([`${folder}read/read.ics`]);
    const busy = `<C:free-busy-query ${C}><C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`;
    const {text} = await client.report(folder, busy);
    const hours = [...text.replaceAll('\r\n ', '').matchAll(/20261201T(\d\d)0000Z\/(?:PT1H|20261201T)/g)].map(([, at]) => at);
    expect(hours).toEqual(['00', '02', '06', '08']);
    const hrefs = Object.keys(sorts).flatMap(name => Object.keys(sorts).map(at => `${folder}${name}/${at}.ics`));
    const multiget = `<C:calendar-multiget ${C}><D:prop><D:getetag/></D:prop>${hrefs.map(each => `<D:href>${each}</D:href>`).join('')}</C:calendar-multiget>`;
    const {responses} = await client.report(folder, multiget);
    // One that was granted to him itself he may ask for by its own URL, wherever it lies.
    expect(hrefs.filter(each => responses.get(each)!.status === undefined)).toEqual(
      Object.keys(sorts).map(name => `${folder}${name}/read.ics`),
    );
  });

  test('by a folder that he may read: what a calendar in it holds that is not his to read has no names for him', async () => {
    const {ann, bob: client} = served();
    const folder = `${home}closed/`;
    await ann.request('MKCOL', folder);
    await setAcl(ann, folder, grant(bob, read));
    for (const name of ['own', 'hidden']) await ann.request('MKCALENDAR', `${folder}${name}/`);
    await setAcl(ann, `${folder}own/`, grant(bob, read));
    await ann.put(`${folder}hidden/1.ics`, event('one'));
    const {token} = await client.sync(folder, '', 'infinite');
    await ann.put(`${folder}hidden/2.ics`, event('two'));
    await ann.delete(`${folder}hidden/1.ics`);
    await ann.put(`${folder}own/3.ics`, event('three'));
    const {changed, removed} = await client.sync(folder, token, 'infinite');
    expect([changed, removed]).toEqual([[`${folder}own/3.ics`, `${folder}own/`], [`${folder}hidden/`]]);
    const hrefs = ['hidden/2.ics', 'hidden/none.ics', 'own/none.ics', 'none/none.ics'].map(name => href(folder + name));
    const multiget = element(caldav('calendar-multiget'), element(dav('prop'), element(dav('getetag'))), ...hrefs);
    expect([...(await client.report(folder, multiget)).responses.values()].map(({status}) => status)).toEqual([
      403, 403, 404, 404,
    ]);
  });

  test('by copying a list along, or taking away a denial by writing over it', async () => {
    const {ann, bob: client, cid: third} = served();
    const path = await shared(grant(bob, read, dav('write')), grant(cid, read));
    await setAcl(ann, `${path}1.ics`, deny(cid, read));
    await client.put(`${mine}over.ics`, event('one'));
    const answer = await client.request('COPY', `${mine}over.ics`, {headers: {destination: `${path}1.ics`}});
    expect(answer.status).toBe(204);
    expect((await third.get(`${path}1.ics`)).status).toBe(403);

    await client.put(`${mine}with-list.ics`, event('with-list'));
    await setAcl(client, `${mine}with-list.ics`, grant(bob, dav('all')));
    const moved = await client.request('MOVE', `${mine}with-list.ics`, {headers: {destination: `${path}2.ics`}});
    expect(outcome(moved)).toEqual(needed);
    await client.request('COPY', `${mine}with-list.ics`, {headers: {destination: `${path}2.ics`}});
    expect(outcome(await setAcl(client, `${path}2.ics`, grant(bob, dav('all'))))).toEqual(needed);
  });

  test('by moving what he may take away, but not read, to where he may read', async () => {
    const {bob: client} = served();
    const path = await shared(grant(bob, dav('bind'), dav('unbind')));
    for (const destination of [`${mine}1.ics`, `${await shared(grant(bob, dav('all')))}x.ics`]) {
      expect(outcome(await client.request('MOVE', `${path}1.ics`, {headers: {destination}}))).toEqual(needed);
    }
  });
});

describe('RFC 3744: every way to look shows the same', () => {
  const who = fc.constantFrom(bob, cid, everybody, authenticated, unauthenticated, invert(bob), owner);
  const privileges = fc.subarray([read, dav('read-current-user-privilege-set'), caldav('read-free-busy')], {minLength: 1});
  const aces = fc.array(
    fc.tuple(who, privileges, fc.boolean()).map(([whom, names, grants]) => (grants ? grant : deny)(whom, ...names)),
    {maxLength: 3},
  );

  test('whatever was granted, GET, PROPFIND, sync, query, multiget and the whole calendar agree on what may be read', async () => {
    const {ann, bob: client, cid: third, nobody} = served();
    const path = await shared();
    await ann.delete(`${path}1.ics`);
    const files = ['a.ics', 'b.ics', 'c.ics'].map(name => path + name);
    for (const [at, file] of files.entries()) await ann.put(file, event(`uid-${at}`, `20261201T1${at}0000Z`));
    const C = 'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"';
    const query = `<C:calendar-query ${C}><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`;
    const hrefs = files.map(file => `<D:href>${file}</D:href>`).join('');
    const multiget = `<C:calendar-multiget ${C}><D:prop><D:getetag/></D:prop>${hrefs}</C:calendar-multiget>`;

    await fc.assert(
      fc.asyncProperty(aces, fc.array(aces, {minLength: 3, maxLength: 3}), async (ofCalendar, ofObjects) => {
        expect((await setAcl(ann, path, ...ofCalendar)).status).toBe(200);
        for (const [at, file] of files.entries()) await setAcl(ann, file, ...ofObjects[at]!);
        for (const each of [client, third, nobody]) {
          const statuses = await Promise.all(files.map(async file => (await each.get(file)).status));
          for (const status of statuses) expect([200, each === nobody ? 401 : 403]).toContain(status);
          const seen = files.filter((_, at) => statuses[at] === 200);
          const listing = await each.propfind(path, 1, dav('getetag'));
          const answers = await Promise.all([
            each.report(path, query),
            each.report(path, multiget),
            each.sync(path),
            each.get(path),
          ]);
          if (listing.status !== 207) {
            for (const {status} of answers) expect(status).toBe(each === nobody ? 401 : 403);
            continue;
          }
          const found = [listing, ...answers.slice(0, 3)].map(({responses}) =>
            [...responses]
              .filter(([url, {properties}]) => url !== path && properties.size > 0)
              .map(([url]) => url)
              .sort(),
          );
          expect(found).toEqual([seen, seen, seen, seen]);
          expect(files.filter((_, at) => answers[3]!.text.includes(`UID:uid-${at}`))).toEqual(seen);
        }
      }),
      {numRuns: 25},
    );
  });
});

describe('RFC 3744 §5.5.1 DAV:all: who has not logged in', () => {
  test('sees a public calendar, and nothing beside it', async () => {
    const {nobody, ann} = served();
    const path = await shared(grant(everybody, read));
    await ann.put(`${path}2.ics`, event('two'));
    await setAcl(ann, `${path}2.ics`, deny(everybody, read), grant(authenticated, read));
    expect([...(await nobody.propfind(path, 1, dav('getetag'))).responses.keys()]).toEqual([path, `${path}1.ics`]);
    expect((await nobody.get(`${path}1.ics`)).status).toBe(200);
    expect((await nobody.sync(path)).changed).toEqual([`${path}1.ics`]);
    const beyond = [
      `${path}2.ics`,
      `${path}3.ics`,
      home,
      `${home}calendar/`,
      '/calendars/users/ann/none/',
      '/calendars/users/none/',
    ];
    for (const each of beyond) expect((await nobody.propfind(each)).status).toBe(401);
    const changes = await Promise.all([
      nobody.put(`${path}3.ics`, event('three')),
      nobody.put(`${path}1.ics`, event('one')),
      nobody.delete(`${path}1.ics`),
      nobody.proppatch(path, element(dav('displayname'), 'x')),
      setAcl(nobody, path),
      nobody.request('COPY', `${path}1.ics`, {headers: {destination: `${path}9.ics`}}),
      nobody.request('LOCK', `${path}1.ics`),
      nobody.request('MKCOL', `${path}x/`),
      nobody.put(`${path}1.ics`, 'x'.repeat(500_000)),
    ]);
    for (const {status, headers} of changes)
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')]);
  });

  test.each([...protocol.reports.keys()])(
    '%s is answered to him where he may read, without a fault of the server',
    async name => {
      const {nobody} = served();
      const path = await shared(grant(everybody, read));
      const plain = element(name, element(dav('prop'), element(dav('getetag'))));
      const full = element(
        name,
        element(dav('self')),
        element(dav('property-search')),
        element(dav('href'), `${path}1.ics`),
        element(dav('prop')),
      );
      for (const at of ['/', path, `${path}1.ics`]) {
        for (const body of [plain, full]) {
          const {status, text} = await nobody.report(at, body, '0');
          expect(status).toBeLessThan(500);
          expect(text).not.toMatch(/ann@|bob@|HTTP\/1.1 500/);
        }
      }
    },
  );

  test('a home is not made for him', async () => {
    const {nobody, store} = served();
    expect((await nobody.propfind('/calendars/users/cid/')).status).toBe(401);
    expect(await store.view('calendars/10000000-0000-0000-0000-000000000003')).toBeUndefined();
  });
});
