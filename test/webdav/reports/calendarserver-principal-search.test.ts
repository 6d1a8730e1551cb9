import {describe, expect, test} from 'vitest';
import {elements} from '../../../src/xml/element.ts';
import {calendarserver, dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {serve} from '../../support/serve.ts';
import {D, dora, records, room, staff} from '../people.ts';

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
