import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {type Log, silent} from '../../src/base/log.ts';
import {protocol} from '../../src/server/protocol.ts';
import {createDispatch} from '../../src/webdav/dispatch.ts';
import {type Element, element} from '../../src/xml/element.ts';
import {apple, caldav, calendarserver, dav, type Name} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import {printXml} from '../../src/xml/print.ts';
import {event} from '../support/events.ts';
import {memoryStore} from '../support/memory-store.ts';
import {noProxies} from '../support/no-proxies.ts';

const directory = parseDirectory(
  `<accounts realm="T"><user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid><password>x</password><name>A</name></user>
<user><uid>bob</uid><guid>10000000-0000-0000-0000-000000000002</guid><password>x</password><name>B</name></user></accounts>`,
  'accounts.xml',
);
const limits = {
  maxResourceSizeBytes: 10_000,
  maxInstances: 100,
  maxAttendeesPerInstance: 10,
  maxCollectionsPerHome: 10,
  maxResourcesPerCollection: 10,
  quotaBytes: 100_000,
};

const segment = fc.constantFrom(
  'calendar',
  'tasks',
  'a',
  'b',
  '1.ics',
  '2.ics',
  'x.txt',
  ';add-member',
  '%2e%2e',
  '%00',
  'gr%C3%BC',
  '',
  '.x',
);
const usual = fc.constantFrom('calendar', 'tasks', 'a', '1.ics', 'x.txt');
const path = fc.oneof(
  {weight: 6, arbitrary: fc.array(usual, {maxLength: 2}).map(names => `/calendars/users/ann/${names.join('/')}`)},
  fc.array(segment, {maxLength: 4}).map(names => `/calendars/users/ann/${names.join('/')}`),
  fc.constantFrom(
    '/',
    '*',
    '/principals/',
    '/principals/users/ann/',
    '/principals/users/ann/calendar-proxy-write/',
    '/principals/__uids__/',
    '/calendars/',
    '/calendars/users/bob/calendar/',
  ),
);
const names: readonly Name[] = [
  ...[
    'propfind',
    'prop',
    'allprop',
    'propname',
    'include',
    'propertyupdate',
    'set',
    'remove',
    'mkcol',
    'resourcetype',
    'collection',
  ].map(dav),
  ...[
    'displayname',
    'getetag',
    'acl',
    'owner',
    'sync-collection',
    'sync-token',
    'sync-level',
    'limit',
    'nresults',
    'href',
    'self',
  ].map(dav),
  ...[
    'expand-property',
    'property',
    'principal-match',
    'principal-property',
    'principal-property-search',
    'property-search',
    'match',
  ].map(dav),
  ...[
    'mkcalendar',
    'calendar',
    'calendar-query',
    'calendar-multiget',
    'free-busy-query',
    'filter',
    'comp-filter',
    'prop-filter',
  ].map(caldav),
  ...[
    'time-range',
    'text-match',
    'is-not-defined',
    'calendar-data',
    'expand',
    'comp',
    'supported-calendar-component-set',
    'timezone',
  ].map(caldav),
  ...['calendar-timezone', 'calendar-description'].map(caldav),
  calendarserver('getctag'),
  apple('calendar-color'),
  '{}none',
];
const words = fc.constantFrom(
  '',
  'x',
  '1',
  '-1',
  'data:,1',
  'infinite',
  'VEVENT',
  '/calendars/users/ann/calendar/1.ics',
  '20260101T000000Z',
  'DAV:',
  'group-membership',
  '\u{1f389}',
);
const attributes = fc.dictionary(fc.constantFrom('name', 'namespace', 'start', 'end', 'test', 'collation', 'match-type'), words, {
  maxKeys: 2,
});
const {tree} = fc.letrec<{tree: Element}>(tie => ({
  tree: fc.record({
    name: fc.constantFrom(...names),
    attributes,
    children: fc.array(fc.oneof({depthSize: 'small', withCrossShrink: true}, words, tie('tree')), {maxLength: 4}),
  }) as fc.Arbitrary<Element>,
}));
/** Documents that are nearly right: what each root holds at first, then anything. */
const roots: readonly (readonly [root: Name, ...holds: Name[]])[] = [
  [dav('propfind'), dav('prop')],
  [dav('propfind'), dav('allprop'), dav('include')],
  [dav('propertyupdate'), dav('set')],
  [dav('mkcol'), dav('set')],
  [caldav('mkcalendar'), dav('set')],
  [dav('sync-collection'), dav('sync-token'), dav('prop')],
  [dav('sync-collection'), dav('sync-token'), dav('sync-level'), dav('limit'), dav('prop')],
  [dav('expand-property'), dav('property')],
  [dav('principal-match'), dav('self'), dav('prop')],
  [dav('principal-match'), dav('principal-property'), dav('prop')],
  [dav('principal-property-search'), dav('property-search'), dav('prop')],
  [dav('principal-search-property-set')],
  [dav('acl-principal-prop-set'), dav('prop')],
  [dav('lockinfo'), dav('lockscope'), dav('locktype'), dav('owner')],
  [caldav('calendar-query'), dav('prop'), caldav('filter')],
  [caldav('calendar-multiget'), dav('prop'), dav('href')],
  [caldav('free-busy-query'), caldav('time-range')],
];
const document = fc
  .tuple(fc.constantFrom(...roots), fc.array(fc.array(tree, {maxLength: 3}), {minLength: 5, maxLength: 5}))
  .map(([[root, ...holds], inner]) =>
    element(
      root,
      ...holds.map((name, at) => element(name, ...(name === dav('set') ? [element(dav('prop'), ...inner[at]!)] : inner[at]!))),
    ),
  );
const body = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    event('1'),
    event('2'),
    event('1').replace('DTSTART', 'DTEND'),
    '<a',
    printXml(element(dav('propfind'), element(dav('allprop')))),
    ...[dav('exclusive'), dav('shared')].map(scope =>
      printXml(
        element(
          dav('lockinfo'),
          element(dav('lockscope'), element(scope)),
          element(dav('locktype'), element(dav('write'))),
          element(dav('owner'), 'x'),
        ),
      ),
    ),
  ),
  tree.map(root => printXml(root)),
  document.map(root => printXml(root)),
  document.map(root => printXml(root)),
);
const anyHeaders = fc.record(
  {
    depth: fc.constantFrom('0', '1', 'infinity', '', 'x'),
    destination: fc.oneof(path, fc.constantFrom('http://x/calendars/users/ann/b', 'http://y/', '', 'x')),
    overwrite: fc.constantFrom('T', 'F', 'x'),
    'if-match': fc.constantFrom('*', '"x"', ''),
    'if-none-match': fc.constantFrom('*', '"x"', ''),
    'if-modified-since': fc.constantFrom('x', 'Sun, 01 Mar 2026 10:00:00 GMT'),
    if: fc.constantFrom('', '(<a>)', '(Not <a>)', '(["x"])', '</> (["x"])', '</%00> (Not ["x"])'),
    'lock-token': fc.constantFrom('<a>', 'a', ''),
    timeout: fc.constantFrom('Infinite', 'Second-0', 'Second-x', ''),
    prefer: fc.constantFrom('return=minimal', 'return=representation', 'depth-noroot', ','),
    'content-type': fc.constantFrom(
      'text/calendar; charset=utf-8',
      'text/xml',
      'application/xml',
      '',
      'x',
      'text/calendar; charset=utf-16',
    ),
    'content-encoding': fc.constantFrom('identity', 'gzip'),
    forwarded: fc.constantFrom('host=x', 'for=1;host="y:1"', ';;'),
  },
  {requiredKeys: []},
);
/** Seldom more than what the method needs, or everything would end at a condition. */
const headers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({depth: fc.constantFrom('0', '1'), destination: path, 'content-type': fc.constant('text/calendar')}),
  },
  {weight: 3, arbitrary: fc.record({destination: path})},
  anyHeaders,
);
const request = fc.record({
  method: fc.constantFrom(...protocol.methods.keys()),
  path,
  headers,
  body,
  query: fc.constantFrom('', 'add-member', 'x=1'),
});

test('no request whatever is a fault of the server, and every XML answered is XML', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, {minLength: 1, maxLength: 12}), async requests => {
      const faults: unknown[] = [];
      const log: Log = {...silent, error: details => faults.push(details)};
      const store = memoryStore();
      const dispatch = createDispatch({
        protocol,
        store,
        directory,
        limits,
        log,
        proxies: noProxies,
        adminPrincipals: [],
        readPrincipals: [],
      });
      for (const each of requests) {
        const answer = await dispatch(
          {...each, headers: {host: 'x', ...each.headers}, body: Buffer.from(each.body), address: '127.0.0.1', secure: false},
          directory.findByName('users', 'ann'),
        );
        expect(faults).toEqual([]);
        expect(answer.status).not.toBe(500);
        let text = '';
        if (typeof answer.body === 'string') text = answer.body;
        else if (answer.body && !(answer.body instanceof Uint8Array)) for await (const part of answer.body) text += part;
        if (/\bxml\b/.test(String(answer.headers?.['content-type'])) && each.method !== 'HEAD' && text) parseXml(text);
      }
    }),
    {numRuns: 400},
  );
});
