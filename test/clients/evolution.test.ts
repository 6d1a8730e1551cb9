import {describe, expect, test} from 'vitest';
import {elements, isElement, text} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event, todo} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const headers = {'user-agent': 'Evolution/3.46.4', 'cache-control': 'no-cache', pragma: 'no-cache'};
const document = (body: string) => `<?xml version="1.0" encoding="utf-8"?>\n${body}`;
const only = ({responses}: Answer) => [...responses.values()][0]!;
const home = `/calendars/__uids__/${guidOf(1)}/`;

describe('Evolution', () => {
  test.each(['/', '/.well-known/caldav'])('finds the calendars from %s', async start => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const body =
      document(`<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:current-user-principal/><D:current-user-privilege-set/>
<C:calendar-home-set xmlns:C="urn:ietf:params:xml:ns:caldav"/><C:calendar-user-address-set xmlns:C="urn:ietf:params:xml:ns:caldav"/>
</D:prop></D:propfind>`);
    const first = await device.request('PROPFIND', start, {headers, depth: 0, body});
    const at = first.status === 301 ? first.headers.get('location')! : start;
    const principal = text(
      only(await device.ask('PROPFIND', at, body, {...headers, depth: '0'})).properties.get(dav('current-user-principal'))!,
    );
    const found = only(await device.ask('PROPFIND', principal, body, {...headers, depth: '0'})).properties;
    expect(text(found.get(caldav('calendar-home-set'))!)).toBe(home);
    const listing = await device.ask(
      'PROPFIND',
      home,
      document(`<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/><D:displayname/>
<D:current-user-privilege-set/><C:calendar-description/><C:supported-calendar-component-set/>
<IC:calendar-color xmlns:IC="http://apple.com/ns/ical/"/><IC:calendar-order xmlns:IC="http://apple.com/ns/ical/"/></D:prop></D:propfind>`),
      {...headers, depth: '1'},
    );
    const components = [...listing.responses].flatMap(([href, {properties}]) => {
      const set = properties.get(caldav('supported-calendar-component-set'));
      return set ? [[href, ...elements(set).map(({attributes}) => attributes.name)]] : [];
    });
    expect(components).toEqual([
      [`${home}calendar/`, 'VEVENT'],
      [`${home}tasks/`, 'VTODO'],
    ]);
  });

  test('opens a calendar by OPTIONS and its privileges', async () => {
    const {base, nobody} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    expect((await nobody.request('OPTIONS', `${home}calendar/`, {headers})).status).toBe(401);
    const options = await device.request('OPTIONS', `${home}calendar/`, {headers});
    expect(options.headers.get('dav')!.split(/,\s*/)).toContain('calendar-access');
    const body = document('<D:propfind xmlns:D="DAV:"><D:prop><D:current-user-privilege-set/></D:prop></D:propfind>');
    const {properties} = only(await device.ask('PROPFIND', `${home}calendar/`, body, {...headers, depth: '0'}));
    const privileges = elements(properties.get(dav('current-user-privilege-set'))!).flatMap(each =>
      elements(each).map(({name}) => name),
    );
    expect(privileges.some(name => [dav('write'), dav('write-content'), dav('all')].some(enough => enough === name))).toBe(true);
  });

  test('goes by getctag, then lists ETags by a query, then multiget with its own hrefs', async () => {
    const {base} = await serve({ann: [event('1'), event('2')]});
    const [one, two] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const calendar = '/calendars/users/ann/calendar/';
    const ctagOf = async (device: Device) => {
      const body = document(
        '<D:propfind xmlns:D="DAV:"><D:prop><CS:getctag xmlns:CS="http://calendarserver.org/ns/"/></D:prop></D:propfind>',
      );
      return text(
        only(await device.ask('PROPFIND', calendar, body, {...headers, depth: '0'})).properties.get(calendarserver('getctag'))!,
      );
    };
    const list = async (device: Device, component: string) => {
      const body =
        document(`<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="${component}"/></C:comp-filter></C:filter></C:calendar-query>`);
      const {responses} = await device.ask('REPORT', calendar, body, {...headers, depth: '1'});
      return new Map([...responses].map(([href, {properties}]) => [href, text(properties.get(dav('getetag'))!)]));
    };
    const before = await ctagOf(two);
    expect([...(await list(two, 'VEVENT')).keys()]).toEqual([`${calendar}1.ics`, `${calendar}2.ics`]);
    expect((await list(two, 'VTODO')).size).toBe(0);

    const name = 'A 1 (kopie)+ä.ics';
    const sent = `${calendar}${encodeURIComponent(name)}`;
    const put = await one.put(sent, event('3'), {
      ...headers,
      'if-none-match': '*',
      'content-type': 'text/calendar; charset="utf-8"',
    });
    expect(put.status).toBe(201);
    expect(await ctagOf(two)).not.toBe(before);
    const listed = await list(two, 'VEVENT');
    const href = [...listed.keys()].find(each => decodeURIComponent(each).endsWith(name))!;
    expect(listed.get(href)).toBe(put.headers.get('etag'));
    for (const asked of [href, sent]) {
      const body =
        document(`<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>
<D:href>${asked}</D:href></C:calendar-multiget>`);
      const {responses} = await two.ask('REPORT', calendar, body, {...headers, depth: '1'});
      expect([...responses.keys()].map(each => decodeURIComponent(each))).toEqual([`${calendar}${name}`]);
      expect(text([...responses.values()][0]!.properties.get(caldav('calendar-data'))!)).toBe(event('3'));
    }
    const after = await ctagOf(two);
    expect((await one.delete(sent, {...headers, 'if-match': put.headers.get('etag')!})).status).toBe(204);
    expect(await ctagOf(two)).not.toBe(after);
    expect([...(await list(two, 'VEVENT')).keys()]).toEqual([`${calendar}1.ics`, `${calendar}2.ics`]);
    await expectDevicesToAgree(one, two, calendar);
  });

  test('its time zones with a vendor’s prefix and EXDATE as a DATE are taken', async () => {
    const {ann} = await serve({ann: []});
    const body = event('1', '20261201T100000Z', 'RRULE:FREQ=DAILY;COUNT=5', 'EXDATE;VALUE=DATE:20261203').replace(
      'DTSTART:20261201T100000Z',
      'DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Prague:20261201T100000',
    );
    expect((await ann.put(`${home}calendar/1.ics`, body)).status).toBe(201);
  });

  test('keeps tasks in their own list', async () => {
    const {base} = await serve({ann: []});
    const [one, two] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    expect((await one.put(`${home}tasks/1.ics`, todo('1'), headers)).status).toBe(201);
    const body =
      document(`<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"/></C:comp-filter></C:filter></C:calendar-query>`);
    const {responses} = await two.ask('REPORT', `${home}tasks/`, body, {...headers, depth: '1'});
    const data = [...responses.values()].map(({properties}) => properties.get(caldav('calendar-data'))!);
    expect(data.filter(isElement).map(text)).toEqual([todo('1')]);
  });
});
