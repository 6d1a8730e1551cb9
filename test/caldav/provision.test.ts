import {describe, expect, test} from 'vitest';
import {element, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import {event, todo} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const components = (set: {children: readonly unknown[]} | undefined) =>
  set?.children.map(comp => (comp as ReturnType<typeof element>).attributes.name);

describe('RFC 4791 §6.2.1 calendar homes', () => {
  test('an account starts with a calendar for events, a list for tasks, and what scheduling needs (RFC 6638 §2)', async () => {
    const {ann} = await serve({ann: []});
    const {responses} = await ann.propfind(
      '/calendars/users/ann/',
      1,
      dav('resourcetype'),
      dav('displayname'),
      caldav('supported-calendar-component-set'),
    );
    expect([...responses.keys()]).toEqual([
      '/calendars/users/ann/',
      '/calendars/users/ann/calendar/',
      '/calendars/users/ann/inbox/',
      '/calendars/users/ann/outbox/',
      '/calendars/users/ann/tasks/',
    ]);
    const rows = [...responses.values()].slice(1).map(({properties}) => ({
      types: properties.get(dav('resourcetype'))!.children.map(type => (type as ReturnType<typeof element>).name),
      name: properties.has(dav('displayname')) ? text(properties.get(dav('displayname'))!) : undefined,
      components: components(properties.get(caldav('supported-calendar-component-set'))),
    }));
    expect(rows).toEqual([
      {types: [dav('collection'), caldav('calendar')], name: 'Calendar', components: ['VEVENT']},
      {types: [dav('collection'), caldav('schedule-inbox')], name: undefined, components: undefined},
      {types: [dav('collection'), caldav('schedule-outbox')], name: undefined, components: undefined},
      {types: [dav('collection'), caldav('calendar')], name: 'Tasks', components: ['VTODO']},
    ]);
  });

  test('each takes its own sort', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.put('/calendars/users/ann/calendar/1.ics', event('1'))).status).toBe(201);
    expect((await ann.put('/calendars/users/ann/tasks/2.ics', todo('2'))).status).toBe(201);
    expect(await ann.put('/calendars/users/ann/tasks/3.ics', event('3'))).toMatchObject({
      status: 403,
      error: caldav('supported-calendar-component'),
    });
  });

  test('hrefs repeat the form asked: by name or by GUID, the latter in upper case', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const guid = guidOf(1);
    expect([...(await ann.propfind(`/calendars/__uids__/${guid}/calendar/`, 1, dav('getetag'))).responses.keys()]).toEqual([
      `/calendars/__uids__/${guid}/calendar/`,
      `/calendars/__uids__/${guid}/calendar/1.ics`,
    ]);
    expect([...(await ann.propfind('/calendars/users/ann/calendar', 0, dav('getetag'))).responses.keys()]).toEqual([
      '/calendars/users/ann/calendar/',
    ]);
  });

  test('a stranger gets 403 whether the home is there yet or not, and who has no credentials 401', async () => {
    const {ann, bob, nobody} = await serve({ann: [], bob: []});
    for (const path of ['/calendars/users/ann/', '/calendars/users/ann/calendar/', '/calendars/users/ann/no/']) {
      expect((await bob.propfind(path, 0)).status).toBe(403);
      expect((await nobody.propfind(path, 0)).status).toBe(401);
    }
    expect((await ann.propfind('/calendars/users/ann/', 0)).status).toBe(207);
    expect((await ann.propfind('/calendars/users/zoe/', 0)).status).toBe(404);
    expect((await nobody.propfind('/calendars/users/zoe/', 0)).status).toBe(401);
  });

  test('a stranger makes none, and cannot tell whether it is there', async () => {
    const {ann, bob, nobody, store} = await serve({ann: [], bob: []});
    const home = '/calendars/users/ann/';
    const seen = async () => {
      const answers = [
        await bob.propfind(home, 1),
        await bob.propfind(`${home}calendar/`, 1),
        await bob.get(`${home}calendar/1.ics`),
        await bob.get(`${home}no/1.ics`),
        await bob.get(`${home}freebusy`),
        await bob.put(`${home}calendar/1.ics`, event('1')),
        await bob.put(`${home}no`, 'x'),
        await bob.delete(`${home}calendar/`),
        await bob.proppatch(home, element(dav('displayname'), 'x')),
        await bob.request('OPTIONS', home),
        await bob.request('MKCALENDAR', `${home}new/`),
        await bob.request('POST', home, {body: 'x'}),
        await bob.request('COPY', '/calendars/users/bob/calendar/', {headers: {destination: `${home}new/`}}),
        await bob.request('COPY', home, {headers: {destination: '/calendars/users/bob/new/'}}),
        await nobody.propfind(home, 1),
        await nobody.get(`${home}calendar/`),
      ];
      return answers.map(({status, error, text}) => [status, error, text.replace(/\d{8}T\d{6}Z|-\d{13}/g, '')]);
    };
    const before = await seen();
    expect(await store.view(`calendars/${guidOf(1)}`)).toBeUndefined();
    expect(before[0]).toEqual([403, dav('need-privileges'), expect.stringContaining(`<D:href>${home}</D:href>`)]);
    expect((await ann.propfind(home, 0)).status).toBe(207);
    expect(await seen()).toEqual(before);
  });

  test('a delegate makes it', async () => {
    const {ann, bob, store} = await serve({ann: [], bob: []});
    const delegates = element(dav('group-member-set'), element(dav('href'), '/principals/users/bob/'));
    expect((await ann.proppatch('/principals/users/ann/calendar-proxy-read/', delegates)).status).toBe(207);
    expect(await store.view(`calendars/${guidOf(1)}`)).toBeUndefined();
    expect((await bob.propfind('/calendars/users/ann/calendar/', 0)).status).toBe(207);
  });

  test('an administrator reaches it, and makes it', async () => {
    const {admin, store} = await serve({ann: [], admin: []});
    expect((await admin.propfind('/calendars/users/ann/calendar/', 0)).status).toBe(207);
    expect(await store.view(`calendars/${guidOf(1)}`)).toBeDefined();
  });

  test('a principal without calendars has no home', async () => {
    const {ann} = await serve(
      {ann: []},
      {records: '<user><uid>carl</uid><guid>C</guid><password>carl</password><name>Carl</name><disable-calendar/></user>'},
    );
    expect((await ann.propfind('/calendars/users/carl/', 0)).status).toBe(404);
    const {responses} = await ann.propfind('/principals/users/carl/', 0, caldav('calendar-home-set'));
    expect([...responses.values()][0]!.refused.get(caldav('calendar-home-set'))).toBe(404);
  });

  test('above the homes, /calendars/ lists the forms, and each form the home of who asks', async () => {
    const {ann} = await serve({ann: [], bob: []});
    expect([...(await ann.propfind('/calendars/', 1, dav('resourcetype'))).responses.keys()]).toEqual([
      '/calendars/',
      ...['__uids__', 'users', 'groups', 'locations', 'resources'].map(form => `/calendars/${form}/`),
    ]);
    expect([...(await ann.propfind('/calendars/users/', 1, dav('resourcetype'))).responses.keys()]).toEqual([
      '/calendars/users/',
      '/calendars/users/ann/',
    ]);
    expect((await ann.propfind('/calendars/people/', 0)).status).toBe(404);
  });

  test('what its owner deletes stays deleted, the first calendar too', async () => {
    const {ann} = await serve({ann: [event('1')]});
    expect((await ann.delete('/calendars/users/ann/calendar/')).status).toBe(204);
    expect((await ann.delete('/calendars/users/ann/calendar/')).status).toBe(404);
    expect([...(await ann.propfind('/calendars/users/ann/', 1, dav('resourcetype'))).responses.keys()]).toEqual([
      '/calendars/users/ann/',
      '/calendars/users/ann/inbox/',
      '/calendars/users/ann/outbox/',
      '/calendars/users/ann/tasks/',
    ]);
    expect((await ann.delete('/calendars/users/ann/')).status).toBeGreaterThanOrEqual(403);
    expect((await ann.propfind('/calendars/users/ann/tasks/', 0)).status).toBe(207);
  });

  test('a home holds ordinary collections too, and these any file', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCOL', '/calendars/users/ann/papers/')).status).toBe(201);
    const put = await ann.put('/calendars/users/ann/papers/a.txt', 'no calendar', {'content-type': 'text/plain'});
    expect(put.status).toBe(201);
    expect((await ann.get('/calendars/users/ann/papers/a.txt')).text).toBe('no calendar');
    expect((await ann.request('MKCALENDAR', '/calendars/users/ann/papers/inner/')).status).toBe(201);
    expect((await ann.put('/calendars/users/ann/papers/inner/1.ics', 'no calendar')).error).toBe(caldav('valid-calendar-data'));
  });
});
