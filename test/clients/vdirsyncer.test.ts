import {describe, expect, test} from 'vitest';
import {elements, text} from '../../src/xml/element.ts';
import {apple, caldav, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

// As vdirsyncer, and in much the same words khal's and calcurse's helpers.
const headers = {'user-agent': 'vdirsyncer/0.19.3', 'content-type': 'application/xml; charset=UTF-8'};
const only = ({responses}: Answer) => [...responses.values()][0]!;
const home = `/calendars/__uids__/${guidOf(1)}/`;

describe('vdirsyncer', () => {
  test('finds collections: principal, home, then whatever is a calendar', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const whoami = '<d:propfind xmlns:d="DAV:"><d:prop><d:current-user-principal /></d:prop></d:propfind>';
    const redirect = await device.request('PROPFIND', '/.well-known/caldav', {headers, depth: 0, body: whoami});
    expect(redirect.status).toBe(301);
    const principal = text(
      only(await device.ask('PROPFIND', redirect.headers.get('location')!, whoami, {...headers, depth: '0'})).properties.get(
        dav('current-user-principal'),
      )!,
    );
    const homes =
      '<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-home-set /></d:prop></d:propfind>';
    expect(
      text(
        only(await device.ask('PROPFIND', principal, homes, {...headers, depth: '0'})).properties.get(
          caldav('calendar-home-set'),
        )!,
      ),
    ).toBe(home);
    const types = '<d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype /></d:prop></d:propfind>';
    const {responses} = await device.ask('PROPFIND', home, types, {...headers, depth: '1'});
    const calendars = [...responses].filter(([, {properties}]) =>
      elements(properties.get(dav('resourcetype'))!).some(({name}) => name === caldav('calendar')),
    );
    expect(calendars.map(([href]) => href)).toEqual([`${home}calendar/`, `${home}tasks/`]);
  });

  test('makes a collection by extended MKCOL and sets its name and colour', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const made = await device.request('MKCOL', `${home}work`, {
      headers,
      body: `<?xml version="1.0" encoding="utf-8" ?><mkcol xmlns="DAV:"><set><prop><resourcetype><collection/>
<c:calendar xmlns:c="urn:ietf:params:xml:ns:caldav" /></resourcetype></prop></set></mkcol>`,
    });
    expect(made.status).toBe(201);
    const patch = (property: string) =>
      device.ask(
        'PROPPATCH',
        `${home}work/`,
        `<?xml version="1.0" encoding="utf-8" ?><propertyupdate xmlns="DAV:"><set><prop>${property}</prop></set></propertyupdate>`,
        headers,
      );
    await patch('<displayname>Work</displayname>');
    await patch('<c:calendar-color xmlns:c="http://apple.com/ns/ical/">#00ff00</c:calendar-color>');
    const {properties} = only(await device.propfind(`${home}work/`, 0, dav('displayname'), apple('calendar-color')));
    expect([...properties.values()].map(text)).toEqual(['Work', '#00ff00']);
  });

  test('lists by PROPFIND, fetches by multiget, writes with If-None-Match and If-Match', async () => {
    const {base} = await serve({ann: [event('1'), event('2')]});
    const [one, two] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const calendar = `${home}calendar/`;
    const list = async (device: Device) => {
      const body = `<?xml version="1.0" encoding="utf-8" ?><propfind xmlns="DAV:"><prop><resourcetype/><getcontenttype/><getetag/></prop></propfind>`;
      const {responses} = await device.ask('PROPFIND', calendar, body, {...headers, depth: '1'});
      const items = [...responses].filter(([, {properties}]) => elements(properties.get(dav('resourcetype'))!).length === 0);
      // Without a content type, or without an ETag, it passes an item over.
      for (const [, {properties}] of items) expect(text(properties.get(dav('getcontenttype'))!)).toContain('text/calendar');
      return new Map(items.map(([href, {properties}]) => [href, text(properties.get(dav('getetag'))!)]));
    };
    const listed = await list(one);
    expect([...listed.keys()]).toEqual([`${calendar}1.ics`, `${calendar}2.ics`]);
    const multiget = `<?xml version="1.0" encoding="utf-8" ?><C:calendar-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<prop><getetag/><C:calendar-data/></prop>${[...listed.keys()].map(href => `<href>${href}</href>`).join('')}</C:calendar-multiget>`;
    const {responses} = await one.ask('REPORT', calendar, multiget, headers);
    expect([...responses.values()].map(({properties}) => text(properties.get(caldav('calendar-data'))!))).toEqual([
      event('1'),
      event('2'),
    ]);

    const type = {'user-agent': headers['user-agent'], 'content-type': 'text/calendar'};
    const put = await one.put(`${calendar}three.ics`, event('three'), {...type, 'if-none-match': '*'});
    expect([put.status, (await list(two)).get(`${calendar}three.ics`)]).toEqual([201, put.headers.get('etag')]);
    const edit = await two.put(`${calendar}three.ics`, event('three', '20261202T080000Z'), {
      ...type,
      'if-match': put.headers.get('etag')!,
    });
    expect([edit.status, (await list(one)).get(`${calendar}three.ics`)]).toEqual([204, edit.headers.get('etag')]);
    expect((await one.delete(`${calendar}three.ics`, {'if-match': edit.headers.get('etag')!})).status).toBe(204);
    expect(await list(two)).toEqual(listed);
    await expectDevicesToAgree(one, two, calendar);
  });

  test('with item types and dates it asks by a query', async () => {
    const {base} = await serve({ann: [event('1'), event('2', '20300101T000000Z')]});
    const device = new Device(base, 'ann', 'ann');
    const body = `<?xml version="1.0" encoding="utf-8" ?><C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<prop><getcontenttype/><getetag/></prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="20261101T000000Z" end="20270101T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`;
    const {responses} = await device.ask('REPORT', `${home}calendar/`, body, {...headers, depth: '1'});
    expect([...responses.keys()]).toEqual([`${home}calendar/1.ics`]);
  });
});
