import {describe, expect, test} from 'vitest';
import {element, elements} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {serve} from '../../support/serve.ts';
import {records} from '../people.ts';

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
