import {describe, expect, test} from 'vitest';
import {elements, isElement, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {calendar, event, todo} from '../support/events.ts';
import {serve} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';

const home = '/calendars/users/ann/';

const to = (client: Client, method: 'COPY' | 'MOVE', from: string, destination: string, headers: Record<string, string> = {}) =>
  client.request(method, home + from, {headers: {destination: client.base + home + destination, ...headers}});

describe.each(['COPY', 'MOVE'] as const)('RFC 4791 §5.3.2.1 for %s into a calendar', method => {
  const served = sharedServer({ann: [event('there')]});
  const refusals: [string, string, string, string][] = [
    ['what is no iCalendar', 'a.xml', '<a/>', 'supported-calendar-data'],
    ['broken iCalendar', 'a.ics', event('1').replaceAll('VCALENDAR', 'XCALENDAR'), 'valid-calendar-data'],
    ['a METHOD', 'a.ics', event('1').replace('VERSION', 'METHOD:REQUEST\r\nVERSION'), 'valid-calendar-object-resource'],
    ['an empty calendar', 'a.ics', calendar(), 'valid-calendar-object-resource'],
    ['a task for a calendar of events', 'a.ics', todo('1'), 'supported-calendar-component'],
    ['a UID that is there', 'a.ics', event('there'), 'no-uid-conflict'],
    ['too many instances', 'a.ics', event('1', undefined, 'RRULE:FREQ=SECONDLY;COUNT=5000'), 'max-instances'],
  ];
  test.each(refusals)('%s is refused', async (_, name, body, condition) => {
    const {ann} = served();
    await ann.request('MKCOL', `${home}files/`);
    expect((await ann.put(`${home}files/${name}`, body)).status).toBe(201);
    const answer = await to(ann, method, `files/${name}`, 'calendar/new.ics');
    expect(answer).toMatchObject({status: 403, error: caldav(condition)});
    expect((await ann.get(`${home}calendar/new.ics`)).status).toBe(404);
    expect((await ann.get(`${home}files/${name}`)).text).toBe(body);
    expect((await ann.delete(`${home}files/`)).status).toBe(204);
  });

  test('onto an object with another UID: no-uid-conflict, with its href', async () => {
    const {ann} = await serve({ann: [event('there')]});
    await ann.request('MKCALENDAR', `${home}other/`);
    await ann.put(`${home}other/a.ics`, event('new'));
    const answer = await to(ann, method, 'other/a.ics', 'calendar/1.ics');
    expect(answer).toMatchObject({status: 403, error: caldav('no-uid-conflict')});
    const condition = answer.xml!.children.find(isElement)!;
    expect(text(elements(condition, dav('href'))[0]!)).toBe(`${home}calendar/1.ics`);
    expect((await ann.get(`${home}calendar/1.ics`)).text).toBe(event('there'));
  });

  test('an ordinary file that is an object becomes one, found by its UID', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', `${home}files/`);
    await ann.put(`${home}files/a.txt`, event('new'), {'content-type': 'text/plain'});
    expect((await to(ann, method, 'files/a.txt', 'calendar/new.ics')).status).toBe(201);
    const got = await ann.get(`${home}calendar/new.ics`);
    expect([got.text, got.headers.get('content-type')]).toEqual([event('new'), 'text/calendar;charset=utf-8']);
    expect(await ann.put(`${home}calendar/again.ics`, event('new'))).toMatchObject({error: caldav('no-uid-conflict')});
  });

  test('from calendar to calendar', async () => {
    const {ann} = await serve({ann: [event('one')]});
    await ann.request('MKCALENDAR', `${home}other/`);
    expect((await to(ann, method, 'calendar/1.ics', 'other/1.ics')).status).toBe(201);
    expect((await ann.get(`${home}other/1.ics`)).text).toBe(event('one'));
    expect((await ann.get(`${home}calendar/1.ics`)).status).toBe(method === 'COPY' ? 200 : 404);
    expect(await ann.put(`${home}other/2.ics`, event('one'))).toMatchObject({error: caldav('no-uid-conflict')});
  });

  test('a collection into a calendar is refused: a calendar by calendar-collection-location-ok', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCOL', `${home}files/`);
    await ann.request('MKCALENDAR', `${home}other/`);
    expect((await to(ann, method, 'files/', 'calendar/files/')).status).toBe(403);
    expect(await to(ann, method, 'other/', 'calendar/other/')).toMatchObject({
      status: 403,
      error: caldav('calendar-collection-location-ok'),
    });
  });
});

describe('RFC 4791 §5.3.2.1 within one calendar', () => {
  test('MOVE gives an object another name: its UID makes no conflict with itself', async () => {
    const {ann} = await serve({ann: [event('one')]});
    expect((await to(ann, 'MOVE', 'calendar/1.ics', 'calendar/2.ics')).status).toBe(201);
    expect((await ann.get(`${home}calendar/2.ics`)).text).toBe(event('one'));
    expect((await ann.get(`${home}calendar/1.ics`)).status).toBe(404);
  });

  test('COPY would make the UID twice there', async () => {
    const {ann} = await serve({ann: [event('one')]});
    expect(await to(ann, 'COPY', 'calendar/1.ics', 'calendar/2.ics')).toMatchObject({
      status: 403,
      error: caldav('no-uid-conflict'),
    });
  });

  test('a calendar moves with all it holds and stays what it is', async () => {
    const {ann} = await serve({ann: [event('one')]});
    expect((await to(ann, 'MOVE', 'calendar/', 'moved/')).status).toBe(201);
    expect((await ann.get(`${home}moved/1.ics`)).text).toBe(event('one'));
    expect(await ann.put(`${home}moved/2.ics`, todo('2'))).toMatchObject({error: caldav('supported-calendar-component')});
  });
});

describe('RFC 5995 §3.2.1 POST add-member to a calendar', () => {
  test('asks what PUT asks', async () => {
    const {ann} = await serve({ann: [event('there')]});
    const {responses} = await ann.propfind(`${home}calendar/`, 0, dav('add-member'));
    const add = text(responses.get(`${home}calendar/`)!.properties.get(dav('add-member'))!);
    const post = (body: string) => ann.request('POST', add, {body, headers: {'content-type': 'text/calendar'}});
    const made = await post(event('new'));
    expect(made.status).toBe(201);
    const location = new URL(made.headers.get('location')!, ann.base).pathname;
    expect((await ann.get(location)).text).toBe(event('new'));
    expect(await post(event('there'))).toMatchObject({status: 403, error: caldav('no-uid-conflict')});
    expect(await post(todo('1'))).toMatchObject({status: 403, error: caldav('supported-calendar-component')});
    expect(await post('nothing of the sort')).toMatchObject({status: 403, error: caldav('valid-calendar-data')});
  });
});
