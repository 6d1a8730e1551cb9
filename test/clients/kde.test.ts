import {describe, expect, test} from 'vitest';
import {elements, text} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const headers = {'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) KIO/5.103 kio_http/5.103.0'};
const only = ({responses}: Answer) => [...responses.values()][0]!;
const home = `/calendars/__uids__/${guidOf(1)}/`;

describe('KDE (kdav)', () => {
  test('asks for principal and home at once, and takes the propstat that says 200', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const body = `<propfind xmlns="DAV:"><prop><current-user-principal xmlns="DAV:"/><calendar-home-set xmlns="urn:ietf:params:xml:ns:caldav"/>
<principal-URL xmlns="DAV:"/></prop></propfind>`;
    const root = await device.ask('PROPFIND', '/', body, {...headers, depth: '0'});
    expect(root.text).toContain('HTTP/1.1 200 OK');
    const principal = text(only(root).properties.get(dav('current-user-principal'))!);
    expect(only(root).refused.get(caldav('calendar-home-set'))).toBe(404);
    const found = only(await device.ask('PROPFIND', principal, body, {...headers, depth: '0'})).properties;
    expect(text(found.get(caldav('calendar-home-set'))!)).toBe(home);
  });

  test('lists collections with their CTags', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const body = `<propfind xmlns="DAV:"><prop xmlns="DAV:"><displayname xmlns="DAV:"/><resourcetype xmlns="DAV:"/>
<calendar-color xmlns="http://apple.com/ns/ical/"/><supported-calendar-component-set xmlns="urn:ietf:params:xml:ns:caldav"/>
<current-user-privilege-set xmlns="DAV:"/><getctag xmlns="http://calendarserver.org/ns/"/></prop></propfind>`;
    const {responses} = await device.ask('PROPFIND', home, body, {...headers, depth: '1'});
    const ctags = [...responses].slice(1).map(([href, {properties}]) => [href, properties.has(calendarserver('getctag'))]);
    expect(ctags).toEqual([
      [`${home}calendar/`, true],
      [`${home}inbox/`, true],
      [`${home}outbox/`, true],
      [`${home}tasks/`, true],
    ]);
  });

  test('queries once for each type of component, then multiget with whole URLs', async () => {
    const {base} = await serve({ann: [event('1')]});
    const [one, two] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const calendar = `${home}calendar/`;
    const found: string[] = [];
    for (const component of ['VEVENT', 'VTODO', 'VJOURNAL']) {
      const body = `<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"><prop xmlns="DAV:"><getetag xmlns="DAV:"/><resourcetype xmlns="DAV:"/></prop>
<filter xmlns="urn:ietf:params:xml:ns:caldav"><comp-filter xmlns="urn:ietf:params:xml:ns:caldav" name="VCALENDAR">
<comp-filter xmlns="urn:ietf:params:xml:ns:caldav" name="${component}"/></comp-filter></filter></calendar-query>`;
      const {responses} = await one.ask('REPORT', calendar, body, {...headers, depth: '1'});
      for (const [href, {properties}] of responses) {
        expect(elements(properties.get(dav('resourcetype'))!)).toEqual([]);
        found.push(href);
      }
    }
    expect(found).toEqual([`${calendar}1.ics`]);
    const body = `<calendar-multiget xmlns="urn:ietf:params:xml:ns:caldav"><prop xmlns="DAV:"><getetag xmlns="DAV:"/>
<calendar-data xmlns="urn:ietf:params:xml:ns:caldav"/></prop><href xmlns="DAV:">${base}${calendar}1.ics</href></calendar-multiget>`;
    const {responses} = await one.ask('REPORT', calendar, body, {...headers, depth: '1'});
    const [href, {properties}] = [...responses][0]!;
    expect(href.endsWith(`${calendar}1.ics`)).toBe(true);
    expect(text(properties.get(caldav('calendar-data'))!)).toBe(event('1'));
    await expectDevicesToAgree(one, two, calendar);
  });

  test('fetches again what it has put', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const put = await device.put(`${home}calendar/KOrganizer-1234.567.ics`, event('k'), {...headers, 'if-none-match': '*'});
    expect(put.status).toBe(201);
    const got = await device.get(`${home}calendar/KOrganizer-1234.567.ics`, headers);
    expect([got.status, got.headers.get('etag')]).toEqual([200, put.headers.get('etag')]);
  });
});
