import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {type Element, element, isElement, text} from '../../src/xml/element.ts';
import {caldav, dav, type Name} from '../../src/xml/names.ts';
import type {Answer, Client} from '../support/client.ts';
import {calendar, event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const records = `<user><uid>büro 1</uid><guid>2000A000-0000-0000-0000-000000000001</guid><password>x</password><name>Büro &amp; Söhne</name></user>
<group><uid>staff</uid><guid>2000A000-0000-0000-0000-000000000002</guid><name>Staff</name>
<members><member type="users">ann</member><member type="users">bob</member></members></group>
<location><uid>room#1</uid><guid>2000A000-0000-0000-0000-000000000003</guid><name>Room #1</name>
<proxies><member type="users">ann</member></proxies><read-only-proxies><member type="groups">staff</member></read-only-proxies></location>`;

/** All hrefs in an answer, wherever they stand, but for RFC 5995's: that one is for POST alone. */
function* hrefsIn(of: Element): Generator<string> {
  if (of.name === dav('add-member')) return;
  if (of.name === dav('href')) yield text(of).trim();
  for (const child of of.children) if (isElement(child)) yield* hrefsIn(child);
}

/** The path of an href on this server; undefined: it is an address or another server's. */
function pathOf(href: string, {base}: Client): string | undefined {
  if (href.startsWith('/')) return href;
  return href.startsWith(base) ? href.slice(base.length) : undefined;
}

const any = fc.oneof(fc.string({unit: 'grapheme', minLength: 1, maxLength: 12}), fc.string({minLength: 1, maxLength: 12}));
/** What a resource can be called. */
const name = any.filter(each => {
  const printed = encodeURIComponent(each.isWellFormed() ? each : '');
  return printed !== '' && !/^\.|[/\u0000-\u001f\u007f-\u009f]/.test(each) && Buffer.byteLength(each) < 150;
});

const range = {start: '20260101T000000Z', end: '20270101T000000Z'};
const prop = element(dav('prop'), element(dav('getetag')), element(caldav('calendar-data')));
const filter = element(caldav('filter'), {name: caldav('comp-filter'), attributes: {name: 'VCALENDAR'}, children: []});

/** What can be asked of anything by REPORT; a resource that does not support one says so. */
const reports: readonly Element[] = [
  element(dav('sync-collection'), element(dav('sync-token')), element(dav('sync-level'), '1'), prop),
  element(caldav('calendar-query'), prop, filter),
  element(caldav('free-busy-query'), {name: caldav('time-range'), attributes: range, children: []}),
  element(dav('principal-match'), element(dav('self')), element(dav('prop'), element(dav('displayname')))),
  element(dav('acl-principal-prop-set'), element(dav('prop'), element(dav('displayname')))),
  element(dav('principal-search-property-set')),
  element(
    dav('expand-property'),
    ...[dav('current-user-principal'), dav('owner'), dav('group-member-set'), dav('group-membership')].map(each => ({
      name: dav('property'),
      attributes: {name: each.slice(each.indexOf('}') + 1)},
      children: [{name: dav('property'), attributes: {name: 'displayname'}, children: []}],
    })),
  ),
];

/** The properties that an answer to DAV:propname lists. */
function namesIn({responses}: Answer, href: string): Name[] {
  return [...(responses.get(href) ?? [...responses.values()][0])!.properties.keys()];
}

/** Follows every href from `/` on, asking each resource for all it has; answers all that were reached. */
async function crawl(ann: Client): Promise<Set<string>> {
  const reached = new Set<string>(['/']);
  const waiting = ['/'];
  const follow = (answer: Answer) => {
    for (const href of answer.xml ? hrefsIn(answer.xml) : []) {
      const path = pathOf(href, ann);
      if (path === undefined || reached.has(path)) continue;
      reached.add(path);
      waiting.push(path);
    }
  };
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const names = await ann.request('PROPFIND', path, {depth: 0, body: element(dav('propfind'), element(dav('propname')))});
    // What may not be read says so; nothing that is named may be missing.
    if (names.status === 403) continue;
    expect([path, names.status]).toEqual([path, 207]);
    const all = await ann.propfind(path, 1, ...namesIn(names, path));
    expect([path, all.status]).toEqual([path, 207]);
    follow(all);
    for (const body of reports) {
      const answer = await ann.report(path, body, '1');
      expect([path, body.name, answer.status >= 500 ? answer.text : '']).toEqual([path, body.name, '']);
      follow(answer);
      for (const {properties} of answer.responses.values()) {
        const data = properties.get(caldav('calendar-data'));
        if (data) parseCalendar(text(data));
      }
    }
    const got = await ann.get(path);
    expect([path, got.status]).toEqual([path, 200]);
    if (got.headers.get('content-type')?.startsWith('text/calendar') && got.text !== '') parseCalendar(got.text);
  }
  return reached;
}

describe('every answer parses, and every href in it leads to something', () => {
  test('from the root to the last object, whatever the names', {timeout: 300_000}, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          calendar: name,
          folder: name,
          objects: fc.uniqueArray(name, {minLength: 1, maxLength: 5, selector: each => each.normalize('NFC')}),
        }),
        async ({calendar: calendarName, folder, objects}) => {
          const {ann, close} = await serve({ann: [], bob: []}, {records, keep: true});
          try {
            const at = `/calendars/users/ann/c${encodeURIComponent(calendarName)}/`;
            const files = `/calendars/users/ann/f${encodeURIComponent(folder)}/`;
            const displayname = element(dav('displayname'), calendarName);
            const set = element(dav('set'), element(dav('prop'), displayname));
            expect((await ann.request('MKCALENDAR', at, {body: element(caldav('mkcalendar'), set)})).status).toBe(201);
            expect((await ann.request('MKCOL', files)).status).toBe(201);
            for (const [index, object] of objects.entries()) {
              const url = `${at}${encodeURIComponent(object)}`;
              const override = calendar(
                'BEGIN:VEVENT',
                `UID:${index}`,
                'DTSTAMP:20261101T000000Z',
                'DTSTART;VALUE=DATE:20260101',
                'RRULE:FREQ=WEEKLY',
                `SUMMARY:${object.replace(/[\\;,]/g, '\\$&')}`,
                'END:VEVENT',
              );
              expect([url, (await ann.put(url, index % 2 ? event(String(index)) : override)).status]).toEqual([url, 201]);
              expect(
                (await ann.put(`${files}${encodeURIComponent(object)}`, 'text', {'content-type': 'text/plain'})).status,
              ).toBe(201);
            }
            const reached = await crawl(ann);
            const members = [...reached].filter(
              path => decodeURIComponent(path).includes(`/c${calendarName}/`) && !path.endsWith('/'),
            );
            expect(new Set(members.map(path => decodeURIComponent(path.split('/').at(-1)!).normalize('NFC'))).size).toBe(
              objects.length,
            );
          } finally {
            await close();
          }
        },
      ),
      {numRuns: 8},
    );
  });
});
