import {describe, expect, test} from 'vitest';
import {type Element, element, elements, text} from '../../../src/xml/element.ts';
import {caldav, calendarserver, dav, type Name} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';

const records = `<user><uid>dora</uid><guid>20000000-0000-0000-0000-000000000001</guid><password>dora</password><name>Dora Álvarez</name><first-name>Dora</first-name><last-name>Álvarez</last-name>
<email-address>dora@example.com</email-address></user>
<group><uid>staff</uid><guid>20000000-0000-0000-0000-000000000002</guid><name>Staff</name>
<members><member type="users">dora</member><member type="users">ann</member></members></group>
<location><uid>room</uid><guid>20000000-0000-0000-0000-000000000003</guid><name>Room of Dora</name></location>`;

const uids = (guid: string) => `/principals/__uids__/${guid}/`;
const dora = uids('20000000-0000-0000-0000-000000000001');
const staff = uids('20000000-0000-0000-0000-000000000002');
const room = uids('20000000-0000-0000-0000-000000000003');
const ann = uids(guidOf(1));

const D = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"';

const search = (name: string, match: string, attributes = '', more = '') =>
  parseXml(`<D:principal-property-search ${D} ${attributes}><D:property-search><D:prop><${name}/></D:prop><D:match>${match}</D:match>
</D:property-search>${more}<D:prop><D:displayname/></D:prop></D:principal-property-search>`);

describe('RFC 3744 §9.4 DAV:principal-property-search', () => {
  test('finds by part of a name, whatever its case, and gives the properties asked for', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {status, responses} = await client.report('/principals/', search('D:displayname', 'dOrA'), '0');
    expect(status).toBe(207);
    expect([...responses.keys()]).toEqual([dora, room]);
    expect(text(responses.get(dora)!.properties.get(dav('displayname'))!)).toBe('Dora Álvarez');
  });

  test('below one type it finds that type; asked for everywhere, all', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const only = await client.report('/principals/users/', search('D:displayname', 'álva'), '0');
    expect([...only.responses.keys()]).toEqual(['/principals/users/dora/']);
    const everywhere = search('D:displayname', 'dora', '', '<D:apply-to-principal-collection-set/>');
    expect([...(await client.report('/principals/users/', everywhere, '0')).responses.keys()]).toEqual([dora, room]);
    expect([...(await client.report('/', search('D:displayname', 'dora'), '0')).responses.keys()]).toEqual([dora, room]);
  });

  test('all searches must match, or any where test="anyof" says so', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const second = '<D:property-search><D:prop><D:displayname/></D:prop><D:match>staff</D:match></D:property-search>';
    const all = await client.report('/principals/', search('D:displayname', 'dora', '', second), '0');
    expect([...all.responses.keys()]).toEqual([]);
    const any = await client.report('/principals/', search('D:displayname', 'dora', 'test="anyof"', second), '0');
    expect([...any.responses.keys()].sort()).toEqual([dora, staff, room].sort());
  });

  test('CalendarServer’s match-type is honoured', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = (type: string, match: string) =>
      parseXml(`<D:principal-property-search ${D}><D:property-search><D:prop><D:displayname/></D:prop>
<D:match match-type="${type}">${match}</D:match></D:property-search></D:principal-property-search>`);
    const found = async (type: string, match: string) => [
      ...(await client.report('/principals/', body(type, match), '0')).responses.keys(),
    ];
    expect(await found('starts-with', 'dora')).toEqual([dora]);
    expect(await found('equals', 'staff')).toEqual([staff]);
    expect(await found('equals', 'staf')).toEqual([]);
    expect(await found('ends-with', 'dora')).toEqual([room]);
  });

  test('first and last names are searched on their own', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (name: string) => [...(await client.report('/principals/', search(name, 'álva'), '0')).responses.keys()];
    expect(await found('CS:last-name')).toEqual([dora]);
    expect(await found('CS:first-name')).toEqual([]);
  });

  test('addresses are searched; the URLs among them are found in full only, as a word in them is in all', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (name: string, match: string) => [
      ...(await client.report('/principals/', search(name, match), '0')).responses.keys(),
    ];
    expect(await found('CS:email-address-set', 'DORA@')).toEqual([dora]);
    expect(await found('C:calendar-user-address-set', 'mailto:dora@example.com')).toEqual([dora]);
    expect(await found('C:calendar-user-address-set', 'example.com')).toEqual([ann, dora]);
    expect(await found('C:calendar-user-address-set', 'principals')).toEqual([]);
    expect(await found('C:calendar-user-address-set', staff)).toEqual([staff]);
  });

  test('more searches than a person asks for are refused', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const one = '<D:property-search><D:prop><D:displayname/></D:prop><D:match>x</D:match></D:property-search>';
    expect((await client.report('/principals/', search('D:displayname', 'x', '', one.repeat(100)), '0')).status).toBe(400);
  });

  test('what cannot be searched matches nothing', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    expect((await client.report('/principals/', search('D:resourcetype', ''), '0')).responses.size).toBe(0);
  });

  test('DAV:nresults cuts the answer, and 507 says so', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const limit = '<D:limit><D:nresults>1</D:nresults></D:limit>';
    const {responses} = await client.report('/principals/', search('D:displayname', 'dora', '', limit), '0');
    expect([...responses].map(([href, {status}]) => [href, status])).toEqual([
      [dora, undefined],
      ['/principals/', 507],
    ]);
  });

  test('without a search it is 400', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    expect((await client.report('/principals/', element(dav('principal-property-search')), '0')).status).toBe(400);
  });
});

describe('RFC 3744 §9.5 DAV:principal-search-property-set', () => {
  test('lists by what principals can be searched, and each of them can', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {xml, status} = await client.report('/principals/', element(dav('principal-search-property-set')), '0');
    expect({status, root: xml!.name}).toEqual({status: 200, root: dav('principal-search-property-set')});
    const names = elements(xml!).map(property => elements(elements(property, dav('prop'))[0]!)[0]!.name);
    expect(names).toContain(dav('displayname'));
    for (const name of names) {
      const body = element(
        dav('principal-property-search'),
        element(dav('property-search'), element(dav('prop'), element(name)), element(dav('match'), '')),
      );
      expect((await client.report('/principals/', body, '0')).responses.size).toBeGreaterThan(0);
    }
  });
});

describe('RFC 3744 §9.3 DAV:principal-match', () => {
  test('DAV:self: the one who asks, and the groups with them in it', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = element(dav('principal-match'), element(dav('self')), element(dav('prop'), element(dav('displayname'))));
    expect([...(await client.report('/principals/', body, '0')).responses.keys()].sort()).toEqual([ann, staff].sort());
    expect([...(await client.report('/principals/users/', body, '0')).responses.keys()]).toEqual(['/principals/users/ann/']);
  });

  test('DAV:self of a group: the group, where the one who asks is in it', async () => {
    const {ann: client, bob} = await serve({ann: [], bob: []}, {records});
    const body = element(dav('principal-match'), element(dav('self')));
    expect([...(await client.report('/principals/groups/staff/', body, '0')).responses.keys()]).toEqual([
      '/principals/groups/staff/',
    ]);
    expect([...(await bob.report('/principals/groups/staff/', body, '0')).responses.keys()]).toEqual([]);
    const delegates = `${ann}calendar-proxy-read/`;
    expect((await bob.report(delegates, body, '0')).responses.size).toBe(0);
    await client.proppatch(delegates, element(dav('group-member-set'), element(dav('href'), uids(guidOf(2)))));
    expect([...(await bob.report(delegates, body, '0')).responses.keys()]).toEqual([delegates]);
  });

  test('two DAV:prop are no report: 400', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const prop = element(dav('prop'), element(dav('displayname')));
    const body = element(dav('principal-match'), element(dav('self')), prop, prop);
    expect((await client.report('/principals/', body, '0')).status).toBe(400);
  });

  test('DAV:principal-property: whatever names the one who asks in that property', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = element(dav('principal-match'), element(dav('principal-property'), element(dav('owner'))));
    const {responses} = await client.report('/calendars/users/ann/', body, '0');
    expect([...responses.keys()]).toEqual(['/calendars/users/ann/calendar/', '/calendars/users/ann/tasks/']);
  });
});

describe('RFC 3744 §9.2 DAV:acl-principal-prop-set', () => {
  test('gives properties of those whom DAV:acl names', async () => {
    const {ann: client} = await serve({ann: [], admin: []}, {records});
    const body = element(dav('acl-principal-prop-set'), element(dav('prop'), element(dav('displayname'))));
    const {responses} = await client.report('/calendars/users/ann/calendar/', body, '0');
    expect([...responses.keys()]).toEqual([ann, uids(guidOf(2))]);
    const {properties} = (await client.propfind('/calendars/users/ann/calendar/', 0, dav('acl'))).responses.get(
      '/calendars/users/ann/calendar/',
    )!;
    // DAV:authenticated is named too, and is no principal.
    const principals = elements(properties.get(dav('acl'))!, dav('ace')).map(ace => elements(ace, dav('principal'))[0]!);
    const named = principals.flatMap(principal => elements(principal, dav('href')).map(text));
    expect(named).toEqual([ann, uids(guidOf(2))]);
  });
});

describe('RFC 3744 §4 properties of principals', () => {
  const hrefs = (property: Element | undefined) => elements(property!, dav('href')).map(text);

  test('who it is, by which URLs, in which groups and with which members', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const names: Name[] = [
      'principal-URL',
      'alternate-URI-set',
      'group-membership',
      'group-member-set',
      'current-user-principal',
      'principal-collection-set',
    ].map(dav);
    const of = async (path: string) =>
      (await client.propfind(path, 0, ...names, dav('resourcetype'))).responses.get(path)!.properties;
    const mine = await of('/principals/users/ann/');
    expect(hrefs(mine.get(dav('principal-URL')))).toEqual([ann]);
    expect(hrefs(mine.get(dav('alternate-URI-set')))).toContain('/principals/users/ann/');
    expect(hrefs(mine.get(dav('group-membership')))).toEqual([staff]);
    expect(hrefs(mine.get(dav('group-member-set')))).toEqual([]);
    expect(hrefs(mine.get(dav('principal-collection-set')))).toEqual(['/principals/']);
    expect(elements(mine.get(dav('resourcetype'))!).map(({name}) => name)).toContain(dav('principal'));
    const group = await of('/principals/groups/staff/');
    expect(hrefs(group.get(dav('group-member-set'))).sort()).toEqual([ann, dora].sort());
    for (const path of ['/', '/principals/', '/calendars/users/ann/', staff]) {
      expect(hrefs((await of(path)).get(dav('current-user-principal')))).toEqual([ann]);
    }
  });

  test('a GUID may be asked for in either case', async () => {
    const {ann: client} = await serve({ann: []}, {records: records.replaceAll('20000000', 'ABCDEF00')});
    expect(
      (await client.propfind('/principals/__uids__/abcdef00-0000-0000-0000-000000000001/', 0, dav('displayname'))).status,
    ).toBe(207);
  });

  test('the collections of principals list them', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const list = async (path: string) => [...(await client.propfind(path, 1, dav('displayname'))).responses.keys()].slice(1);
    expect(await list('/')).toEqual(expect.arrayContaining(['/principals/', '/calendars/']));
    expect(await list('/principals/')).toEqual(
      ['__uids__', 'users', 'groups', 'locations', 'resources'].map(type => `/principals/${type}/`),
    );
    expect((await list('/principals/users/')).sort()).toEqual(['/principals/users/ann/', '/principals/users/dora/']);
    expect((await list('/principals/__uids__/')).sort()).toEqual([ann, dora, room, staff].sort());
  });

  test('DAV:supported-privilege-set is a tree of all that current-user-privilege-set can name', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const path = '/calendars/users/ann/calendar/';
    const {properties} = (
      await client.propfind(path, 0, dav('supported-privilege-set'), dav('current-user-privilege-set'))
    ).responses.get(path)!;
    const walk = (node: Element): Name[] =>
      elements(node, dav('supported-privilege')).flatMap(each => [
        elements(elements(each, dav('privilege'))[0]!)[0]!.name,
        ...walk(each),
      ]);
    const supported = walk(properties.get(dav('supported-privilege-set'))!);
    const mine = elements(properties.get(dav('current-user-privilege-set'))!).map(each => elements(each)[0]!.name);
    expect(supported[0]).toBe(dav('all'));
    expect(new Set(mine)).toEqual(new Set(supported));
    expect(supported).toContain(caldav('read-free-busy'));
  });
});

describe('RFC 3253 §3.8 DAV:expand-property', () => {
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

describe('RFC 3253 §3.6 REPORT', () => {
  test('one that there is not: 403 DAV:supported-report; the others are listed by DAV:supported-report-set', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {status, error} = await client.report('/calendars/users/ann/', element('{urn:x}report'));
    expect({status, error}).toEqual({status: 403, error: dav('supported-report')});
    const {properties} = (await client.propfind('/calendars/users/ann/', 0, dav('supported-report-set'))).responses.get(
      '/calendars/users/ann/',
    )!;
    const listed = elements(properties.get(dav('supported-report-set'))!).map(each => elements(elements(each)[0]!)[0]!.name);
    expect(listed).toEqual(expect.arrayContaining([dav('sync-collection'), dav('expand-property')]));
  });
});

describe('CalendarServer’s search of people', () => {
  const tokens = (attributes: string, ...words: string[]) =>
    parseXml(
      `<CS:calendarserver-principal-search ${D} ${attributes}>${words
        .map(word => `<CS:search-token>${word}</CS:search-token>`)
        .join('')}<D:prop><D:displayname/></D:prop></CS:calendarserver-principal-search>`,
    );

  test('every token must begin a word of a name or an address, whatever its case', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (...words: string[]) => [
      ...(await client.report('/principals/', tokens('', ...words), '0')).responses.keys(),
    ];
    expect(await found('DOR')).toEqual([dora, room]);
    expect(await found('dor', 'álv')).toEqual([dora]);
    expect(await found('lvarez')).toEqual([]);
    expect(await found('dora@example')).toEqual([dora]);
    expect(await found('room of')).toEqual([room]);
    expect(await found('staff')).toEqual([staff]);
  });

  test('the context says what sort of principal is meant; rooms are no attendees', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (context: string, word: string) => [
      ...(await client.report('/principals/', tokens(`context="${context}"`, word), '0')).responses.keys(),
    ];
    expect(await found('attendee', 'dora')).toEqual([dora]);
    expect(await found('location', 'dora')).toEqual([room]);
    expect(await found('user', 'dora')).toEqual([dora]);
    expect(await found('group', 'staff')).toEqual([staff]);
    expect(await found('resource', 'dora')).toEqual([]);
    expect((await client.report('/principals/', tokens('context="friend"', 'x'), '0')).status).toBe(400);
  });

  test('a limit cuts the answer, and 507 says so', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const body = parseXml(`<CS:calendarserver-principal-search ${D}><CS:search-token>dora</CS:search-token>
<CS:limit><CS:nresults>1</CS:nresults></CS:limit></CS:calendarserver-principal-search>`);
    const {responses} = await client.report('/principals/', body, '0');
    expect([...responses].map(([href, {status}]) => [href, status])).toEqual([
      [dora, undefined],
      ['/principals/', 507],
    ]);
  });

  test('below one type it finds that type, unless everything is asked for', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const only = await client.report('/principals/users/', tokens('', 'dora'), '0');
    expect([...only.responses.keys()]).toEqual(['/principals/users/dora/']);
    const body = parseXml(`<CS:calendarserver-principal-search ${D}><CS:search-token>dora</CS:search-token>
<D:apply-to-principal-collection-set/></CS:calendarserver-principal-search>`);
    expect([...(await client.report('/principals/users/', body, '0')).responses.keys()]).toEqual([dora, room]);
  });

  test('without a token, or with too many, it is 400', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    for (const words of [[], [' '], Array.from({length: 101}, () => 'x')])
      expect((await client.report('/principals/', tokens('', ...words), '0')).status).toBe(400);
  });

  test('is listed, and is in the DAV header', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const {responses, headers} = await client.propfind('/principals/', 0, dav('supported-report-set'));
    const set = responses.get('/principals/')!.properties.get(dav('supported-report-set'))!;
    const reports = elements(set).map(report => elements(elements(report)[0]!)[0]!.name);
    expect(reports).toContain(calendarserver('calendarserver-principal-search'));
    expect(headers.get('dav')!.split(', ')).toEqual(
      expect.arrayContaining(['calendarserver-principal-search', 'calendarserver-principal-property-search']),
    );
  });
});

describe('CalendarServer’s additions to DAV:principal-property-search', () => {
  test('type narrows it to one sort of principal', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (type: string) => [
      ...(await client.report('/principals/', search('D:displayname', 'dora', `type="${type}"`), '0')).responses.keys(),
    ];
    expect(await found('INDIVIDUAL')).toEqual([dora]);
    expect(await found('ROOM')).toEqual([room]);
    expect(await found('GROUP')).toEqual([]);
  });

  test('caseless="no" minds case', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const found = async (match: string) => {
      const body = parseXml(`<D:principal-property-search ${D}><D:property-search><D:prop><D:displayname/></D:prop>
<D:match caseless="no">${match}</D:match></D:property-search></D:principal-property-search>`);
      return [...(await client.report('/principals/', body, '0')).responses.keys()];
    };
    expect(await found('Dora')).toEqual([dora, room]);
    expect(await found('dora')).toEqual([]);
  });

  test('what is none of its words is 400', async () => {
    const {ann: client} = await serve({ann: []}, {records});
    const status = async (attributes: string, match = '') => {
      const body = parseXml(`<D:principal-property-search ${D} ${attributes}><D:property-search><D:prop><D:displayname/></D:prop>
<D:match ${match}>x</D:match></D:property-search></D:principal-property-search>`);
      return (await client.report('/principals/', body, '0')).status;
    };
    expect(await status('test="some"')).toBe(400);
    expect(await status('type="PERSON"')).toBe(400);
    expect(await status('', 'match-type="like"')).toBe(400);
    expect(await status('', 'match-type="toString"')).toBe(400);
    expect(await status('test="anyof" type="GROUP"', 'match-type="contains"')).toBe(207);
  });
});

describe('RFC 3744 §9: reports on principals are defined for Depth 0 alone', () => {
  test.each([
    '<D:principal-match xmlns:D="DAV:"><D:self/></D:principal-match>',
    '<D:principal-property-search xmlns:D="DAV:"><D:property-search><D:prop><D:displayname/></D:prop><D:match>a</D:match></D:property-search></D:principal-property-search>',
    '<D:principal-search-property-set xmlns:D="DAV:"/>',
    '<CS:calendarserver-principal-search xmlns:CS="http://calendarserver.org/ns/"><CS:search-token>a</CS:search-token></CS:calendarserver-principal-search>',
  ])('%s', async body => {
    const {ann: client} = await serve({ann: []}, {records});
    const answered = async (headers: Record<string, string>) =>
      (await client.request('REPORT', '/principals/', {body, headers})).status;
    expect(await answered({depth: '1'})).toBe(400);
    expect(await answered({depth: 'infinity'})).toBe(400);
    expect(await answered({depth: '0'})).toBeLessThan(300);
    expect(await answered({})).toBeLessThan(300);
  });
});

describe('RFC 3744 §9.3 DAV:principal-match of delegates', () => {
  const match = (inner: string) => parseXml(`<D:principal-match xmlns:D="DAV:">${inner}</D:principal-match>`);

  test('DAV:self finds the groups of delegates that one is in, by a group too', async () => {
    const {ann: client, bob} = await serve({ann: [], bob: []}, {records});
    const set = (path: string, href: string) =>
      client.proppatch(path, element(dav('group-member-set'), element(dav('href'), href)));
    await set(`${ann}calendar-proxy-read/`, uids(guidOf(2)));
    const found = async (path: string) => [...(await bob.report(path, match('<D:self/>'), '0')).responses.keys()];
    expect(await found('/principals/')).toEqual([`${ann}calendar-proxy-read/`, uids(guidOf(2))]);
    expect(await found(ann)).toEqual([`${ann}calendar-proxy-read/`]);
    expect(await found('/principals/users/')).toEqual(['/principals/users/ann/calendar-proxy-read/', '/principals/users/bob/']);
    await set(`${ann}calendar-proxy-read/`, staff);
    expect(await found(ann)).toEqual([]);
  });
});

describe('RFC 3744 §9.3 DAV:principal-match by a property', () => {
  const owned = parseXml(
    '<D:principal-match xmlns:D="DAV:"><D:principal-property><D:owner/></D:principal-property></D:principal-match>',
  );

  test('the example: whatever below a collection, at any depth, is the one’s who asks', async () => {
    const {ann: client} = await serve({ann: [event('1')]});
    const home = '/calendars/users/ann/';
    const {status, responses} = await client.report(home, owned, '0');
    expect(status).toBe(207);
    expect([...responses.keys()]).toEqual([`${home}calendar/`, `${home}calendar/1.ics`, `${home}tasks/`]);
  });

  test('a property that may not be seen names nobody', async () => {
    const {ann: client, bob} = await serve({ann: [event('1')], bob: []}, {records});
    await client.proppatch(`${ann}calendar-proxy-read/`, element(dav('group-member-set'), element(dav('href'), uids(guidOf(2)))));
    const body = parseXml(
      '<D:principal-match xmlns:D="DAV:"><D:principal-property><D:acl/></D:principal-property></D:principal-match>',
    );
    const {status, responses} = await bob.report('/calendars/users/ann/', body, '0');
    expect([status, responses.size]).toEqual([207, 0]);
  });
});

describe('RFC 3744 §9.4.2 and §9.5.1, the examples', () => {
  const people = `<user><uid>jdoe</uid><name>John Doe</name></user><user><uid>zsmith</uid><name>Zygdoebert Smith</name></user>`;

  test('“doE” is found in the middle of a word too; what principals do not have is 404', async () => {
    const {ann: client} = await serve({ann: []}, {records: people});
    const body = parseXml(`<D:principal-property-search xmlns:D="DAV:" xmlns:B="http://www.example.com/ns/">
<D:property-search><D:prop><D:displayname/></D:prop><D:match>doE</D:match></D:property-search>
<D:prop><D:displayname/><B:department/><B:phone/></D:prop></D:principal-property-search>`);
    const {responses} = await client.report('/principals/users/', body, '0');
    expect([...responses.keys()]).toEqual(['/principals/users/jdoe/', '/principals/users/zsmith/']);
    for (const {refused} of responses.values()) expect([...refused.values()]).toEqual([404, 404]);
  });

  test('a search by a property that principals do not have finds nobody, though the other matches', async () => {
    const {ann: client} = await serve({ann: []}, {records: people});
    const body = parseXml(`<D:principal-property-search xmlns:D="DAV:" xmlns:B="http://www.example.com/ns/">
<D:property-search><D:prop><D:displayname/></D:prop><D:match>doE</D:match></D:property-search>
<D:property-search><D:prop><B:title/></D:prop><D:match>Sales</D:match></D:property-search></D:principal-property-search>`);
    expect((await client.report('/principals/users/', body, '0')).responses.size).toBe(0);
  });

  test('each property comes with what a person would call it, in a language', async () => {
    const {ann: client} = await serve({ann: []}, {records: people});
    const {xml} = await client.report('/principals/', element(dav('principal-search-property-set')), '0');
    const described = elements(xml!).map(property => [
      elements(elements(property, dav('prop'))[0]!)[0]!.name,
      text(elements(property, dav('description'))[0]!),
      Object.values(elements(property, dav('description'))[0]!.attributes)[0],
    ]);
    expect(described).toContainEqual([dav('displayname'), 'Full name', 'en']);
  });
});
