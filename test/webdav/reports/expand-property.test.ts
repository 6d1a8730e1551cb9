import {describe, expect, test} from 'vitest';
import {child, type Element, elements, text} from '../../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {ann, D, dora, records, staff} from '../people.ts';

const report = (inner: string) => `<D:expand-property xmlns:D="DAV:">${inner}</D:expand-property>`;

const [me, home] = ['/principals/users/ann/', '/calendars/users/ann/'];
const uids = (tree: string) => `/${tree}/__uids__/${guidOf(1)}/`;
const homeSet = (inner: string) =>
  `<D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav">${inner}</D:property>`;

/** The DAV:response elements that stand in a property in place of hrefs: each with its href and what follows that. */
const within = (property: Element | undefined) =>
  elements(property!, dav('response')).map(response => [
    text(child(response, dav('href'))!),
    ...elements(response)
      .slice(1)
      .map(part => (part.name === dav('status') ? text(part) : elements(child(part, dav('prop'))!))),
  ]);

describe('RFC 3253 §3.8 DAV:expand-property', () => {
  test('an href in a property gives way to a response with the properties of what it names, at every level asked for', async () => {
    const {ann} = await serve({ann: []});
    const body = report(`<D:property name="displayname"/>
<D:property name="owner"><D:property name="displayname"/>${homeSet('<D:property name="resourcetype"/>')}</D:property>`);
    const {properties} = (await ann.report(home, body, '0')).responses.get(home)!;
    expect(text(properties.get(dav('displayname'))!)).toBe('ann');
    const [[href, [name, homes]]] = within(properties.get(dav('owner'))) as [[string, [Element, Element]]];
    expect([href, text(name)]).toEqual([uids('principals'), 'ann']);
    const [[inner, [type]]] = within(homes) as [[string, [Element]]];
    expect([inner, elements(type).map(each => each.name)]).toEqual([uids('calendars'), [dav('collection')]]);
  });

  test('a property without any in it is given as PROPFIND gives it; one that is not there is 404', async () => {
    const {ann} = await serve({ann: []});
    const body = report(`${homeSet('')}<D:property name="getetag"/><D:property name="none"><D:property name="x"/></D:property>`);
    const {properties, refused} = (await ann.report(me, body, '0')).responses.get(me)!;
    expect(text(child(properties.get(caldav('calendar-home-set'))!, dav('href'))!)).toBe(uids('calendars'));
    expect(refused).toEqual(
      new Map([
        [dav('getetag'), 404],
        [dav('none'), 404],
      ]),
    );
  });

  test('what the one who asks may not read is 403, and nothing is told of it', async () => {
    const {bob} = await serve({ann: [], bob: []});
    const {properties} = (await bob.report(me, report(homeSet('<D:property name="displayname"/>')), '0')).responses.get(me)!;
    expect(within(properties.get(caldav('calendar-home-set')))).toEqual([[uids('calendars'), 'HTTP/1.1 403 Forbidden']]);
  });

  test('Prefer: return=minimal holds at every level (RFC 8144 §2.2)', async () => {
    const {ann} = await serve({ann: []});
    const body = report('<D:property name="none"/><D:property name="owner"><D:property name="none"/></D:property>');
    const headers = {prefer: 'return=minimal', 'content-type': 'application/xml'};
    const answer = await ann.request('REPORT', home, {body, headers, depth: 0});
    expect([answer.headers.get('preference-applied'), answer.text.includes('404')]).toEqual(['return=minimal', false]);
  });

  test('a property without a name, or with one that is none, is 400', async () => {
    const {ann} = await serve({ann: []});
    for (const property of ['<D:property/>', '<D:property name=""/>', '<D:property name="a b"/>', '<D:property name="&lt;"/>']) {
      expect((await ann.report(me, report(property), '0')).status).toBe(400);
    }
  });
});

describe('RFC 3253 §3.8 DAV:expand-property, what is meant to hurt', () => {
  test('more properties than are asked for in earnest are refused', async () => {
    const {ann} = await serve({ann: []});
    const names = Array.from({length: 1001}, (_, at) => `<D:property name="x${at}"/>`).join('');
    expect((await ann.report('/principals/users/ann/', report(names), '0')).status).toBe(400);
  });

  test('properties that lead to each other are followed so far, and the rest is refused: 507', async () => {
    const {ann} = await serve({ann: []});
    let inner = Array.from({length: 1000}, (_, at) => `<D:property name="x${at}"/>`).join('');
    for (let depth = 0; depth < 8; depth++) {
      inner = `<D:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav">${inner}</D:property>`;
    }
    const {status, text: body, responses} = await ann.report('/principals/users/ann/', report(inner), '0');
    expect(status).toBe(207);
    expect(responses.get('/principals/users/ann/')!.properties.has(caldav('calendar-user-address-set'))).toBe(true);
    expect(body).toContain('HTTP/1.1 507');
    expect(body).toContain('number-of-matches-within-limits');
  });
});

describe('RFC 3253 §3.8 DAV:expand-property of principals', () => {
  test('hrefs in values are answered with properties of what they name, to any depth', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = parseXml(`<D:expand-property ${D}><D:property name="displayname"/>
<D:property name="group-membership"><D:property name="displayname"/>
<D:property name="group-member-set"><D:property name="displayname"/><D:property name="nothing" namespace="urn:x"/></D:property></D:property></D:expand-property>`);
    const {responses} = await client.report('/principals/users/ann/', body, '0');
    const {properties} = responses.get('/principals/users/ann/')!;
    expect(text(properties.get(dav('displayname'))!)).toBe('ann');
    const [group] = elements(properties.get(dav('group-membership'))!, dav('response'));
    expect(text(elements(group!, dav('href'))[0]!)).toBe(staff);
    const prop = elements(elements(group!, dav('propstat'))[0]!, dav('prop'))[0]!;
    expect(text(elements(prop, dav('displayname'))[0]!)).toBe('Staff');
    const members = elements(elements(prop, dav('group-member-set'))[0]!, dav('response'));
    expect(members.map(member => text(elements(member, dav('href'))[0]!)).sort()).toEqual([ann, dora].sort());
    expect(elements(members[0]!, dav('propstat')).map(each => text(elements(each, dav('status'))[0]!))).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 Not Found',
    ]);
  });

  test('properties that lead to each other are cut off, not followed for ever', async () => {
    const many = Array.from(
      {length: 40},
      (_, at) =>
        `<user><uid>u${at}</uid><guid>30000000-0000-0000-0000-0000000000${at + 10}</guid><password>x</password><name>U</name></user>`,
    );
    const group = `<group><uid>all</uid><guid>30000000-0000-0000-0000-000000000001</guid><name>All</name><members>${many.map((_, at) => `<member type="users">u${at}</member>`).join('')}</members></group>`;
    const {ann: client} = await serve({ann: []}, {records: many.join('') + group});
    const nest = (levels: number): string =>
      levels === 0
        ? '<D:property name="displayname"/>'
        : `<D:property name="group-member-set"><D:property name="group-membership">${nest(levels - 1)}</D:property></D:property>`;
    const {status, text: body} = await client.report(
      '/principals/groups/all/',
      parseXml(`<D:expand-property ${D}>${nest(10)}</D:expand-property>`),
      '0',
    );
    expect(status).toBe(207);
    expect(body).toContain('507');
    expect(body.length).toBeLessThan(1_000_000);
  });

  test('what is not there is 404 in its place; values without hrefs stay as they are', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = parseXml(`<D:expand-property ${D}><D:property name="resourcetype"><D:property name="displayname"/></D:property>
<D:property name="email-address-set" namespace="http://calendarserver.org/ns/"><D:property name="displayname"/></D:property></D:expand-property>`);
    const {properties} = (await client.report('/principals/users/ann/', body, '0')).responses.get('/principals/users/ann/')!;
    expect(elements(properties.get(dav('resourcetype'))!).map(({name}) => name)).toContain(dav('principal'));
    expect(text(properties.get(calendarserver('email-address-set'))!)).toContain('ann@example.com');
  });
});
