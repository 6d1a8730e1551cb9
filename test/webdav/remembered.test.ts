import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as fc from 'fast-check';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {openProxiesFile} from '../../src/accounts/proxies-file.ts';
import {silent} from '../../src/base/log.ts';
import {parseConfig} from '../../src/config/load.ts';
import {createApp} from '../../src/server/app.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {homeFolder} from '../../src/store/file/layout.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import {guidOf} from '../support/serve.ts';

const names = ['ann', 'bob', 'cyd'] as const;
type Name = (typeof names)[number];

/** Two apps over one store: one that remembers answers, one that makes each anew. */
async function apps() {
  const root = await mkdtemp(join(tmpdir(), 'caldav-remembered-'));
  const store = await openFileStore({root, log: silent, index: indexFile});
  const proxies = openProxiesFile(':memory:');
  onTestFinished(async () => {
    proxies[Symbol.dispose]();
    await store.close();
    await rm(root, {recursive: true, force: true});
  });
  const users = names.map(
    (name, at) => `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><password>${name}</password><name>${name}</name></user>`,
  );
  const read = (more = '') => parseDirectory(`<accounts realm="Test">${users.join('')}${more}</accounts>`, 'accounts.xml');
  let directory = read();
  const config = parseConfig({
    plist: {Authentication: {Basic: {Enabled: true}, Digest: {Enabled: false}}, DefaultTimezone: 'UTC'},
    file: '/nowhere/conf/caldavd-dev.plist',
    folder: '/nowhere',
  });
  const looks = vi.spyOn(store, 'view');
  const common = {config, directory: () => directory, proxies: proxies.with, store, log: silent};
  const remembering = createApp(common);
  const forgetful = createApp({...common, rememberedBytes: 0});
  const asker =
    (app: typeof remembering) =>
    async (who: Name, method: string, path: string, sent: Sent = {}) => {
      const {body = '', headers = {}} = sent;
      const response = await app({
        method,
        path,
        query: '',
        headers: {host: 'localhost', authorization: `Basic ${Buffer.from(`${who}:${who}`).toString('base64')}`, ...headers},
        body: Buffer.from(body),
        address: '127.0.0.1',
        secure: false,
      });
      return {status: response.status, headers: response.headers, text: await textOf(response.body)};
    };
  return {
    ask: asker(remembering),
    askAnew: asker(forgetful),
    looks,
    folderOf: (who: Name) => homeFolder(root, `calendars/${guidOf(names.indexOf(who) + 1)}`),
    reload(more: string) {
      directory = read(more);
    },
  };
}

interface Sent {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function textOf(body: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return Buffer.concat(parts).toString();
}

const event = (uid: string, summary: string, more = '') => `BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Test//EN\r
${more}BEGIN:VEVENT\r
UID:${uid}\r
DTSTAMP:20260101T000000Z\r
DTSTART:20260105T100000Z\r
DTEND:20260105T110000Z\r
SUMMARY:${summary}\r
END:VEVENT\r
END:VCALENDAR\r
`;

const propfind = (...properties: string[]) =>
  `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"><D:prop>${properties
    .map(name => `<${name}/>`)
    .join('')}</D:prop></D:propfind>`;
const query = `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>
<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20260101T000000Z" end="20260201T000000Z"/></C:comp-filter>
</C:comp-filter></C:filter></C:calendar-query>`;
const sync = `<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`;

const calendar = '/calendars/users/ann/calendar/';
const reads: readonly (readonly [method: string, path: string, sent?: Sent])[] = [
  ['PROPFIND', calendar, {body: propfind('D:displayname', 'CS:getctag', 'D:sync-token'), headers: {depth: '0'}}],
  ['PROPFIND', calendar, {body: propfind('D:getetag', 'D:lockdiscovery', 'D:acl'), headers: {depth: '1'}}],
  ['PROPFIND', '/calendars/users/ann/', {body: propfind('D:current-user-privilege-set', 'CS:getctag'), headers: {depth: '1'}}],
  [
    'PROPFIND',
    '/principals/users/ann/',
    {body: propfind('D:displayname', 'CS:calendar-proxy-write-for', 'D:group-membership'), headers: {depth: '0'}},
  ],
  ['PROPFIND', '/principals/users/bob/', {body: propfind('CS:calendar-proxy-write-for'), headers: {depth: '0'}}],
  ['REPORT', calendar, {body: query, headers: {depth: '1'}}],
  ['REPORT', calendar, {body: sync, headers: {depth: '0'}}],
  ['GET', `${calendar}a.ics`],
  ['HEAD', `${calendar}b.ics`],
  ['OPTIONS', calendar],
];

type Change = (world: Awaited<ReturnType<typeof apps>>) => Promise<unknown>;
const resource = fc.constantFrom('a', 'b', 'c');
const asAnn =
  (method: string, path: string, sent: Sent = {}): Change =>
  ({ask}) =>
    ask('ann', method, path, sent);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        resource,
        fc.nat(9),
        fc.constantFrom('', 'X-CALENDARSERVER-ACCESS:PRIVATE\r\n', 'X-CALENDARSERVER-ACCESS:RESTRICTED\r\n'),
      )
      .map(([name, number, access]) => asAnn('PUT', `${calendar}${name}.ics`, {body: event(name, `number ${number}`, access)})),
  },
  resource.map(name => asAnn('DELETE', `${calendar}${name}.ics`)),
  fc.nat(9).map(number =>
    asAnn('PROPPATCH', calendar, {
      body: `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>${number}</D:displayname></D:prop></D:set></D:propertyupdate>`,
    }),
  ),
  fc.constantFrom('read', 'all', 'read-free-busy').map(privilege =>
    asAnn('ACL', calendar, {
      body: `<D:acl xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:ace><D:principal><D:href>/principals/users/bob/</D:href></D:principal>
<D:grant><D:privilege><${privilege === 'read-free-busy' ? 'C' : 'D'}:${privilege}/></D:privilege></D:grant></D:ace></D:acl>`,
    }),
  ),
  fc.constantFrom('bob', 'cyd', '').map(name =>
    asAnn('PROPPATCH', '/principals/users/ann/calendar-proxy-write/', {
      body: `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:group-member-set>${
        name && `<D:href>/principals/users/${name}/</D:href>`
      }</D:group-member-set></D:prop></D:set></D:propertyupdate>`,
    }),
  ),
  fc.constant<Change>(async ({ask, askAnew}) => {
    const lock =
      '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
    const {headers} = await ask('ann', 'LOCK', `${calendar}a.ics`, {body: lock, headers: {timeout: 'Second-1000'}});
    await askAnew('ann', 'PROPFIND', calendar, {headers: {depth: '1'}});
    if (headers?.['lock-token'])
      await ask('ann', 'UNLOCK', `${calendar}a.ics`, {headers: {'lock-token': String(headers['lock-token'])}});
  }),
  fc.constant(asAnn('MOVE', `${calendar}a.ics`, {headers: {destination: `http://localhost${calendar}c.ics`}})),
  fc.nat(9).map(
    (number): Change =>
      async ({reload}) => {
        reload(
          `<group><uid>club</uid><guid>${guidOf(50)}</guid><name>club ${number}</name><members><member type="users">ann</member></members></group>`,
        );
      },
  ),
  fc.constant(asAnn('DELETE', calendar)),
  fc.constant(asAnn('MKCALENDAR', calendar)),
);

describe('answers that are remembered', () => {
  test('are those that would be made anew, whatever has changed meanwhile and whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 6}), async changes => {
        const world = await apps();
        await world.ask('ann', 'PROPFIND', '/calendars/users/ann/', {headers: {depth: '1'}});
        for (const work of [async () => {}, ...changes]) {
          await work(world);
          for (const [method, path, sent] of reads) {
            for (const who of names) {
              const [first, again] = [await world.ask(who, method, path, sent), await world.ask(who, method, path, sent)];
              const anew = await world.askAnew(who, method, path, sent);
              expect([method, path, who, first]).toEqual([method, path, who, anew]);
              expect(again).toEqual(anew);
            }
          }
        }
      }),
      {numRuns: Number(process.env.CALDAV_TEST_RUNS ?? 3)},
    );
  }, 120_000);

  test('cost one look at the home', async () => {
    const {ask, looks} = await apps();
    await ask('ann', 'PUT', `${calendar}a.ics`, {body: event('a', 'one')});
    const [method, path, sent] = reads[0]!;
    const first = await ask('ann', method, path, sent);
    looks.mockClear();
    expect(await ask('ann', method, path, sent)).toEqual(first);
    expect(looks).toHaveBeenCalledTimes(1);
  });

  test('are shared by those who ask the same in the same moment', async () => {
    const {ask, looks} = await apps();
    await ask('ann', 'PUT', `${calendar}a.ics`, {body: event('a', 'one')});
    const [method, path, sent] = reads[5]!;
    await ask('ann', method, path, sent);
    looks.mockClear();
    const all = await Promise.all(Array.from({length: 20}, () => ask('ann', method, path, sent)));
    expect(new Set(all.map(({text}) => text)).size).toBe(1);
    expect(looks.mock.calls.length).toBeLessThan(5);
  });

  test('give way when a file was changed by hand', async () => {
    const {ask, folderOf} = await apps();
    await ask('ann', 'PUT', `${calendar}a.ics`, {body: event('a', 'by the client')});
    const get = () => ask('ann', 'GET', `${calendar}a.ics`);
    expect((await get()).text).toContain('by the client');
    const file = join(folderOf('ann'), 'calendar', 'a.ics');
    await vi.waitFor(() => writeFile(file, event('a', 'by an editor!'), {flag: 'r+'}), {timeout: 20_000});
    await vi.waitFor(async () => expect((await get()).text).toContain('by an editor!'), {timeout: 20_000});
  });

  test('an answer made while the home changed is not given to those who ask after the change', async () => {
    const {ask, askAnew} = await apps();
    await ask('ann', 'PUT', `${calendar}a.ics`, {body: event('a', 'number 0')});
    const [method, path, sent] = reads[5]!;
    for (let number = 1; number < 30; number++) {
      const before = ask('ann', method, path, sent);
      await askAnew('ann', 'PUT', `${calendar}a.ics`, {body: event('a', `number ${number}`)});
      expect((await ask('ann', method, path, sent)).text).toContain(`number ${number}`);
      await before;
    }
  });
});
