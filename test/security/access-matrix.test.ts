import {beforeAll, describe, expect, test} from 'vitest';
import {element} from '../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../src/xml/names.ts';
import {grant, href, setAcl, user} from '../support/acl.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';
import {basic, raw} from '../webdav/raw.ts';

const secret = 'Nobody may know of this';
const secretEvent = event('secret', undefined, `LOCATION:${secret}`);
const accounts = {ann: [secretEvent], bob: [], reader: [], writer: [], granted: [], admin: []};
type Asker = keyof typeof accounts | 'nobody';
const askers: readonly Asker[] = ['nobody', 'bob', 'reader', 'writer', 'granted', 'ann', 'admin'];
const numberOf = (name: string) => Object.keys(accounts).indexOf(name) + 1;

/** What the rules give each in Ann's home (docs/architecture.md, "who may do what"): RFC 3744 §3 and §5.5, CalendarServer's delegates. */
const reading: readonly Name[] = [dav('read'), dav('read-current-user-privilege-set'), caldav('read-free-busy')];
const acting: readonly Name[] = [
  ...reading,
  dav('write-content'),
  dav('write-properties'),
  dav('bind'),
  dav('unbind'),
  dav('unlock'),
  dav('read-acl'),
];
const rights: Readonly<Record<Asker, readonly Name[]>> = {
  nobody: [],
  bob: [caldav('read-free-busy')],
  reader: reading,
  writer: acting,
  granted: reading,
  ann: [...acting, dav('write-acl')],
  admin: [...acting, dav('write-acl')],
};

interface Operation {
  readonly name: string;
  readonly method: string;
  /** What is named: the secret object, its calendar, what is not there yet, or a new collection. */
  readonly at: 'object' | 'calendar' | 'free' | 'new collection';
  /** RFC 3744 Appendix B. */
  readonly needs: Name;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const D = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';
const xml = {'content-type': 'application/xml', depth: '1'};
const ical = {'content-type': 'text/calendar'};
const report = (name: string, needs: Name, body: string, depth = '1'): Operation => ({
  name: `REPORT ${name}`,
  method: 'REPORT',
  at: 'calendar',
  needs,
  body,
  headers: {...xml, depth},
});
const operations: readonly Operation[] = [
  {name: 'GET', method: 'GET', at: 'object', needs: dav('read')},
  {name: 'HEAD', method: 'HEAD', at: 'object', needs: dav('read')},
  {name: 'GET of the calendar', method: 'GET', at: 'calendar', needs: dav('read')},
  {name: 'PROPFIND', method: 'PROPFIND', at: 'object', needs: dav('read'), headers: {depth: '0'}},
  {name: 'PROPFIND of the calendar', method: 'PROPFIND', at: 'calendar', needs: dav('read'), headers: {depth: '1'}},
  report(
    'calendar-query',
    dav('read'),
    `<C:calendar-query ${D}><prop><C:calendar-data/></prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
  ),
  report(
    'calendar-multiget',
    dav('read'),
    `<C:calendar-multiget ${D}><prop><C:calendar-data/></prop><href>/calendars/users/ann/calendar/1.ics</href></C:calendar-multiget>`,
  ),
  report(
    'sync-collection',
    dav('read'),
    `<sync-collection ${D}><sync-token/><sync-level>1</sync-level><prop><C:calendar-data/></prop></sync-collection>`,
    '0',
  ),
  report(
    'expand-property',
    dav('read'),
    `<expand-property ${D}><property name="owner"><property name="displayname"/></property></expand-property>`,
    '0',
  ),
  report(
    'acl-principal-prop-set',
    dav('read-acl'),
    `<acl-principal-prop-set ${D}><prop><displayname/></prop></acl-principal-prop-set>`,
    '0',
  ),
  report(
    'free-busy-query',
    caldav('read-free-busy'),
    `<C:free-busy-query ${D}><C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>`,
  ),
  {
    name: 'PUT over it',
    method: 'PUT',
    at: 'object',
    needs: dav('write-content'),
    body: secretEvent.replace('Event', 'Changed'),
    headers: ical,
  },
  {name: 'PUT beside it', method: 'PUT', at: 'free', needs: dav('bind'), body: event('beside'), headers: ical},
  {name: 'POST beside it', method: 'POST', at: 'calendar', needs: dav('bind'), body: event('added'), headers: ical},
  {name: 'DELETE', method: 'DELETE', at: 'object', needs: dav('unbind')},
  {name: 'MKCALENDAR', method: 'MKCALENDAR', at: 'new collection', needs: dav('bind')},
  {name: 'MKCOL', method: 'MKCOL', at: 'new collection', needs: dav('bind')},
  {
    name: 'PROPPATCH',
    method: 'PROPPATCH',
    at: 'calendar',
    needs: dav('write-properties'),
    body: `<propertyupdate ${D}><set><prop><displayname>taken</displayname></prop></set></propertyupdate>`,
    headers: xml,
  },
  {
    name: 'ACL',
    method: 'ACL',
    at: 'object',
    needs: dav('write-acl'),
    body: `<acl ${D}/>`,
    headers: {'content-type': 'application/xml'},
  },
  {
    name: 'LOCK',
    method: 'LOCK',
    at: 'object',
    needs: dav('write-content'),
    body: `<lockinfo ${D}><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>`,
    headers: {'content-type': 'application/xml', depth: '0'},
  },
  {name: 'UNLOCK', method: 'UNLOCK', at: 'object', needs: dav('read'), headers: {'lock-token': '<urn:uuid:none>'}},
];

/** What is behind the home in a URL. */
const rest = {object: 'calendar/1.ics', calendar: 'calendar/', free: 'calendar/free.ics', 'new collection': 'new/'};
const encoded = (path: string) => path.replace(/[a-z]/g, letter => `%${letter.charCodeAt(0).toString(16)}`);

/** Ways to write the URL of what is in Ann's home, all of them the same to the server; */
const sameForms: Readonly<Record<string, (path: string, base: string) => string>> = {
  'by GUID': path => `/calendars/__uids__/${guidOf(1)}/${path}`,
  'by name': path => `/calendars/users/ann/${path}`,
  'all encoded': path => `/${encoded('calendars/users/ann/')}${encoded(path)}`,
  'with slashes doubled': path => `//calendars//users///ann//${path.replaceAll('/', '//')}`,
  'with or without a slash at its end': path => `/calendars/users/ann/${path.endsWith('/') ? path.slice(0, -1) : `${path}/`}`,
  'in absolute form': (path, base) => `${base}/calendars/users/ann/${path}`,
  'of another host': path => `http://elsewhere.example/calendars/users/ann/${path}`,
};
/** and ways that name it to nobody, though they go through what the asker has. */
const otherForms: Readonly<Record<string, (path: string, own: string) => string>> = {
  'by dot segments': (path, own) => `/calendars/users/${own}/calendar/../../ann/${path}`,
  'by encoded dot segments': (path, own) => `/calendars/users/${own}/%2e%2e/ann/${path}`,
  'by encoded slashes': (path, own) => `/calendars/users/${own}%2f..%2fann/${path}`,
  'by an encoded slash in a name': path => `/calendars/users%2Fann/${path}`,
  'by backslashes': (path, own) => `/calendars/users/${own}/..%5c..%5cann%5c${path.replaceAll('/', '%5c')}`,
  'by a NUL': path => `/calendars/users/ann%00/${path}`,
  'by letters of another size': path => `/calendars/USERS/ann/${path}`,
  'by names over-long in UTF-8': path => `/calendars/users/%c1%a1nn/${path}`,
};

const served = sharedServer(accounts);
const annsHome = `calendars/${guidOf(1)}` as const;

async function revision() {
  return (await served().store.view(annsHome))!.find('')!.revision;
}

async function restore() {
  const {ann, admin} = served();
  const view = (await served().store.view(annsHome))!;
  for (const {token} of view.locks()) {
    await ann.request('UNLOCK', '/calendars/users/ann/calendar/1.ics', {headers: {'lock-token': `<${token}>`}});
    await admin.request('UNLOCK', '/calendars/users/ann/calendar/1.ics', {headers: {'lock-token': `<${token}>`}});
  }
  if (view.find('new')) await ann.delete('/calendars/users/ann/new/');
  for (const {path} of [...view.members('calendar')])
    if (path !== 'calendar/1.ics') await ann.delete(`/calendars/users/ann/${path}`);
  await ann.put('/calendars/users/ann/calendar/1.ics', secretEvent);
  expect(
    (
      await setAcl(
        ann,
        '/calendars/users/ann/calendar/',
        grant(user(numberOf('granted')), dav('read')),
        grant(element(dav('authenticated')), caldav('read-free-busy')),
      )
    ).status,
  ).toBe(200);
}

beforeAll(async () => {
  const {ann, nobody: _, ...others} = served();
  const group = (kind: string) => `/principals/__uids__/${guidOf(1)}/calendar-proxy-${kind}/`;
  const members = (name: string) => element(dav('group-member-set'), href(`/principals/__uids__/${guidOf(numberOf(name))}/`));
  await ann.proppatch(group('read'), members('reader'));
  await ann.proppatch(group('write'), members('writer'));
  for (const name of Object.keys(accounts)) {
    const client = {...others, ann}[name as keyof typeof accounts] as Client;
    await client.request('MKCALENDAR', `/calendars/users/${name}/copies/`);
    await client.put(`/calendars/users/${name}/copies/own.ics`, event('own'));
  }
  await restore();
});

const own = (asker: Asker) => (asker === 'nobody' ? 'bob' : asker);

async function send(asker: Asker, {method, headers, body = ''}: Pick<Operation, 'method' | 'headers' | 'body'>, path: string) {
  const sent = {
    ...headers,
    ...(asker === 'nobody' ? {} : {authorization: basic(asker)}),
    'content-length': String(Buffer.byteLength(body)),
  };
  return raw(served().base, method, path, sent, body);
}

/** What was refused changed nothing and told nothing. */
async function expectRefused(asker: Asker, answer: {status: number; text: string}, before: number, statuses: readonly number[]) {
  expect(asker === 'nobody' ? [400, 401] : statuses).toContain(answer.status);
  expect(answer.text).not.toContain(secret);
  expect(await revision()).toBe(before);
}

describe.each(askers)('RFC 3744 §3, %s in Ann’s home', asker => {
  test.each(operations)('$name: as the privilege says, whatever the form of the URL', {timeout: 60_000}, async operation => {
    for (const [form, make] of Object.entries(sameForms)) {
      const before = await revision();
      const answer = await send(asker, operation, make(rest[operation.at], served().base));
      const isAllowed = rights[asker].includes(operation.needs);
      if (!isAllowed) await expectRefused(asker, answer, before, [403, 404]);
      // That no lock has such a token, whoever may read is told.
      else
        expect([form, answer.status]).toEqual([
          form,
          operation.method === 'UNLOCK' ? 409 : expect.toSatisfy(status => status < 300),
        ]);
      if ((await revision()) !== before || operation.method === 'LOCK') await restore();
    }
    for (const make of Object.values(otherForms)) {
      const before = await revision();
      const answer = await send(asker, operation, make(rest[operation.at], own(asker)));
      await expectRefused(asker, answer, before, [400, 403, 404, 405, 409]);
    }
  });

  test.each(['COPY', 'MOVE'])(
    '%s takes nothing out and brings nothing in without the privilege',
    {timeout: 60_000},
    async method => {
      const mine = `/calendars/users/${own(asker)}/copies/`;
      const needs = method === 'COPY' ? dav('read') : dav('unbind');
      for (const make of [...Object.values(sameForms), ...Object.values(otherForms)]) {
        const theirs = make(rest.object, asker === 'nobody' ? 'bob' : asker === 'ann' ? served().base : own(asker));
        for (const [from, to, needed] of [
          [theirs, `${mine}taken.ics`, needs],
          [`${mine}own.ics`, theirs.replace('1.ics', 'brought.ics'), dav('bind')],
          [`${mine}own.ics`, theirs, dav('write-content')],
        ] as const) {
          const before = await revision();
          const answer = await send(asker, {method, headers: {destination: to}}, from);
          if (answer.status >= 400) expect(await revision()).toBe(before);
          if (asker !== 'ann' && !rights[asker].includes(needed)) expect(answer.status).toBeGreaterThanOrEqual(400);
          if (answer.status < 300) {
            await restore();
            const client = served()[own(asker) as keyof typeof accounts];
            await client.delete(`${mine}taken.ics`);
            await client.put(`${mine}own.ics`, event('own'));
          }
        }
      }
    },
  );

  test('a report on what is the asker’s own gives nothing of Ann’s by an href', async () => {
    if (asker === 'ann' || asker === 'nobody') return;
    for (const make of [...Object.values(sameForms), ...Object.values(otherForms)]) {
      const named = make(rest.object, own(asker)).replaceAll('&', '&amp;');
      const body = `<C:calendar-multiget ${D}><prop><C:calendar-data/></prop><href>${named}</href></C:calendar-multiget>`;
      for (const at of [`/calendars/users/${asker}/copies/`, `/calendars/users/${asker}/`]) {
        const {status, text} = await send(asker, {method: 'REPORT', headers: xml, body}, at);
        expect([status, text.includes(secret)]).toEqual([207, false]);
      }
    }
  });
});
