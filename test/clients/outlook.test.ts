import {describe, expect, test} from 'vitest';
import {elements, isElement, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const headers = {'user-agent': 'CalDavSynchronizer/4.4', 'accept-charset': 'utf-8'};
const only = ({responses}: Answer) => [...responses.values()][0]!;
const home = `/calendars/__uids__/${guidOf(1)}/`;
const calendar = `${home}calendar/`;

describe('Outlook CalDav Synchronizer', () => {
  test('allprop says the resource type', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const body = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>';
    const {properties} = only(await device.ask('PROPFIND', calendar, body, {...headers, depth: '0'}));
    expect(elements(properties.get(dav('resourcetype'))!).map(({name}) => name)).toEqual([dav('collection'), caldav('calendar')]);
  });

  test('a calendar can be written only if write-content, bind and unbind are all listed; it needs its reports too', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const body = `<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:current-user-privilege-set/><D:supported-report-set/></D:prop></D:propfind>`;
    const {properties} = only(await device.ask('PROPFIND', calendar, body, {...headers, depth: '0'}));
    const names = properties
      .get(dav('current-user-privilege-set'))!
      .children.filter(isElement)
      .flatMap(privilege => elements(privilege).map(({name}) => name));
    expect(names).toEqual(expect.arrayContaining([dav('write-content'), dav('bind'), dav('unbind')]));
    const reports = elements(properties.get(dav('supported-report-set'))!)
      .flatMap(report => elements(report, dav('report')))
      .flatMap(report => elements(report).map(({name}) => name));
    expect(reports).toEqual(expect.arrayContaining([caldav('calendar-query'), dav('sync-collection')]));
    const options = await device.request('OPTIONS', calendar, {headers});
    expect(options.headers.get('dav')).toContain('calendar-access');
  });

  test('queries a time range, multiget with displayname, and reads Location and ETag after PUT', async () => {
    const {base} = await serve({ann: [event('1'), event('2', '20310101T000000Z')]});
    const [outlook, phone] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const query = await outlook.ask(
      'REPORT',
      calendar,
      `<?xml version="1.0"?>
<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop xmlns:D="DAV:"><D:getetag/></D:prop><C:filter>
<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20260901T000000Z" end="20271122T000000Z"/></C:comp-filter>
</C:comp-filter></C:filter></C:calendar-query>`,
      {...headers, depth: '1'},
    );
    expect([...query.responses.keys()]).toEqual([`${calendar}1.ics`]);
    const multiget = await outlook.ask(
      'REPORT',
      calendar,
      `<?xml version="1.0"?><C:calendar-multiget xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/><D:displayname/>
<C:calendar-data/></D:prop><D:href>${calendar}1.ics</D:href></C:calendar-multiget>`,
      {...headers, depth: '1'},
    );
    const {properties, refused} = only(multiget);
    expect([text(properties.get(caldav('calendar-data'))!), refused.get(dav('displayname'))]).toEqual([event('1'), 404]);

    // Old versions sent text/xml.
    const put = await outlook.put(`${calendar}new.ics`, event('new'), {
      ...headers,
      'content-type': 'text/xml',
      'if-none-match': '*',
    });
    expect(put.status).toBe(201);
    // It goes by a Location before its own URL; there must be none that leads elsewhere.
    expect(put.headers.get('location')).toBeNull();
    expect(put.headers.get('etag')).toBe((await phone.get(`${calendar}new.ics`)).headers.get('etag'));
    expect((await outlook.delete(`${calendar}new.ics`, {...headers, 'if-match': put.headers.get('etag')!})).status).toBe(204);
    expect((await outlook.delete(`${calendar}new.ics`, headers)).status).toBe(404);
    await expectDevicesToAgree(outlook, phone, calendar);
  });
});

describe('Windows Mail and Calendar', () => {
  test('its calendar-query with Depth: 0 is answered as with 1', async () => {
    const {base} = await serve({ann: [event('1')]});
    const device = new Device(base, 'ann', 'ann');
    const {responses} = await device.ask(
      'REPORT',
      calendar,
      `<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter></c:filter></c:calendar-query>`,
      {'user-agent': 'MSFT-WP/10.0.22621', depth: '0'},
    );
    expect([...responses.keys()]).toEqual([`${calendar}1.ics`]);
  });
});
