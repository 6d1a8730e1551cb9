import {describe, expect, test} from 'vitest';
import {defaultCalendar, requireDefaultCalendar} from '../../../src/scheduling/default-calendar.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {child, element, elements, text} from '../../../src/xml/element.ts';
import {caldav, calendarserver, dav, type Name} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {guidOf, serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const inbox = `${home}inbox/`;
const homeId: HomeId = `calendars/${guidOf(1)}`;

const href = (path: string) => element(dav('href'), path);

async function hrefsOf(client: Client, path: string, name: Name): Promise<string[] | undefined> {
  const {responses} = await client.propfind(path, 0, name);
  const value = [...responses.values()][0]!.properties.get(name);
  return value && elements(value, dav('href')).map(each => text(each));
}

/** What a PROPPATCH of one property comes to: undefined where it is set, else the status of the refusal and its condition. */
async function refusal(client: Client, path: string, ...value: Parameters<typeof element>) {
  const {responses, xml} = await client.proppatch(path, element(...value));
  const [, status] = [...[...responses.values()][0]!.refused][0] ?? [];
  const error = xml && elements(elements(xml, dav('response'))[0]!, dav('propstat')).map(each => child(each, dav('error')))[0];
  return status === undefined ? undefined : [status, error && elements(error)[0]?.name];
}

describe('RFC 6638 §2.1.1, §2.2.1 schedule-outbox-URL, schedule-inbox-URL', () => {
  test('a principal’s are in its home, by GUID; who has no calendars has none', async () => {
    const {ann} = await serve(
      {ann: []},
      {records: '<user><uid>carl</uid><guid>C</guid><password>carl</password><name>Carl</name><disable-calendar/></user>'},
    );
    for (const name of ['inbox', 'outbox'] as const) {
      const property = caldav(`schedule-${name}-URL`);
      expect(await hrefsOf(ann, '/principals/users/ann/', property)).toEqual([`/calendars/__uids__/${guidOf(1)}/${name}/`]);
      expect(await hrefsOf(ann, '/principals/users/carl/', property)).toBeUndefined();
    }
  });
});

describe('RFC 6638 §9.2 schedule-default-calendar-URL', () => {
  const name = caldav('schedule-default-calendar-URL');

  test('it is the calendar that a home starts with, and CalendarServer’s for tasks the list', async () => {
    const {ann} = await serve({ann: []});
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}calendar/`]);
    expect(await hrefsOf(ann, inbox, calendarserver('schedule-default-tasks-URL'))).toEqual([`${home}tasks/`]);
  });

  test('another calendar can be set, in any form of its URL, and stays it when it is renamed', async () => {
    const {ann, base} = await serve({ann: []});
    await ann.request('MKCALENDAR', `${home}work/`);
    for (const url of [`${home}work/`, `${home}work`, `/calendars/__uids__/${guidOf(1)}/work/`, `${base}${home}work/`]) {
      expect(await refusal(ann, inbox, name, href(url))).toBeUndefined();
      expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}work/`]);
      expect((await ann.proppatch(inbox, element(name))).status).toBe(207);
      expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}calendar/`]);
    }
    await refusal(ann, inbox, name, href(`${home}work/`));
    await ann.request('MOVE', `${home}work/`, {headers: {destination: `${home}office/`}});
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}office/`]);
  });

  test('what is no calendar of the same home, or takes no events, is refused: CALDAV:valid-schedule-default-calendar-URL', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    await bob.propfind('/calendars/users/bob/', 0);
    for (const url of [`${home}no/`, `${home}tasks/`, inbox, home, '/calendars/users/bob/calendar/', 'http://elsewhere/x/', '']) {
      const refused = await refusal(ann, inbox, name, href(url));
      expect([url, refused]).toEqual([url, [403, caldav('valid-schedule-default-calendar-URL')]]);
    }
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}calendar/`]);
  });

  test('when it is removed another is it; where none is left, who delivers makes one', async () => {
    const {ann, store} = await serve({ann: []});
    await ann.request('MKCALENDAR', `${home}work/`);
    expect((await ann.delete(`${home}calendar/`)).status).toBe(204);
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}work/`]);
    expect((await ann.delete(`${home}work/`)).status).toBe(204);
    expect(await hrefsOf(ann, inbox, name)).toBeUndefined();
    expect(await store.write(homeId, unit => requireDefaultCalendar(unit, 'VEVENT'))).toBe('calendar');
    const made = defaultCalendar((await store.view(homeId))!, 'VEVENT');
    expect(made?.path).toBe('calendar');
    expect((await ann.put(`${home}calendar/1.ics`, event('1'))).status).toBe(201);
  });
});

describe('the drafts’ calendar-free-busy-set', () => {
  const name = caldav('calendar-free-busy-set');
  const transp = caldav('schedule-calendar-transp');

  test('it lists the calendars that make busy, and setting it says of each whether it does (§9.1)', async () => {
    const {ann} = await serve({ann: []});
    for (const each of ['one', 'two']) await ann.request('MKCALENDAR', `${home}${each}/`);
    expect(await hrefsOf(ann, inbox, name)).toEqual(['calendar/', 'one/', 'two/'].map(each => home + each));
    expect(await refusal(ann, inbox, name, href(`${home}one`), href(`/calendars/__uids__/${guidOf(1)}/two/`))).toBeUndefined();
    expect(await hrefsOf(ann, inbox, name)).toEqual(['one/', 'two/'].map(each => home + each));
    const {responses} = await ann.propfind(`${home}calendar/`, 0, transp);
    expect(responses.get(`${home}calendar/`)!.properties.get(transp)!.children).toEqual([element(caldav('transparent'))]);
    expect((await ann.proppatch(`${home}one/`, element(transp, element(caldav('transparent'))))).status).toBe(207);
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}two/`]);
  });

  test('what is no calendar of the home is refused, and nothing is changed; nor can it be removed', async () => {
    const {ann} = await serve({ann: []});
    expect(await refusal(ann, inbox, name, href(`${home}calendar/`), href(`${home}no/`))).toEqual([409, undefined]);
    const remove = element(dav('propertyupdate'), element(dav('remove'), element(dav('prop'), element(name))));
    const {responses} = await ann.request('PROPPATCH', inbox, {body: remove});
    expect([...responses.get(inbox)!.refused]).toEqual([[name, 403]]);
    expect(await hrefsOf(ann, inbox, name)).toEqual([`${home}calendar/`]);
  });
});
