import {type DAVCalendar, DAVClient} from 'tsdav';
import {describe, expect, test} from 'vitest';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

/** A device that is given the server's address, a user name and a password, and finds the rest itself. */
async function device(base: string, name: string) {
  const client = new DAVClient({
    serverUrl: base,
    credentials: {username: name, password: name},
    authMethod: 'Basic',
    defaultAccountType: 'caldav',
  });
  await client.login();
  const calendars = await client.fetchCalendars();
  const calendar = calendars.find(({url}) => url.endsWith('/calendar/'))!;
  return {client, calendars, calendar, objects: () => client.fetchCalendarObjects({calendar})};
}

describe('tsdav on two devices', () => {
  test('an account has a calendar and a task list, found by the server’s address alone', async () => {
    const {base} = await serve({ann: []});
    const {calendars} = await device(base, 'ann');
    const found = calendars.map(({url, components}) => [new URL(url).pathname.split('/').at(-2), components]);
    expect(found.sort()).toEqual([
      ['calendar', ['VEVENT']],
      ['tasks', ['VTODO']],
    ]);
  });

  test('what one creates, edits and deletes reaches the other', async () => {
    const {base} = await serve({'ann@example.com': []});
    const laptop = await device(base, 'ann@example.com');
    const phone = await device(base, 'ann@example.com');

    const created = await laptop.client.createCalendarObject({
      calendar: laptop.calendar,
      filename: 'party.ics',
      iCalString: event('party'),
    });
    expect(created.status).toBe(201);
    const [seen] = await phone.objects();
    expect(seen?.data).toContain('UID:party');

    const edited = await phone.client.updateCalendarObject({
      calendarObject: {...seen!, data: event('party').replace('Event party', 'Party at ten')},
    });
    expect(edited.status).toBe(204);
    const [back] = await laptop.objects();
    expect(back?.data).toContain('SUMMARY:Party at ten');

    const stale = await laptop.client.deleteCalendarObject({calendarObject: {...back!, etag: '"another"'}});
    expect(stale.status).toBe(412);
    expect((await laptop.client.deleteCalendarObject({calendarObject: back!})).status).toBe(204);
    expect(await phone.objects()).toEqual([]);
    expect((await phone.client.deleteCalendarObject({calendarObject: {url: back!.url}})).status).toBe(404);
  });

  for (const how of ['sync-collection', 'ctag'] as const) {
    test(`a change, and above all a deletion, is found by ${how}`, async () => {
      const {base} = await serve({ann: []});
      const laptop = await device(base, 'ann');
      const phone = await device(base, 'ann');
      await laptop.client.createCalendarObject({calendar: laptop.calendar, filename: 'a.ics', iCalString: event('a')});
      await laptop.client.createCalendarObject({calendar: laptop.calendar, filename: 'b.ics', iCalString: event('b')});
      let known: DAVCalendar = {...phone.calendar, objects: []};
      const sync = async () => {
        const [fresh] = (await phone.client.fetchCalendars()).filter(({url}) => url === known.url);
        const dirty = how === 'ctag' ? fresh!.ctag !== known.ctag : fresh!.syncToken !== known.syncToken;
        const {client} = phone;
        const collection = {
          ...known,
          objectMultiGet: client.calendarMultiGet.bind(client),
          fetchObjects: () => client.fetchCalendarObjects({calendar: known}),
        };
        const {objects = []} = (await phone.client.smartCollectionSync({
          collection,
          method: how === 'ctag' ? 'basic' : 'webdav',
        })) as DAVCalendar;
        known = {...fresh!, objects, reports: known.reports};
        return {dirty, uids: objects.map(({data}) => /UID:(\w+)/.exec(String(data))?.[1]).sort()};
      };
      known = {...known, syncToken: '', ctag: ''};
      expect(await sync()).toEqual({dirty: true, uids: ['a', 'b']});
      expect(await sync()).toEqual({dirty: false, uids: ['a', 'b']});
      const [first] = (await laptop.objects()).filter(({data}) => String(data).includes('UID:a'));
      expect((await laptop.client.deleteCalendarObject({calendarObject: first!})).status).toBe(204);
      expect(await sync()).toEqual({dirty: true, uids: ['b']});
    });
  }
});
