import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';
import {ann, D, dora, records, room, search, staff} from '../people.ts';

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

describe('RFC 3744 §9.4.2, the example', () => {
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
