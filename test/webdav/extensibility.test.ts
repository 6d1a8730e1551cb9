import {describe, expect, test} from 'vitest';
import {caldav, dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';
const path = `${home}calendar/`;
const object = `${path}1.ics`;
const headers = {'content-type': 'application/xml; charset=utf-8', depth: '1'};
const declarations = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:X="urn:example:future"';

/** Bodies as the RFCs have them, with `?` where something unknown may stand, and `%` where an unknown attribute may. */
const bodies: readonly (readonly [method: string, at: string, body: string])[] = [
  ['PROPFIND', path, '<D:propfind %>?<D:prop %><D:getetag %/></D:prop>?</D:propfind>'],
  ['PROPFIND', path, '<D:propfind %>?<D:allprop %>?</D:allprop>?<D:include %><D:getetag/></D:include></D:propfind>'],
  ['PROPFIND', path, '<D:propfind %>?<D:propname %>?</D:propname></D:propfind>'],
  [
    'PROPPATCH',
    path,
    '<D:propertyupdate %>?<D:set %>?<D:prop %><D:displayname>x</D:displayname></D:prop>?</D:set>?</D:propertyupdate>',
  ],
  ['MKCOL', `${home}new/`, '<D:mkcol %>?<D:set %>?<D:prop %><D:displayname>x</D:displayname></D:prop></D:set>?</D:mkcol>'],
  [
    'MKCALENDAR',
    `${home}new/`,
    '<C:mkcalendar %>?<D:set %>?<D:prop %><D:displayname>x</D:displayname></D:prop></D:set>?</C:mkcalendar>',
  ],
  [
    'REPORT',
    path,
    '<D:sync-collection %>?<D:sync-token %/>?<D:sync-level %>1</D:sync-level><D:prop %><D:getetag/></D:prop>?</D:sync-collection>',
  ],
  ['REPORT', path, `<C:calendar-multiget %>?<D:prop %><D:getetag/></D:prop>?<D:href %>${object}</D:href>?</C:calendar-multiget>`],
  [
    'REPORT',
    home,
    '<D:expand-property %>?<D:property name="owner" %>?<D:property name="displayname"/></D:property>?</D:expand-property>',
  ],
];

/** What differs from one server to the next, and with the clock. */
const same = (body: string) =>
  body
    .replace(/data:,\d+/g, '')
    .replace(/"r\d+"/g, '')
    .replace(/[\d-]+T[\d:.]+Z/g, '')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT/g, '')
    .replace(/urn:uuid:[\da-f-]+/g, '');

describe('RFC 4918 §17 XML extensibility', () => {
  test.each(bodies)('%s of %s answers as if what it does not know were not there: %s', async (method, at, body) => {
    const ask = async (known: string) => {
      const {ann} = await serve({ann: [event('1')]});
      const {status, text} = await ann.request(method, at, {headers, body: known});
      return {status, body: same(text)};
    };
    const root = body.replace('%', `% ${declarations}`);
    const plain = await ask(root.replaceAll('?', '').replaceAll('%', ''));
    const unknown = '<X:unknown X:a="b"><D:prop><D:href>/</D:href></D:prop><X:more/></X:unknown><!-- a comment --><?a pi?>';
    const extended = root.replaceAll('%', 'X:unknown="y" unknown="x"').replaceAll('?', unknown);
    expect(await ask(extended)).toEqual(plain);
    expect(plain.status).toBeLessThan(300);
  });

  test('names are told by namespace and not by prefix, and elements of none are not WebDAV’s (§8.2)', async () => {
    const {ann} = await serve({ann: []});
    const ask = (body: string) => ann.request('PROPFIND', path, {headers: {...headers, depth: '0'}, body});
    const odd =
      '<p:propfind xmlns:p="DAV:"><prop xmlns="DAV:"><q:calendar-description xmlns:q="urn:ietf:params:xml:ns:caldav"/><D xmlns="DAV"/></prop></p:propfind>';
    const {refused} = (await ask(odd)).responses.get(path)!;
    expect([...refused.keys()]).toEqual([caldav('calendar-description'), '{DAV}D']);
    expect((await ask('<propfind><prop><getetag/></prop></propfind>')).status).toBe(400);
    expect((await ask('<D:propfind xmlns:D="dav:"><D:prop/></D:propfind>')).status).toBe(400);
    const {properties} = (await ask('<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>')).responses.get(path)!;
    expect([...properties.keys()]).toEqual([dav('resourcetype')]);
  });
});
