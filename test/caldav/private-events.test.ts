import {describe, expect, test} from 'vitest';
import {element} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {hrefsIn, lock} from '../webdav/locks/lock-requests.ts';

const calendar = '/calendars/users/ann/calendar/';
const secret = (uid: string, access: string) =>
  event(
    uid,
    '20261201T100000Z',
    'LOCATION:Room 1',
    'DESCRIPTION:Secret',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'DESCRIPTION:x',
    'TRIGGER:-PT5M',
    'END:VALARM',
  ).replace('PRODID', `X-CALENDARSERVER-ACCESS:${access}\r\nPRODID`);

/** Ann's calendar, of which ben has all rights that she can give him. */
async function shared(access: readonly string[], options: Parameters<typeof serve>[1] = {}) {
  const served = await serve({ann: access.map((each, at) => secret(`e${at + 1}`, each)), ben: [], admin: []}, options);
  const ben = `/principals/__uids__/${guidOf(2)}/`;
  const body = `<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:href>${ben}</D:href></D:principal><D:grant><D:privilege><D:all/></D:privilege></D:grant></D:ace></D:acl>`;
  const {status, text} = await served.ann.request('ACL', calendar, {body, headers: {'content-type': 'application/xml'}});
  if (status !== 200) throw new Error(text);
  return served;
}

const query = (...inside: Parameters<typeof element>[1][]) =>
  element(
    caldav('calendar-query'),
    element(dav('prop'), element(caldav('calendar-data'))),
    element(caldav('filter'), named('comp-filter', 'VCALENDAR', named('comp-filter', 'VEVENT', ...inside))),
  );
const named = (filter: string, name: string, ...inside: Parameters<typeof element>[1][]) => ({
  ...element(caldav(filter), ...inside),
  attributes: {name},
});
const names = (answer: {responses: ReadonlyMap<string, unknown>}) =>
  [...answer.responses.keys()].map(href => href.slice(calendar.length));

describe('CalendarServer private events §4.2', () => {
  test('the owner sees all, whatever it says, and so do administrators', async () => {
    const {ann, admin} = await shared(['PRIVATE', 'CONFIDENTIAL', 'RESTRICTED']);
    for (const client of [ann, admin]) {
      for (const at of [1, 2, 3]) expect((await client.get(`${calendar}${at}.ics`)).text).toContain('DESCRIPTION:Secret');
      expect(names(await client.propfind(calendar, 1, dav('getetag')))).toEqual(['', '1.ics', '2.ics', '3.ics']);
    }
  });

  test('of what is PRIVATE others see nothing, and do nothing to it (§4.2.3)', async () => {
    const {ann, ben} = await shared(['PRIVATE', 'PUBLIC']);
    expect((await ben.get(`${calendar}1.ics`)).status).toBe(403);
    expect(names(await ben.propfind(calendar, 1, dav('getetag')))).toEqual(['', '2.ics']);
    expect((await ben.sync(calendar)).changed).toEqual([`${calendar}2.ics`]);
    expect(names(await ben.report(calendar, query()))).toEqual(['2.ics']);
    expect((await ben.get(calendar)).text).not.toContain('UID:e1');
    const multiget = element(
      caldav('calendar-multiget'),
      element(dav('prop'), element(caldav('calendar-data'))),
      element(dav('href'), `${calendar}1.ics`),
    );
    const {responses, text} = await ben.report(calendar, multiget);
    expect([responses.get(`${calendar}1.ics`)!.status, text.includes('Secret')]).toEqual([403, false]);
    const to = (path: string) => ({destination: path, overwrite: 'T'});
    expect((await ben.put(`${calendar}1.ics`, event('e1'))).status).toBe(403);
    expect((await ben.delete(`${calendar}1.ics`)).status).toBe(403);
    expect((await ben.proppatch(`${calendar}1.ics`, element(dav('displayname'), 'x'))).status).toBe(403);
    for (const method of ['COPY', 'MOVE']) {
      const away = await ben.request(method, `${calendar}1.ics`, {headers: to('/calendars/users/ben/calendar/1.ics')});
      expect(away.status, method).toBe(403);
      const over = await ben.request(method, `${calendar}2.ics`, {headers: to(`${calendar}1.ics`)});
      expect(over.status, method).toBe(403);
    }
    const crud = `<MM:multiput xmlns:D="DAV:" xmlns:MM="http://me.com/_namespace/"><MM:resource><D:href>${calendar}1.ics</D:href><MM:delete/></MM:resource></MM:multiput>`;
    const bulk = await ben.request('POST', calendar, {body: crud, headers: {'content-type': 'application/xml'}});
    expect(bulk.responses.get(`${calendar}1.ics`)!.status).toBe(403);
    expect((await ann.get(`${calendar}1.ics`)).text).toBe(secret('e1', 'PRIVATE'));
  });

  test.each([
    ['CONFIDENTIAL', []],
    ['RESTRICTED', ['SUMMARY:Event e1', 'LOCATION:Room 1']],
  ])('of what is %s others see the time, and of the rest %j (§4.2.2.4, §4.2.2.5)', async (access, seen) => {
    const {ann, ben} = await shared([access]);
    await ann.put(`${calendar}2.ics`, event('open'));
    const multiget = element(
      caldav('calendar-multiget'),
      element(dav('prop'), element(caldav('calendar-data'))),
      element(dav('href'), `${calendar}1.ics`),
    );
    const answers = [
      await ben.get(`${calendar}1.ics`),
      await ben.get(`${calendar}1.ics`, {accept: 'application/calendar+json'}),
      await ben.get(calendar),
      await ben.report(calendar, query()),
      await ben.report(calendar, multiget),
      await ben.request('COPY', `${calendar}1.ics`, {headers: {destination: '/calendars/users/ben/calendar/copy.ics'}}),
      await ben.get('/calendars/users/ben/calendar/copy.ics'),
      await ben.request('COPY', calendar, {headers: {destination: '/calendars/users/ben/all/'}}),
      await ben.get('/calendars/users/ben/all/1.ics'),
    ];
    for (const {status, text} of answers) {
      expect(status).toBeLessThan(300);
      expect(text).not.toMatch(/Secret|VALARM|valarm/);
      if (seen.length === 0) expect(text).not.toMatch(/Event e1|Room 1/);
    }
    const {text} = answers[0]!;
    for (const line of ['UID:e1', 'DTSTART:20261201T100000Z', 'DURATION:PT1H', `X-CALENDARSERVER-ACCESS:${access}`, ...seen]) {
      expect(text).toContain(`\r\n${line}\r\n`);
    }
    expect((await ben.put(`${calendar}1.ics`, event('e1'))).status).toBe(403);
    expect((await ben.proppatch(`${calendar}1.ics`, element(dav('displayname'), 'x'))).status).toBe(403);
    expect((await ann.get(`${calendar}1.ics`)).text).toBe(secret('e1', access));
    expect((await ben.delete(`${calendar}1.ics`)).status).toBe(204);
  });

  test('no refusal names it by its lock', async () => {
    const {ann, ben} = await shared(['PRIVATE', 'PUBLIC']);
    for (const name of ['1.ics', '2.ics']) expect((await lock(ann, calendar + name)).status).toBe(200);
    const named = [calendar, `${calendar}2.ics`];
    const whole = await lock(ben, calendar, {depth: 'infinity'});
    const removed = await ben.delete(calendar);
    const written = await ben.put(`${calendar}2.ics`, event('e2'));
    for (const {status, text} of [whole, removed, written]) {
      expect(status).toBeGreaterThanOrEqual(207);
      expect(text).not.toContain('1.ics');
    }
    expect(named).toEqual(expect.arrayContaining(hrefsIn(whole.xml)));
    expect(hrefsIn(written.xml)).toEqual([`${calendar}2.ics`]);
    expect(hrefsIn((await ann.delete(calendar)).xml)).toEqual([`${calendar}1.ics`, `${calendar}2.ics`]);
  });

  test('nobody moves away what he sees a part of, or removes what he does not see, with what it lies in', async () => {
    const {ann, ben} = await shared(['PUBLIC']);
    const delegates = '/principals/users/ann/calendar-proxy-write/';
    const member = element(dav('href'), `/principals/__uids__/${guidOf(2)}/`);
    await ann.proppatch(delegates, element(dav('group-member-set'), member));
    const folder = '/calendars/users/ann/folder/';
    await ann.request('MKCOL', folder);
    for (const access of ['PRIVATE', 'CONFIDENTIAL', 'RESTRICTED']) {
      const own = `${folder}${access}/`;
      await ann.request('MKCALENDAR', own);
      await ann.put(`${own}1.ics`, secret('e1', access));
      const move = (from: string, destination: string) => ben.request('MOVE', from, {headers: {destination}});
      for (const destination of ['/calendars/users/ben/calendar/1.ics', `${folder}1.ics`]) {
        expect((await move(`${own}1.ics`, destination)).error, destination).toBe(dav('need-privileges'));
      }
      expect((await move(own, '/calendars/users/ben/own/')).error).toBe(dav('need-privileges'));
      expect((await move(folder, '/calendars/users/ben/folder/')).error).toBe(dav('need-privileges'));
      const isSeen = access !== 'PRIVATE';
      expect((await move(own, `${folder}renamed/`)).status).toBe(isSeen ? 201 : 403);
      const now = isSeen ? `${folder}renamed/` : own;
      expect((await ann.get(`${now}1.ics`)).text).toBe(secret('e1', access));
      const over = await ben.request('COPY', calendar, {headers: {destination: now}});
      expect(over.status, 'COPY over it').toBe(isSeen ? 204 : 403);
      for (const each of [now, folder]) expect((await ben.delete(each)).status, each).toBe(isSeen ? 204 : 403);
      expect((await ann.get(`${now}1.ics`)).status).toBe(isSeen ? 404 : 200);
      if (isSeen) await ann.request('MKCOL', folder);
      else await ann.delete(now);
    }
    expect((await ben.request('MOVE', folder, {headers: {destination: '/calendars/users/ben/folder/'}})).status).toBe(201);
  });

  test('no query of others matches what they do not see', async () => {
    const {ann, ben} = await shared(['CONFIDENTIAL', 'RESTRICTED']);
    const says = (name: string, text: string) => query(named('prop-filter', name, element(caldav('text-match'), text)));
    const matches = async (client: Client, name: string, text: string) => names(await client.report(calendar, says(name, text)));
    expect(await matches(ann, 'DESCRIPTION', 'secret')).toEqual(['1.ics', '2.ics']);
    expect(await matches(ben, 'DESCRIPTION', 'secret')).toEqual([]);
    expect(await matches(ben, 'SUMMARY', 'event')).toEqual(['2.ics']);
    const alarms = query(named('comp-filter', 'VALARM'));
    expect([names(await ann.report(calendar, alarms)).length, names(await ben.report(calendar, alarms)).length]).toEqual([2, 0]);
  });

  test('its time is busy all the same', async () => {
    const {ben} = await shared(['PRIVATE']);
    const range = {...element(caldav('time-range')), attributes: {start: '20261201T000000Z', end: '20261202T000000Z'}};
    const {text} = await ben.report(calendar, element(caldav('free-busy-query'), range));
    expect(text).toContain('FREEBUSY:20261201T100000Z/20261201T110000Z');
  });

  test('the access control list and the privileges of others say so', async () => {
    const {ann, ben} = await shared(['PRIVATE', 'CONFIDENTIAL']);
    const of = async (client: Client, name: string) => {
      const href = `${calendar}2.ics`;
      const found = (await client.propfind(href, 0, dav(name as 'acl'))).responses.get(href)!;
      return JSON.stringify(found.properties.get(dav(name as 'acl')));
    };
    expect(await of(ann, 'acl')).toContain('{DAV:}deny');
    const privileges = await of(ben, 'current-user-privilege-set');
    expect([privileges.includes('{DAV:}read"'), privileges.includes('{DAV:}write-content')]).toEqual([true, false]);
    expect(await of(ann, 'current-user-privilege-set')).toContain('{DAV:}write-content');
  });

  test('only the owner keeps something from others, by a value that there is (§4.2.6)', async () => {
    const {ann, ben, admin} = await shared(['PUBLIC']);
    for (const access of ['PRIVATE', 'CONFIDENTIAL', 'restricted']) {
      expect((await ben.put(`${calendar}new.ics`, secret('new', access))).error).toBe(
        calendarserver('valid-access-restriction-change'),
      );
    }
    expect((await ben.put(`${calendar}1.ics`, secret('e1', 'PRIVATE'))).error).toBe(
      calendarserver('valid-access-restriction-change'),
    );
    expect((await ben.put(`${calendar}new.ics`, secret('new', 'PUBLIC'))).status).toBe(201);
    for (const access of ['SECRET', '', 'X-MINE']) {
      expect((await ann.put(`${calendar}x.ics`, secret('x', access))).error).toBe(calendarserver('valid-access-restriction'));
    }
    const twice = secret('x', 'PUBLIC').replace('PRODID', 'X-CALENDARSERVER-ACCESS:PRIVATE\r\nPRODID');
    expect((await ann.put(`${calendar}x.ics`, twice)).error).toBe(calendarserver('valid-access-restriction'));
    expect((await admin.put(`${calendar}x.ics`, secret('x', 'PRIVATE'))).status).toBe(201);
  });

  test('what becomes PRIVATE goes from the calendars of others, and comes back', async () => {
    const {ann, ben} = await shared(['PUBLIC']);
    const first = await ben.sync(calendar);
    await ann.put(`${calendar}1.ics`, secret('e1', 'PRIVATE'));
    const second = await ben.sync(calendar, first.token);
    expect([second.changed, second.removed]).toEqual([[], [`${calendar}1.ics`]]);
    await ann.put(`${calendar}1.ics`, secret('e1', 'CONFIDENTIAL'));
    expect((await ben.sync(calendar, second.token)).changed).toEqual([`${calendar}1.ics`]);
  });

  test('calendarserver-private-events is in DAV where the plist has it so; else the property means nothing', async () => {
    const {ann} = await shared([]);
    expect((await ann.request('OPTIONS', calendar)).headers.get('dav')).toContain('calendarserver-private-events');
    const off = await shared(['PRIVATE'], {plist: {EnablePrivateEvents: false}});
    expect((await off.ben.request('OPTIONS', calendar)).headers.get('dav')).not.toContain('calendarserver-private-events');
    expect((await off.ben.get(`${calendar}1.ics`)).text).toContain('Secret');
    expect((await off.ben.put(`${calendar}x.ics`, secret('x', 'SECRET'))).status).toBe(201);
  });
});
