import {describe, expect, test} from 'vitest';
import {element} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import {parseXml} from '../../../src/xml/parse.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';
import {ann, records, staff, uids} from '../people.ts';

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
    expect([...responses.keys()]).toEqual(
      ['calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => `/calendars/users/ann/${each}`),
    );
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
    expect([...responses.keys()]).toEqual(
      ['calendar/', 'calendar/1.ics', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each),
    );
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
