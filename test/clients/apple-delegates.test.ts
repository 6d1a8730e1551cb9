import {describe, expect, test} from 'vitest';
import {type Element, elements, text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const headers = {'user-agent': 'macOS/14.5 (23F79) CalendarAgent/988', 'content-type': 'text/xml', accept: '*/*'};
const principal = (number: number) => `/principals/__uids__/${guidOf(number)}/`;
const [ann, bob, cid] = [1, 2, 3].map(principal) as [string, string, string];
const [annsHome, room] = [`/calendars/__uids__/${guidOf(1)}/`, '/calendars/__uids__/30000000-0000-0000-0000-000000000001/'];

const records = `<group><uid>office</uid><guid>20000000-0000-0000-0000-000000000001</guid>
<members><member>cid</member></members></group>
<location><uid>room</uid><guid>30000000-0000-0000-0000-000000000001</guid><name>Room</name>
<proxies><member type="groups">office</member></proxies></location>`;

const start = () => serve({ann: [event('1')], bob: [], cid: [], dan: []}, {records});
type Client = Awaited<ReturnType<typeof start>>['ann'];

/** What the pane Delegation sends: the whole list. */
const share = (client: Client, owner: string, way: 'read' | 'write', ...hrefs: string[]) =>
  client.request('PROPPATCH', `${owner}calendar-proxy-${way}/`, {
    headers,
    body: `<?xml version="1.0" encoding="UTF-8"?>
<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><A:group-member-set>${hrefs
      .map(href => `<A:href>${href}</A:href>`)
      .join('')}</A:group-member-set></A:prop></A:set></A:propertyupdate>`,
  });

/** The accounts that the pane lists as accessible, with their homes: the response of each, within the property. */
async function accessible(client: Client, who: string) {
  const {xml, status} = await client.request('REPORT', who, {
    headers: {...headers, depth: '0', brief: 't'},
    body: `<?xml version="1.0" encoding="UTF-8"?>
<A:expand-property xmlns:A="DAV:">${['read', 'write']
      .map(
        way => `<A:property name="calendar-proxy-${way}-for" namespace="http://calendarserver.org/ns/">
<A:property name="displayname"/><A:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"/>
<A:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/>
<A:property name="email-address-set" namespace="http://calendarserver.org/ns/"/></A:property>`,
      )
      .join('')}</A:expand-property>`,
  });
  expect(status).toBe(207);
  const find = (within: Element, name: string): Element[] => [
    ...elements(within).filter(each => each.name.endsWith(`}${name}`)),
    ...elements(within).flatMap(each => find(each, name)),
  ];
  return Object.fromEntries(
    ['read', 'write'].map(way => [
      way,
      find(xml!, `calendar-proxy-${way}-for`).flatMap(property =>
        elements(property, dav('response')).map(response => [
          text(find(response, 'displayname')[0]!),
          text(find(find(response, 'calendar-home-set')[0]!, 'href')[0]!),
        ]),
      ),
    ]),
  );
}

describe('macOS Calendar, Delegation', () => {
  test('finds whom to give access to, gives it, and the delegate finds the calendars', async () => {
    const {ann: owner, bob: delegate} = await start();
    const found = await owner.request('REPORT', '/principals/', {
      headers: {...headers, depth: '0'},
      body: `<?xml version="1.0" encoding="UTF-8"?>
<B:calendarserver-principal-search xmlns:A="DAV:" xmlns:B="http://calendarserver.org/ns/" context="user">
<B:search-token>bo</B:search-token><B:limit><B:nresults>50</B:nresults></B:limit>
<A:prop><A:principal-URL/><A:displayname/><B:email-address-set/><B:record-type/></A:prop></B:calendarserver-principal-search>`,
    });
    expect([...found.responses.keys()]).toEqual([bob]);
    expect((await share(owner, ann, 'write', bob)).status).toBe(207);
    expect(await accessible(delegate, bob)).toEqual({read: [], write: [['ann', annsHome]]});
  });

  test('one who may write lists the home, adds, changes, moves, removes, makes calendars, and syncs', async () => {
    const {ann: owner, bob: delegate} = await start();
    await share(owner, ann, 'write', bob);
    const listing = await delegate.propfind(annsHome, 1, dav('displayname'), dav('current-user-privilege-set'), dav('owner'));
    expect([...listing.responses.keys()]).toEqual(['', 'calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => annsHome + each));
    for (const {properties} of listing.responses.values()) {
      const privileges = elements(properties.get(dav('current-user-privilege-set'))!).flatMap(each => elements(each)[0]!.name);
      expect(privileges).toEqual(expect.arrayContaining([dav('read'), dav('write'), dav('bind'), dav('unbind')]));
      expect(privileges).not.toContain(dav('write-acl'));
      expect(elements(properties.get(dav('owner'))!).map(text)).toEqual([ann]);
    }
    const calendar = `${annsHome}calendar/`;
    const {token} = await delegate.sync(calendar);
    expect((await delegate.put(`${calendar}2.ics`, event('2'), {'if-none-match': '*'})).status).toBe(201);
    expect((await delegate.get(`${calendar}1.ics`)).status).toBe(200);
    expect((await delegate.delete(`${calendar}1.ics`)).status).toBe(204);
    const work = `${annsHome}work/`;
    expect((await delegate.request('MKCALENDAR', work)).status).toBe(201);
    const moved = await delegate.request('MOVE', `${calendar}2.ics`, {headers: {destination: `${work}2.ics`}});
    expect(moved.status).toBe(201);
    expect((await delegate.put(`${calendar}3.ics`, event('3'))).status).toBe(201);
    const seen = await owner.sync(calendar, token);
    expect([seen.changed, seen.removed]).toEqual([[`${calendar}3.ics`], [`${calendar}1.ics`, `${calendar}2.ics`]]);
    const patched = await delegate.proppatch(work, {name: dav('displayname'), attributes: {}, children: ['Work']});
    expect([...patched.responses.get(work)!.refused]).toEqual([]);
    expect((await delegate.delete(work)).status).toBe(204);
  });

  test('one who may read sees everything and changes nothing', async () => {
    const {ann: owner, bob: delegate} = await start();
    await share(owner, ann, 'read', bob);
    expect(await accessible(delegate, bob)).toEqual({read: [['ann', annsHome]], write: []});
    const calendar = `${annsHome}calendar/`;
    expect((await delegate.propfind(annsHome, 1, dav('getetag'))).responses.size).toBe(5);
    expect((await delegate.sync(calendar)).changed).toContain(`${calendar}1.ics`);
    expect((await delegate.get(`${calendar}1.ics`)).status).toBe(200);
    expect((await delegate.put(`${calendar}1.ics`, event('1'))).error).toBe(dav('need-privileges'));
    expect((await delegate.put(`${calendar}2.ics`, event('2'))).error).toBe(dav('need-privileges'));
    expect((await delegate.delete(`${calendar}1.ics`)).error).toBe(dav('need-privileges'));
    expect((await delegate.request('MKCALENDAR', `${annsHome}work/`)).error).toBe(dav('need-privileges'));
    expect((await owner.sync(calendar)).changed).toEqual([`${calendar}1.ics`]);
  });

  test('access ends with the request in which it is taken back', async () => {
    const {ann: owner, bob: delegate} = await start();
    await share(owner, ann, 'write', bob, cid);
    expect((await delegate.propfind(annsHome)).status).toBe(207);
    await share(owner, ann, 'write', cid);
    expect((await delegate.propfind(annsHome)).status).toBe(403);
    expect((await delegate.put(`${annsHome}calendar/9.ics`, event('9'))).status).toBe(403);
    expect(await accessible(delegate, bob)).toEqual({read: [], write: []});
  });

  test('who is no delegate, or one of another only, sees nothing', async () => {
    const {ann: owner, dan, cid: third} = await start();
    await share(owner, ann, 'write', bob);
    for (const client of [dan, third]) expect((await client.propfind(annsHome, 1)).status).toBe(403);
  });

  test('a room is kept by the members of a group that accounts.xml names', async () => {
    const {cid: keeper, dan} = await start();
    expect(await accessible(keeper, cid)).toEqual({read: [], write: [['Room', room]]});
    expect((await keeper.put(`${room}calendar/1.ics`, event('1'))).status).toBe(201);
    expect((await dan.get(`${room}calendar/1.ics`)).status).toBe(403);
    const {responses} = await keeper.propfind(cid, 0, calendarserver('calendar-proxy-write-for'));
    const [property] = [...responses.values()].map(({properties}) => properties.get(calendarserver('calendar-proxy-write-for')));
    expect(elements(property!, dav('href')).map(text)).toEqual([principal(1).replace(guidOf(1), room.split('/')[3]!)]);
  });
});
