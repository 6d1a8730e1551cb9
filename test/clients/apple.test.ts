import {describe, expect, test} from 'vitest';
import {type Element, elements, isElement, text} from '../../src/xml/element.ts';
import {apple, caldav, calendarserver, dav, type Name} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const agents = {
  'macOS Calendar': 'macOS/14.5 (23F79) CalendarAgent/988',
  'iOS Calendar': 'iOS/17.5.1 (21F90) dataaccessd/1.0',
};

const document = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;

/** The names of the properties that one account refresh asks of a home, with the prefixes Apple gives them. */
const homeProperties = [
  ...['add-member', 'current-user-privilege-set', 'displayname', 'owner', 'quota-available-bytes', 'quota-used-bytes'],
  ...['resource-id', 'resourcetype', 'supported-report-set', 'sync-token'],
].map(name => `<A:${name}/>`);
const caldavProperties = [
  ...['calendar-alarm', 'calendar-description', 'calendar-free-busy-set', 'calendar-timezone', 'default-alarm-vevent-date'],
  ...[
    'default-alarm-vevent-datetime',
    'schedule-calendar-transp',
    'schedule-default-calendar-URL',
    'managed-attachments-server-URL',
  ],
  ...['supported-calendar-component-set', 'supported-calendar-component-sets'],
].map(name => `<B:${name} xmlns:B="urn:ietf:params:xml:ns:caldav"/>`);
const calendarserverProperties = [
  ...['allowed-sharing-modes', 'getctag', 'invite', 'pre-publish-url', 'publish-url', 'push-transports', 'pushkey', 'source'],
  ...['subscribed-strip-alarms', 'subscribed-strip-attachments', 'subscribed-strip-todos'],
].map(name => `<C:${name} xmlns:C="http://calendarserver.org/ns/"/>`);
const appleProperties = [
  'autoprovisioned',
  'calendar-color',
  'calendar-order',
  'language-code',
  'location-code',
  'refreshrate',
].map(name => `<D:${name} xmlns:D="http://apple.com/ns/ical/"/>`);
const wanted = [
  ...homeProperties,
  ...caldavProperties,
  ...calendarserverProperties,
  ...appleProperties,
  '<E:bulk-requests xmlns:E="http://me.com/_namespace/"/>',
].join('');

const initialPropfind = document(
  '<A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/></A:prop></A:propfind>',
);

const hrefs = (property: Element | undefined) => (property ? elements(property, dav('href')).map(text) : []);
const only = ({responses}: Answer) => [...responses.values()][0]!;
const typesOf = (property: Element | undefined) => property?.children.filter(isElement).map(({name}) => name) ?? [];

describe.each(Object.entries(agents))('%s', (_, agent) => {
  const headers = {'user-agent': agent, accept: '*/*', 'accept-language': 'en-us', brief: 't'};

  test('finds its calendars from the host name alone', async () => {
    const {ann, nobody, base} = await serve({ann: [event('1')]});
    const device = new Device(base, 'ann', 'ann');

    // Without credentials first; then with them, along the redirect.
    const wellKnown = await nobody.request('PROPFIND', '/.well-known/caldav', {headers, depth: 0, body: initialPropfind});
    expect(wellKnown.status).toBe(301);
    const location = wellKnown.headers.get('location')!;
    const challenge = await nobody.request('PROPFIND', location, {headers, depth: 0, body: initialPropfind});
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    const root = await device.ask('PROPFIND', location, initialPropfind, {...headers, depth: '0'});
    expect(root.headers.get('dav')).toContain('calendar-access');
    const [principal] = hrefs(only(root).properties.get(dav('current-user-principal')));
    expect(principal).toBe(`/principals/__uids__/${guidOf(1)}/`);

    const options = await device.request('OPTIONS', principal!, {headers});
    expect(options.status).toBe(200);
    expect(options.headers.get('dav')).toContain('calendar-access');

    const account = await device.ask(
      'PROPFIND',
      principal!,
      document(`<A:propfind xmlns:A="DAV:"><A:prop>
<B:calendar-home-set xmlns:B="urn:ietf:params:xml:ns:caldav"/><B:calendar-user-address-set xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<A:current-user-principal/><A:displayname/><C:dropbox-home-URL xmlns:C="http://calendarserver.org/ns/"/>
<C:email-address-set xmlns:C="http://calendarserver.org/ns/"/><C:notification-URL xmlns:C="http://calendarserver.org/ns/"/>
<A:principal-collection-set/><A:principal-URL/><A:resource-id/><B:schedule-inbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:schedule-outbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:supported-report-set/></A:prop></A:propfind>`),
      {...headers, depth: '0'},
    );
    expect(account.headers.get('dav')).toContain('calendar-access');
    const {properties} = only(account);
    const [home, ...furtherHomes] = hrefs(properties.get(caldav('calendar-home-set')));
    expect(furtherHomes).toEqual([]);
    expect(hrefs(properties.get(dav('principal-URL')))).toEqual([principal]);
    expect(hrefs(properties.get(dav('principal-collection-set')))).toEqual(['/principals/']);
    expect(hrefs(properties.get(caldav('calendar-user-address-set')))[0]).toBe('mailto:ann@example.com');
    expect(elements(properties.get(calendarserver('email-address-set'))!).map(text)).toEqual(['ann@example.com']);

    const listing = await device.ask(
      'PROPFIND',
      home!,
      document(`<A:propfind xmlns:A="DAV:"><A:prop>${wanted}</A:prop></A:propfind>`),
      {
        ...headers,
        depth: '1',
      },
    );
    expect([...listing.responses.keys()]).toEqual(['', 'calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each));
    const reports = (href: string) =>
      elements(listing.responses.get(href)!.properties.get(dav('supported-report-set'))!, dav('supported-report')).flatMap(
        report => elements(elements(report, dav('report'))[0]!).map(({name}) => name),
      );
    expect(reports(home!)).toContain(dav('sync-collection'));
    expect(reports(`${home}calendar/`)).toEqual(
      expect.arrayContaining([dav('sync-collection'), caldav('calendar-multiget'), caldav('calendar-query')] satisfies Name[]),
    );
    for (const [href, component] of [
      ['calendar/', 'VEVENT'],
      ['tasks/', 'VTODO'],
    ] as const) {
      const found = listing.responses.get(home + href)!.properties;
      expect(typesOf(found.get(dav('resourcetype')))).toEqual([dav('collection'), caldav('calendar')]);
      expect(elements(found.get(caldav('supported-calendar-component-set'))!).map(({attributes}) => attributes.name)).toEqual([
        component,
      ]);
      expect(text(found.get(calendarserver('getctag'))!)).not.toBe('');
      expect(text(found.get(dav('sync-token'))!)).not.toBe('');
      const privileges = elements(found.get(dav('current-user-privilege-set'))!).flatMap(each => typesOf(each));
      expect(privileges).toEqual(expect.arrayContaining([dav('write'), dav('write-content'), dav('bind'), dav('unbind')]));
      expect(hrefs(found.get(dav('owner')))).toEqual([principal]);
    }
    // What there is not costs nothing: Brief leaves it out.
    for (const {refused} of listing.responses.values()) expect([...refused]).toEqual([]);
    expect((await ann.get(`${home}calendar/1.ics`)).status).toBe(200);
  });

  test('asks for delegates and what can be searched for', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const search = await device.request('REPORT', '/principals/', {
      headers: {...headers, 'content-type': 'text/xml'},
      depth: 0,
      body: document('<x0:principal-search-property-set xmlns:x0="DAV:"/>'),
    });
    expect([search.status, search.xml?.name]).toEqual([200, dav('principal-search-property-set')]);
    const expand = await device.ask(
      'REPORT',
      `/principals/__uids__/${guidOf(1)}/`,
      document(
        `<A:expand-property xmlns:A="DAV:">${['read', 'write']
          .map(
            way => `<A:property name="calendar-proxy-${way}-for" namespace="http://calendarserver.org/ns/">
<A:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/>
<A:property name="email-address-set" namespace="http://calendarserver.org/ns/"/><A:property name="displayname" namespace="DAV:"/></A:property>`,
          )
          .join('')}</A:expand-property>`,
      ),
      headers,
    );
    expect([...expand.responses.keys()]).toEqual([`/principals/__uids__/${guidOf(1)}/`]);
  });

  test('makes a calendar and changes its colour, order, name and alarms', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const home = `/calendars/__uids__/${guidOf(1)}/`;
    const calendar = `${home}4D7C4FA2-1A3D-4DBE-8FA8-0A14F5F0E4F2/`;
    const made = await device.request('MKCALENDAR', calendar, {
      headers: {...headers, 'content-type': 'text/xml'},
      body: document(`<B:mkcalendar xmlns:B="urn:ietf:params:xml:ns:caldav"><A:set xmlns:A="DAV:"><A:prop>
<D:calendar-order xmlns:D="http://apple.com/ns/ical/">5</D:calendar-order>
<B:supported-calendar-component-set><B:comp name="VEVENT"/></B:supported-calendar-component-set>
<D:calendar-color xmlns:D="http://apple.com/ns/ical/" symbolic-color="custom">#711A76</D:calendar-color>
<B:calendar-timezone>BEGIN:VCALENDAR&#13;
VERSION:2.0&#13;
PRODID:-//Apple Inc.//macOS 14.5//EN&#13;
CALSCALE:GREGORIAN&#13;
BEGIN:VTIMEZONE&#13;
TZID:America/Los_Angeles&#13;
BEGIN:STANDARD&#13;
TZOFFSETFROM:-0700&#13;
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU&#13;
DTSTART:20071104T020000&#13;
TZNAME:PST&#13;
TZOFFSETTO:-0800&#13;
END:STANDARD&#13;
END:VTIMEZONE&#13;
END:VCALENDAR&#13;
</B:calendar-timezone><A:displayname>New Calendar</A:displayname>
<B:schedule-calendar-transp><B:opaque/></B:schedule-calendar-transp></A:prop></A:set></B:mkcalendar>`),
    });
    expect(made.status).toBe(201);

    const patch = async (path: string, property: string) => {
      const body = document(`<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop>${property}</A:prop></A:set></A:propertyupdate>`);
      expect([...only(await device.ask('PROPPATCH', path, body, {'user-agent': agent})).refused]).toEqual([]);
    };
    await patch(
      calendar,
      '<D:calendar-color xmlns:D="http://apple.com/ns/ical/" symbolic-color="orange">#FD8208FF</D:calendar-color>',
    );
    await patch(calendar, '<D:calendar-order xmlns:D="http://apple.com/ns/ical/">9</D:calendar-order>');
    await patch(calendar, '<A:displayname>Renamed</A:displayname>');
    await patch(
      home,
      `<B:default-alarm-vevent-date xmlns:B="urn:ietf:params:xml:ns:caldav">BEGIN:VALARM&#13;
X-WR-ALARMUID:49F29226-D2D7-4464-AE22-0147EDEFB2B4&#13;
UID:49F29226-D2D7-4464-AE22-0147EDEFB2B4&#13;
TRIGGER:-PT15H&#13;
ACTION:AUDIO&#13;
END:VALARM&#13;
</B:default-alarm-vevent-date>`,
    );
    const other = new Device(base, 'ann', 'ann');
    const seen = await other.propfind(calendar, 0, apple('calendar-color'), apple('calendar-order'), dav('displayname'));
    const {properties} = only(seen);
    expect(properties.get(apple('calendar-color'))).toMatchObject({
      attributes: {'symbolic-color': 'orange'},
      children: ['#FD8208FF'],
    });
    expect(text(properties.get(apple('calendar-order'))!)).toBe('9');
    expect(text(properties.get(dav('displayname'))!)).toBe('Renamed');
    const alarm = only(await other.propfind(home, 0, caldav('default-alarm-vevent-date'))).properties;
    expect(text(alarm.get(caldav('default-alarm-vevent-date'))!)).toContain('TRIGGER:-PT15H\r\n');
  });

  test('keeps in step: sync-collection on the home and the calendar, multiget, PUT, DELETE', async () => {
    const {base} = await serve({ann: []});
    const [mac, phone] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const home = `/calendars/__uids__/${guidOf(1)}/`;
    const calendar = `${home}calendar/`;
    const sync = async (device: Device, path: string, token: string, props: string) => {
      const body = document(`<A:sync-collection xmlns:A="DAV:"><A:sync-token>${token}</A:sync-token><A:sync-level>1</A:sync-level>
<A:prop>${props}</A:prop></A:sync-collection>`);
      const answer = await device.ask('REPORT', path, body, headers);
      return {...answer, token: text(elements(answer.xml!, dav('sync-token'))[0]!)};
    };
    const homeBefore = await sync(phone, home, '', wanted);
    expect([...homeBefore.responses.keys()].sort()).toEqual([
      calendar,
      ...['inbox/', 'outbox/', 'tasks/'].map(each => home + each),
    ]);
    const before = await sync(phone, calendar, '', '<A:getcontenttype/><A:getetag/>');

    const uid = '0E5F4C62-9F47-4C0B-A0E9-9E6B9A7C7B2D';
    const object = `${calendar}${uid}.ics`;
    const put = await mac.put(object, event(uid), {...headers, 'if-none-match': '*', 'content-type': 'text/calendar'});
    expect(put.status).toBe(201);
    const etag = put.headers.get('etag')!;

    const homeAfter = await sync(phone, home, homeBefore.token, wanted);
    expect([...homeAfter.responses.keys()]).toEqual([calendar]);
    const after = await sync(phone, calendar, before.token, '<A:getcontenttype/><A:getetag/>');
    expect([...after.responses.keys()]).toEqual([object]);
    expect(text(after.responses.get(object)!.properties.get(dav('getetag'))!)).toBe(etag);
    expect(text(after.responses.get(object)!.properties.get(dav('getcontenttype'))!)).toMatch(/^text\/calendar/);

    const multiget = await phone.ask(
      'REPORT',
      calendar,
      document(`<B:calendar-multiget xmlns:B="urn:ietf:params:xml:ns:caldav"><A:prop xmlns:A="DAV:"><A:getetag/><B:calendar-data/>
<B:schedule-tag/><C:created-by xmlns:C="http://calendarserver.org/ns/"/><C:updated-by xmlns:C="http://calendarserver.org/ns/"/></A:prop>
<A:href xmlns:A="DAV:">${object}</A:href><A:href xmlns:A="DAV:">${calendar}gone.ics</A:href></B:calendar-multiget>`),
      headers,
    );
    expect(text(multiget.responses.get(object)!.properties.get(caldav('calendar-data'))!)).toBe(event(uid));
    expect(multiget.responses.get(`${calendar}gone.ics`)!.status).toBe(404);

    const edited = event(uid, '20261202T120000Z');
    const second = await phone.put(object, edited, {...headers, 'if-match': etag, 'if-schedule-tag-match': ''});
    expect(second.status).toBe(204);
    expect((await mac.delete(object, {...headers, 'if-match': etag})).status).toBe(412);
    expect((await mac.delete(object, {...headers, 'if-match': second.headers.get('etag')!})).status).toBe(204);
    const gone = await sync(phone, calendar, after.token, '<A:getcontenttype/><A:getetag/>');
    expect([...gone.responses].map(([href, {status}]) => [href, status])).toEqual([[object, 404]]);
    await expectDevicesToAgree(mac, phone, calendar);
  });

  test('looks for events in a span of time', async () => {
    const {base} = await serve({ann: [event('in', '20261201T100000Z'), event('out', '20270201T100000Z')]});
    const device = new Device(base, 'ann', 'ann');
    const query = (range: string) =>
      device.ask(
        'REPORT',
        `/calendars/__uids__/${guidOf(1)}/calendar/`,
        document(`<B:calendar-query xmlns:B="urn:ietf:params:xml:ns:caldav"><A:prop xmlns:A="DAV:"><A:getetag/><A:getcontenttype/></A:prop>
<B:filter><B:comp-filter name="VCALENDAR"><B:comp-filter name="VEVENT"><B:time-range ${range}/></B:comp-filter></B:comp-filter></B:filter>
</B:calendar-query>`),
        {...headers, depth: '1'},
      );
    const found = async (range: string) => [...(await query(range)).responses.keys()].map(href => href.split('/').at(-1));
    expect(await found('start="20261130T010101Z" end="20261221T010101Z"')).toEqual(['1.ics']);
    expect(await found('start="20261130T010101Z"')).toEqual(['1.ics', '2.ics']);
    expect(await found('start="20270101T000000Z"')).toEqual(['2.ics']);
  });

  test('removes a calendar, and the other device learns it from the home', async () => {
    const {base} = await serve({ann: []});
    const [mac, phone] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const home = `/calendars/__uids__/${guidOf(1)}/`;
    const before = await phone.sync(home);
    expect((await mac.delete(`${home}calendar/`, headers)).status).toBe(204);
    const after = await phone.sync(home, before.token);
    expect(after.removed).toContain(`${home}calendar/`);
    expect([...(await phone.propfind(home, 1, dav('resourcetype'))).responses.keys()]).toEqual(
      ['', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each),
    );
  });
});
