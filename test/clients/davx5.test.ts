import {describe, expect, test} from 'vitest';
import {element, elements, isElement, text} from '../../src/xml/element.ts';
import {apple, caldav, calendarserver, dav, type Name} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event, calendar as icalendar, todo} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const headers = {'user-agent': 'DAVx5/4.4.3-ose (dav4jvm; okhttp/4.12.0) Android/14', accept: '*/*'};
const only = ({responses}: Answer) => [...responses.values()][0]!;
const document = (body: string) => `<?xml version='1.0' encoding='UTF-8' ?>${body}`;
const propfind = (properties: string) =>
  document(
    `<propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav"><prop>${properties}</prop></propfind>`,
  );

const collectionProperties = `<current-user-privilege-set /><displayname /><owner /><resourcetype />
<n0:transports xmlns:n0="https://bitfire.at/webdav-push" /><n1:topic xmlns:n1="https://bitfire.at/webdav-push" />
<n2:calendar-color xmlns:n2="http://apple.com/ns/ical/" /><CAL:calendar-description /><CAL:calendar-timezone />
<CAL:calendar-timezone-id /><CAL:supported-calendar-component-set /><n3:source xmlns:n3="http://calendarserver.org/ns/" />`;

describe('DAVx5', () => {
  test.each(['/', '/calendars/users/ann/', '/caldav/', '/principals/users/ann/'])(
    'finds the principal, and that it does CalDAV, from the URL %s',
    async url => {
      const {base, nobody} = await serve({ann: []});
      const device = new Device(base, 'ann', 'ann');
      const properties = `<resourcetype /><displayname /><n0:calendar-color xmlns:n0="http://apple.com/ns/ical/" />
<CAL:calendar-description /><CAL:calendar-timezone /><current-user-privilege-set /><CAL:supported-calendar-component-set />
<CAL:calendar-home-set /><current-user-principal />`;
      expect((await nobody.request('PROPFIND', url, {headers, depth: 0, body: propfind(properties)})).status).toBe(401);
      const found = only(await device.ask('PROPFIND', url, propfind(properties), {...headers, depth: '0'})).properties;
      const principal = text(found.get(dav('current-user-principal'))!);
      const options = await device.request('OPTIONS', principal, {headers});
      expect([options.status, options.headers.get('dav')!.split(/,\s*/).includes('calendar-access')]).toEqual([200, true]);
      const addresses = await device.ask('PROPFIND', principal, propfind('<CAL:calendar-user-address-set />'), {
        ...headers,
        depth: '0',
      });
      const mail = elements(only(addresses).properties.get(caldav('calendar-user-address-set'))!).map(text);
      expect(mail.filter(address => address.startsWith('mailto:'))).toContain('mailto:ann@example.com');
    },
  );

  test('follows delegation to the homes of others, by either of the ways it knows, and sees what it may do there', async () => {
    const {base, ann} = await serve({ann: [event('1')], bob: []});
    const anns = `/principals/__uids__/${guidOf(1)}/`;
    const bobs = `/principals/__uids__/${guidOf(2)}/`;
    const delegates = element(dav('group-member-set'), element(dav('href'), bobs));
    expect((await ann.proppatch(`${anns}calendar-proxy-read/`, delegates)).status).toBe(207);
    const device = new Device(base, 'bob', 'bob');
    const properties = `<displayname /><group-membership /><resourcetype /><CAL:calendar-home-set />
<n0:calendar-proxy-read-for xmlns:n0="http://calendarserver.org/ns/" /><n1:calendar-proxy-write-for xmlns:n1="http://calendarserver.org/ns/" />`;
    const look = async (url: string) =>
      only(await device.ask('PROPFIND', url, propfind(properties), {...headers, depth: '0'})).properties;
    const own = await look(bobs);
    const hrefs = (of: typeof own, name: Name) => elements(of.get(name)!, dav('href')).map(text);
    expect(hrefs(own, calendarserver('calendar-proxy-read-for'))).toEqual([anns]);
    // A group of delegates leads to the principal that it lies in.
    const [membership] = hrefs(own, dav('group-membership'));
    const group = await look(membership!);
    expect(elements(group.get(dav('resourcetype'))!).map(({name}) => name)).toContain(calendarserver('calendar-proxy-read'));
    expect(new URL('..', base + membership).pathname).toBe(anns);
    const [home] = hrefs(await look(anns), caldav('calendar-home-set'));
    const {responses} = await device.ask('PROPFIND', home!, propfind(collectionProperties), {...headers, depth: '1'});
    const privileges = elements(responses.get(`${home}calendar/`)!.properties.get(dav('current-user-privilege-set'))!)
      .flatMap(each => elements(each))
      .map(({name}) => name);
    expect(privileges).toContain(dav('read'));
    for (const name of ['write', 'write-content', 'bind', 'unbind', 'all']) expect(privileges).not.toContain(dav(name));
  });

  test('lists the home’s collections', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const principal = `/principals/__uids__/${guidOf(1)}/`;
    const homes = await device.ask(
      'PROPFIND',
      principal,
      propfind(`<displayname /><group-membership /><resourcetype /><CAL:calendar-home-set />
<n0:calendar-proxy-read-for xmlns:n0="http://calendarserver.org/ns/" /><n1:calendar-proxy-write-for xmlns:n1="http://calendarserver.org/ns/" />`),
      {...headers, depth: '0'},
    );
    const home = text(only(homes).properties.get(caldav('calendar-home-set'))!);
    const {responses} = await device.ask('PROPFIND', home, propfind(collectionProperties), {...headers, depth: '1'});
    const calendars = [...responses].filter(([, {properties}]) =>
      properties.get(dav('resourcetype'))!.children.some(type => isElement(type) && type.name === caldav('calendar')),
    );
    expect(calendars.map(([href]) => href)).toEqual([`${home}calendar/`, `${home}tasks/`]);
    for (const [, {properties}] of calendars) {
      const privileges = elements(properties.get(dav('current-user-privilege-set'))!)
        .flatMap(each => elements(each))
        .map(({name}) => name);
      expect(privileges).toEqual(
        expect.arrayContaining([dav('write-content'), dav('write-properties'), dav('bind'), dav('unbind')]),
      );
    }
  });

  test('makes a calendar, its time zone in CDATA', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const url = `/calendars/__uids__/${guidOf(1)}/3a1d1f6c-7d2e-4f5c-8b2a-6d7f3f1a9b10/`;
    const zone = icalendar(
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Vienna',
      'BEGIN:STANDARD',
      'DTSTART:19961027T030000',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'END:STANDARD',
      'END:VTIMEZONE',
    );
    const body =
      document(`<CAL:mkcalendar xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav">
<set><prop><resourcetype><collection /><CAL:calendar /></resourcetype><displayname>Täglich</displayname>
<CAL:calendar-description>Was &lt;immer&gt;</CAL:calendar-description>
<n0:calendar-color xmlns:n0="http://apple.com/ns/ical/">#2196F3FF</n0:calendar-color>
<CAL:calendar-timezone-id>Europe/Vienna</CAL:calendar-timezone-id><CAL:calendar-timezone><![CDATA[${zone}]]></CAL:calendar-timezone>
<CAL:supported-calendar-component-set><CAL:comp name="VEVENT" /><CAL:comp name="VTODO" /></CAL:supported-calendar-component-set>
</prop></set></CAL:mkcalendar>`);
    const made = await device.request('MKCALENDAR', url, {
      body,
      headers: {...headers, 'content-type': 'application/xml; charset=utf-8'},
    });
    expect(made.status).toBe(201);
    const {properties} = only(await device.ask('PROPFIND', url, propfind(collectionProperties), {...headers, depth: '0'}));
    expect(text(properties.get(dav('displayname'))!)).toBe('Täglich');
    expect(text(properties.get(caldav('calendar-description'))!)).toBe('Was <immer>');
    expect(text(properties.get(apple('calendar-color'))!)).toBe('#2196F3FF');
    expect(text(properties.get(caldav('calendar-timezone-id'))!)).toBe('Europe/Vienna');
    expect(text(properties.get(caldav('calendar-timezone'))!)).toContain('TZID:Europe/Vienna');
    expect((await device.put(`${url}1.ics`, todo('1'))).status).toBe(201);
  });

  test('synchronises: sync-collection, multiget by ten, If-None-Match, If-Match', async () => {
    const {base} = await serve({ann: Array.from({length: 12}, (_, at) => event(`e${at}`))});
    const [phone, tablet] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const calendar = `/calendars/__uids__/${guidOf(1)}/calendar/`;
    const capabilities = only(
      await phone.ask(
        'PROPFIND',
        calendar,
        propfind(
          `<n0:getctag xmlns:n0="http://calendarserver.org/ns/" /><CAL:max-resource-size /><supported-report-set /><sync-token />`,
        ),
        {...headers, depth: '0'},
      ),
    ).properties;
    expect(Number(text(capabilities.get(caldav('max-resource-size'))!))).toBeGreaterThan(0);
    expect(text(capabilities.get(calendarserver('getctag'))!)).not.toBe('');

    const sync = (device: Device, token: string) =>
      device.ask(
        'REPORT',
        calendar,
        document(
          `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level><prop><getetag /></prop></sync-collection>`,
        ),
        {...headers, depth: '0'},
      );
    const first = await sync(phone, '');
    expect(first.responses.size).toBe(12);
    const token = text(elements(first.xml!, dav('sync-token'))[0]!);
    const batch = [...first.responses.keys()].slice(0, 10);
    const multiget = await phone.ask(
      'REPORT',
      calendar,
      document(`<CAL:calendar-multiget xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getcontenttype /><getetag />
<CAL:schedule-tag /><CAL:calendar-data content-type="text/calendar" version="2.0" /></prop>
${batch.map(href => `<href>${href}</href>`).join('')}</CAL:calendar-multiget>`),
      headers,
    );
    expect([...multiget.responses.keys()].sort()).toEqual([...batch].sort());
    for (const {properties} of multiget.responses.values()) {
      expect(text(properties.get(caldav('calendar-data'))!)).toContain('BEGIN:VEVENT');
      expect(text(properties.get(dav('getcontenttype'))!)).toMatch(/^text\/calendar/);
    }

    const type = {...headers, 'content-type': 'text/calendar; charset=utf-8'};
    expect((await phone.put(`${calendar}neu.ics`, event('neu'), {...type, 'if-none-match': '*'})).status).toBe(201);
    expect((await tablet.put(`${calendar}neu.ics`, event('neu'), {...type, 'if-none-match': '*'})).status).toBe(412);
    const second = await sync(tablet, token);
    expect([...second.responses.keys()]).toEqual([`${calendar}neu.ics`]);
    expect((await tablet.delete(`${calendar}neu.ics`, {...headers, 'if-match': '"nothing like it"'})).status).toBe(412);
    await expectDevicesToAgree(phone, tablet, calendar);
  });

  test('a token that was never given out is refused so that it starts anew', async () => {
    const {ann} = await serve({ann: [event('1')]});
    for (const token of ['data:,99', 'http://sabre.io/ns/sync/12', 'https://example.com/?sync=1']) {
      expect(await ann.sync('/calendars/users/ann/calendar/', token)).toMatchObject({
        status: 403,
        error: dav('valid-sync-token'),
      });
    }
  });

  test('with a time limit it queries for each type of component', async () => {
    const {base} = await serve({ann: [event('old', '20200101T000000Z'), event('new', '20261201T000000Z')]});
    const device = new Device(base, 'ann', 'ann');
    const {responses} = await device.ask(
      'REPORT',
      `/calendars/__uids__/${guidOf(1)}/calendar/`,
      document(`<CAL:calendar-query xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getetag /></prop><CAL:filter>
<CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT"><CAL:time-range start="20260824T000000Z" /></CAL:comp-filter></CAL:comp-filter>
</CAL:filter></CAL:calendar-query>`),
      {...headers, depth: '1'},
    );
    expect([...responses.keys()]).toEqual([`/calendars/__uids__/${guidOf(1)}/calendar/2.ics`]);
  });
});
