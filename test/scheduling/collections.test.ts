import {describe, expect, test} from 'vitest';
import {indexFile} from '../../src/server/indexer.ts';
import type {HomeId, Store} from '../../src/store/store.ts';
import {type Element, element, elements, text} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';
const inbox = `${home}inbox/`;
const outbox = `${home}outbox/`;
const homeId: HomeId = `calendars/${guidOf(1)}`;

/** What a delivery stages. */
async function deliver(store: Store, uid: string, name = `${uid}.ics`) {
  const bytes = new TextEncoder().encode(message(uid));
  await store.write(homeId, unit => {
    unit.put(`inbox/${name}`, bytes, indexFile(name, bytes, [caldav('schedule-inbox')]));
  });
}

const message = (uid: string) =>
  event(uid, '20261201T100000Z', 'ORGANIZER:mailto:bob@example.com', 'ATTENDEE:mailto:ann@example.com').replace(
    'VERSION:2.0',
    'VERSION:2.0\r\nMETHOD:REQUEST',
  );

describe('RFC 6638 §2.2 the Inbox', () => {
  test('what the server delivers is listed, read, reported, synced and removed', async () => {
    const {ann, store} = await serve({ann: []});
    const {token} = await ann.sync(inbox);
    const tagOf = async () =>
      text(
        (await ann.propfind(inbox, 0, calendarserver('getctag'))).responses
          .get(inbox)!
          .properties.get(calendarserver('getctag'))!,
      );
    const tag = await tagOf();
    await deliver(store, 'one');
    expect(await tagOf()).not.toBe(tag);
    const item = `${inbox}one.ics`;
    expect((await ann.sync(inbox, token)).changed).toEqual([item]);
    const listed = await ann.propfind(inbox, 1, dav('getcontenttype'));
    expect(text(listed.responses.get(item)!.properties.get(dav('getcontenttype'))!)).toMatch(/^text\/calendar/);
    expect((await ann.get(item)).text).toContain('METHOD:REQUEST');
    const what = element(dav('prop'), element(dav('getetag')), element(caldav('calendar-data')));
    const filter = element(caldav('filter'), {
      name: caldav('comp-filter'),
      attributes: {name: 'VCALENDAR'},
      children: [{name: caldav('comp-filter'), attributes: {name: 'VEVENT'}, children: []}],
    });
    const query = await ann.report(inbox, element(caldav('calendar-query'), what, filter));
    expect([...query.responses.keys()]).toEqual([item]);
    const multiget = await ann.report(inbox, element(caldav('calendar-multiget'), what, element(dav('href'), item)));
    expect(text(multiget.responses.get(item)!.properties.get(caldav('calendar-data'))!)).toContain('METHOD:REQUEST');
    expect((await ann.delete(item)).status).toBe(204);
    expect((await ann.sync(inbox, token)).removed).toEqual([item]);
    expect([...(await ann.propfind(inbox, 1, dav('getetag'))).responses.keys()]).toEqual([inbox]);
  });

  test('messages are no events: they are found by no query of the home, and make nobody busy', async () => {
    const {ann, store} = await serve({ann: [event('mine')]});
    await deliver(store, 'one');
    const filter = element(caldav('filter'), {name: caldav('comp-filter'), attributes: {name: 'VCALENDAR'}, children: []});
    const query = await ann.report(
      home,
      element(caldav('calendar-query'), element(dav('prop'), element(dav('getetag'))), filter),
    );
    expect([...query.responses.keys()]).toEqual([`${home}calendar/1.ics`]);
    const range = {name: caldav('time-range'), attributes: {start: '20261201T000000Z', end: '20261202T000000Z'}, children: []};
    for (const path of [inbox, outbox]) {
      expect((await ann.report(path, element(caldav('free-busy-query'), range))).error).toBe(dav('supported-report'));
    }
    const busy = await ann.report(home, element(caldav('free-busy-query'), range));
    expect(busy.text.match(/FREEBUSY.*:.*/g)).toEqual(['FREEBUSY:20261201T100000Z/20261201T110000Z']);
  });

  test('a message in it may have the UID of an event, and is no reason to refuse that', async () => {
    const {ann, store} = await serve({ann: []}, {plist: {UniqueUIDsInHome: true}});
    await ann.propfind(home, 0);
    await deliver(store, 'one');
    expect((await ann.put(`${home}calendar/one.ics`, event('one'))).status).toBe(201);
  });
});

describe('RFC 6638 §2.1, §2.2: Inbox and Outbox are the server’s', () => {
  test.each(['inbox', 'outbox'])('nothing is made or stored in the %s, and it stays where it is', async name => {
    const {ann} = await serve({ann: [event('1')]});
    const path = `${home}${name}/`;
    const to = (destination: string) => ({headers: {destination}});
    const answers = [
      await ann.put(`${path}1.ics`, event('2')),
      await ann.put(`${path}1.ics`, message('2')),
      await ann.request('MKCALENDAR', `${path}new/`),
      await ann.request('MKCOL', `${path}new/`),
      await ann.request('POST', `${path};add-member`, {body: event('3'), headers: {'content-type': 'text/calendar'}}),
      await ann.request('COPY', `${home}calendar/1.ics`, to(`${path}1.ics`)),
      await ann.request('MOVE', `${home}calendar/1.ics`, to(`${path}1.ics`)),
      await ann.request('LOCK', `${path}new.ics`, {
        body: element(
          dav('lockinfo'),
          element(dav('lockscope'), element(dav('exclusive'))),
          element(dav('locktype'), element(dav('write'))),
        ),
      }),
      await ann.delete(path),
      await ann.request('MOVE', path, to(`${home}other/`)),
      await ann.request('COPY', path, to(`${home}other/`)),
      await ann.request('COPY', `${home}calendar/`, to(path)),
      await ann.request('MOVE', `${home}calendar/`, to(path)),
    ];
    expect(answers.map(({status}) => status)).toEqual(answers.map(() => 403));
    expect([...(await ann.propfind(path, 1, dav('getetag'))).responses.keys()]).toEqual([path]);
    expect((await ann.propfind(`${home}other/`, 0)).status).toBe(404);
    expect((await ann.get(`${home}calendar/1.ics`)).status).toBe(200);
  });

  test('neither is made by MKCOL elsewhere', async () => {
    const {ann} = await serve({ann: []});
    const types = element(dav('resourcetype'), element(dav('collection')), element(caldav('schedule-inbox')));
    const body = element(dav('mkcol'), element(dav('set'), element(dav('prop'), types)));
    expect((await ann.request('MKCOL', `${home}second/`, {body})).status).toBe(403);
  });

  test('they do not count among the collections that a home may hold', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxCollectionsPerHome: 3}});
    expect((await ann.request('MKCALENDAR', `${home}third/`)).status).toBe(201);
    expect((await ann.request('MKCALENDAR', `${home}fourth/`)).error).toBe(calendarserver('max-collections'));
  });

  test('what the server keeps in the Outbox is not there for anybody', async () => {
    const {ann, admin, store} = await serve({ann: [], admin: []});
    const {token} = await ann.sync(home, '', 'infinite');
    const own = await ann.sync(outbox);
    await store.write(homeId, unit => void unit.put('outbox/duty.ics', new TextEncoder().encode(message('1'))));
    for (const client of [ann, admin]) {
      expect([...(await client.propfind(outbox, 1, dav('getetag'))).responses.keys()]).toEqual([outbox]);
      expect((await client.get(`${outbox}duty.ics`)).status).toBe(404);
      expect((await client.delete(`${outbox}duty.ics`)).status).toBe(404);
      expect((await client.request('COPY', `${outbox}duty.ics`, {headers: {destination: `${home}x.ics`}})).status).toBe(404);
      expect((await client.put(`${outbox}duty.ics`, event('1'))).status).toBe(403);
      const multiget = element(
        caldav('calendar-multiget'),
        element(dav('prop'), element(dav('getetag'))),
        element(dav('href'), `${outbox}duty.ics`),
      );
      expect((await client.report(outbox, multiget)).responses.get(`${outbox}duty.ics`)!.status).toBe(404);
    }
    expect((await ann.sync(outbox)).changed).toEqual([]);
    await store.write(homeId, unit => unit.delete('outbox/duty.ics'));
    const after = await ann.sync(home, token, 'infinite');
    expect([after.changed.filter(href => href !== outbox), after.removed]).toEqual([[], []]);
    expect((await ann.sync(outbox, own.token)).removed).toEqual([]);
  });
});

describe('homes that are older than scheduling', () => {
  test('are given both when they are first looked at, by several at once too', async () => {
    const {ann, store} = await serve({ann: []});
    await store.createHome(homeId, unit => unit.createCollection('calendar', [caldav('calendar')]));
    await Promise.all([1, 2, 3, 4].map(() => ann.propfind(home, 1)));
    expect([...(await ann.propfind(home, 1, dav('getetag'))).responses.keys()]).toEqual([
      home,
      `${home}calendar/`,
      inbox,
      outbox,
    ]);
  });

  test('and what has the name already stays: the Inbox is called otherwise, and its URL says how', async () => {
    const {ann, store} = await serve({ann: []});
    await store.createHome(homeId, unit => unit.createCollection('inbox', [caldav('calendar')]));
    expect((await ann.put(`${inbox}1.ics`, event('1'))).status).toBe(201);
    const {responses} = await ann.propfind('/principals/users/ann/', 0, caldav('schedule-inbox-URL'));
    const url = [...responses.values()][0]!.properties.get(caldav('schedule-inbox-URL'))!;
    expect(text(url.children[0] as never)).toBe(`/calendars/__uids__/${guidOf(1)}/inbox-2/`);
    expect((await ann.delete(`${home}inbox-2/`)).status).toBe(403);
    expect((await ann.delete(inbox)).status).toBe(204);
  });
});

describe('RFC 6638 §6 privileges', () => {
  const granted = async (client: Client, path: string) => {
    const {responses} = await client.propfind(path, 0, dav('current-user-privilege-set'));
    const set = responses.get(path)?.properties.get(dav('current-user-privilege-set'));
    return (set?.children ?? [])
      .flatMap(privilege => elements(privilege as Element).map(({name}) => name))
      .filter(name => name.includes('schedule-'))
      .sort();
  };
  const deliver = ['', '-invite', '-reply'].map(each => caldav(`schedule-deliver${each}`));
  const send = ['', '-freebusy', '-invite', '-reply'].map(each => caldav(`schedule-send${each}`));

  test('the owner and a delegate who may write deliver and send; one who may read does not send', async () => {
    const {ann, bob, carl} = await serve({ann: [], bob: [], carl: []});
    const delegate = (access: string, who: string) =>
      ann.proppatch(
        `/principals/users/ann/calendar-proxy-${access}/`,
        element(dav('group-member-set'), element(dav('href'), who)),
      );
    await delegate('write', '/principals/users/bob/');
    await delegate('read', '/principals/users/carl/');
    for (const client of [ann, bob]) {
      expect(await granted(client, inbox)).toEqual([...deliver, caldav('schedule-query-freebusy')]);
      expect(await granted(client, outbox)).toEqual(send);
    }
    expect(await granted(carl, inbox)).toEqual([...deliver, caldav('schedule-query-freebusy')]);
    expect(await granted(carl, outbox)).toEqual([]);
    expect(await granted(ann, `${home}calendar/`)).toEqual([]);
  });
});

describe('RFC 6638 §2.2 properties', () => {
  test('the limits of calendars are there to be read', async () => {
    const {ann} = await serve({ann: []});
    const names = ['supported-calendar-data', 'max-resource-size', 'max-instances'] as const;
    for (const path of [inbox, outbox]) {
      const {responses} = await ann.propfind(path, 0, ...names.map(name => caldav(name)));
      expect([...responses.get(path)!.refused]).toEqual([]);
    }
  });
});
