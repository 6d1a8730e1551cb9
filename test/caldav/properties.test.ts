import {describe, expect, test} from 'vitest';
import {type Element, element, elements, text} from '../../src/xml/element.ts';
import {apple, caldav, calendarserver, dav, type Name} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const calendar = '/calendars/users/ann/calendar/';

/** The property of a resource, or the status it is refused with. */
async function propertyOf(client: Client, path: string, name: Name): Promise<Element | number | undefined> {
  const {responses} = await client.propfind(path, 0, name);
  const [response] = responses.values();
  return response!.properties.get(name) ?? response!.refused.get(name);
}

const textOf = async (client: Client, path: string, name: Name) => {
  const property = await propertyOf(client, path, name);
  return typeof property === 'object' ? text(property) : property;
};

/** PROPPATCH of one property, given as XML; the status it got and its condition. */
async function patch(client: Client, path: string, property: string, how: 'set' | 'remove' = 'set') {
  const body =
    parseXml(`<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">
<D:${how}><D:prop>${property}</D:prop></D:${how}></D:propertyupdate>`);
  const answer = await client.request('PROPPATCH', path, {body});
  const [response] = answer.responses.values();
  return response!.refused.size > 0 ? [...response!.refused.values()][0] : 200;
}

const vtimezone = (tzid: string) => `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VTIMEZONE
TZID:${tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`;

describe('RFC 4791 §5.2 properties of a calendar', () => {
  test('§5.2.1 calendar-description is kept with its language', async () => {
    const {ann} = await serve({ann: []});
    const name = caldav('calendar-description');
    expect(await propertyOf(ann, calendar, name)).toBe(404);
    expect(await patch(ann, calendar, '<C:calendar-description xml:lang="fr-CA">Calendrier</C:calendar-description>')).toBe(200);
    expect(await propertyOf(ann, calendar, name)).toMatchObject({
      attributes: {'{http://www.w3.org/XML/1998/namespace}lang': 'fr-CA'},
      children: ['Calendrier'],
    });
    expect(await patch(ann, calendar, '<C:calendar-description/>', 'remove')).toBe(200);
    expect(await propertyOf(ann, calendar, name)).toBe(404);
  });

  test('§5.2.2 calendar-timezone is one VTIMEZONE', async () => {
    const {ann} = await serve({ann: []});
    const name = caldav('calendar-timezone');
    expect(await patch(ann, calendar, `<C:calendar-timezone>${vtimezone('Mine')}</C:calendar-timezone>`)).toBe(200);
    expect(await textOf(ann, calendar, name)).toBe(vtimezone('Mine'));
    const withEvent = event('1').replace('END:VCALENDAR\r\n', vtimezone('A').replace(/^[\s\S]*?(?=BEGIN:VTIMEZONE)/, ''));
    for (const wrong of ['Europe/Berlin', '', event('1'), withEvent, vtimezone('A').replace('END:VCALENDAR', '')]) {
      expect(await patch(ann, calendar, `<C:calendar-timezone>${wrong}</C:calendar-timezone>`)).toBe(403);
    }
    expect(await textOf(ann, calendar, name)).toBe(vtimezone('Mine'));
    const long = vtimezone('Mine').replace('BEGIN:STANDARD', `COMMENT:${'x'.repeat(100_000)}\r\nBEGIN:STANDARD`);
    expect(await patch(ann, calendar, `<C:calendar-timezone>${long}</C:calendar-timezone>`)).toBe(403);
    expect(await patch(ann, calendar, '<C:calendar-timezone/>', 'remove')).toBe(200);
  });

  test('§5.2.3 supported-calendar-component-set is protected once the calendar is there', async () => {
    const {ann} = await serve({ann: []});
    const set = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>';
    expect(await patch(ann, calendar, set)).toBe(403);
    expect(await patch(ann, calendar, '<C:supported-calendar-component-set/>', 'remove')).toBe(403);
  });

  test('§5.2.4 supported-calendar-data: iCalendar 2.0, and jCal', async () => {
    const {ann} = await serve({ann: []});
    const data = (await propertyOf(ann, calendar, caldav('supported-calendar-data'))) as Element;
    expect(elements(data)).toMatchObject([
      {name: caldav('calendar-data'), attributes: {'content-type': 'text/calendar', version: '2.0'}},
      {name: caldav('calendar-data'), attributes: {'content-type': 'application/calendar+json', version: '2.0'}},
    ]);
  });

  test('§5.2.5 to §5.2.9 say the limits that are held', async () => {
    const {ann} = await serve(
      {ann: []},
      {plist: {MaxResourceSize: 5000, MaxAllowedInstances: 70, MaxAttendeesPerInstance: 8, MaxResourcesPerCollection: 9}},
    );
    expect(await textOf(ann, calendar, caldav('max-resource-size'))).toBe('5000');
    expect(await textOf(ann, calendar, caldav('min-date-time'))).toBe('00010101T000000Z');
    expect(await textOf(ann, calendar, caldav('max-date-time'))).toBe('99991231T235959Z');
    expect(await textOf(ann, calendar, caldav('max-instances'))).toBe('70');
    expect(await textOf(ann, calendar, caldav('max-attendees-per-instance'))).toBe('8');
    expect(await textOf(ann, calendar, calendarserver('max-resources'))).toBe('9');
    const {bob} = await serve({bob: []}, {plist: {MinDateTime: '20200101T000000Z', MaxDateTime: '20301231T235959Z'}});
    const bobs = '/calendars/users/bob/calendar/';
    expect(await textOf(bob, bobs, caldav('min-date-time'))).toBe('20200101T000000Z');
    expect(await textOf(bob, bobs, caldav('max-date-time'))).toBe('20301231T235959Z');
  });

  test('a limit that is off is not said', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxAttendeesPerInstance: 0}});
    expect(await propertyOf(ann, calendar, caldav('max-attendees-per-instance'))).toBe(404);
  });

  test('§7.5.1 supported-collation-set has the two that every server must have, on whatever answers a calendar-query', async () => {
    const {ann} = await serve({ann: []});
    await ann.put(`${calendar}1.ics`, event('1'));
    await ann.request('MKCOL', '/calendars/users/ann/folder/');
    for (const path of [calendar, `${calendar}1.ics`, '/calendars/users/ann/', '/calendars/users/ann/folder/']) {
      const set = (await propertyOf(ann, path, caldav('supported-collation-set'))) as Element;
      expect(elements(set, caldav('supported-collation')).map(text), path).toEqual(
        expect.arrayContaining(['i;ascii-casemap', 'i;octet']),
      );
    }
  });

  test('none is in allprop, and none is on a home or an object', async () => {
    const {ann} = await serve({ann: [event('1')]});
    await patch(ann, calendar, '<C:calendar-description>x</C:calendar-description>');
    const {responses} = await ann.propfind(calendar, 1);
    for (const {properties} of responses.values()) {
      expect([...properties.keys()].filter(name => name.startsWith('{urn:ietf:params:xml:ns:caldav}'))).toEqual([]);
    }
    for (const path of ['/calendars/users/ann/', `${calendar}1.ics`]) {
      expect(await propertyOf(ann, path, caldav('supported-calendar-component-set'))).toBe(404);
    }
  });
});

describe('what clients keep on a calendar', () => {
  test('Apple’s colour with its symbol, and order', async () => {
    const {ann} = await serve({ann: []});
    expect(await patch(ann, calendar, '<A:calendar-color symbolic-color="orange">#FD8208FF</A:calendar-color>')).toBe(200);
    expect(await patch(ann, calendar, '<A:calendar-order>3</A:calendar-order>')).toBe(200);
    expect(await propertyOf(ann, calendar, apple('calendar-color'))).toMatchObject({
      attributes: {'symbolic-color': 'orange'},
      children: ['#FD8208FF'],
    });
    expect(await textOf(ann, calendar, apple('calendar-order'))).toBe('3');
  });

  test('RFC 6638 §9.1 schedule-calendar-transp: opaque until set, and nothing but the two', async () => {
    const {ann} = await serve({ann: []});
    const name = caldav('schedule-calendar-transp');
    const now = async () => elements((await propertyOf(ann, calendar, name)) as Element).map(child => child.name);
    expect(await now()).toEqual([caldav('opaque')]);
    expect(await patch(ann, calendar, '<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>')).toBe(200);
    expect(await now()).toEqual([caldav('transparent')]);
    expect(await patch(ann, calendar, '<C:schedule-calendar-transp>maybe</C:schedule-calendar-transp>')).toBe(409);
  });

  test('RFC 7809 §5.2 calendar-timezone-id: IANA’s names', async () => {
    const {ann} = await serve({ann: []});
    expect(await patch(ann, calendar, '<C:calendar-timezone-id>Europe/Berlin</C:calendar-timezone-id>')).toBe(200);
    expect(await textOf(ann, calendar, caldav('calendar-timezone-id'))).toBe('Europe/Berlin');
    expect(await patch(ann, calendar, '<C:calendar-timezone-id>Bogus/Place</C:calendar-timezone-id>')).toBe(403);
  });

  test('default alarms, on the home', async () => {
    const {ann} = await serve({ann: []});
    const alarm = 'BEGIN:VALARM\nTRIGGER:-PT15M\nACTION:AUDIO\nEND:VALARM\n';
    const name = caldav('default-alarm-vevent-datetime');
    expect(
      await patch(
        ann,
        '/calendars/users/ann/',
        `<C:${'default-alarm-vevent-datetime'}>${alarm}</C:default-alarm-vevent-datetime>`,
      ),
    ).toBe(200);
    expect(await textOf(ann, '/calendars/users/ann/', name)).toBe(alarm);
  });
});

describe('RFC 4791 §6.2.1 calendar-home-set and what else a principal says', () => {
  const principal = '/principals/users/ann/';
  const hrefs = (property: Element | number | undefined) => elements(property as Element, dav('href')).map(text);

  test('the home, by GUID', async () => {
    const {ann} = await serve({ann: []});
    expect(hrefs(await propertyOf(ann, principal, caldav('calendar-home-set')))).toEqual([`/calendars/__uids__/${guidOf(1)}/`]);
  });

  test('RFC 6638 §2.4.1: the preferred address first, marked, and last again', async () => {
    const {carl} = await serve(
      {carl: []},
      {
        records: `<user><uid>dora</uid><guid>D</guid><password>dora</password><name>Dora</name>
<email-address>dora@example.com</email-address><email-address>d@example.com</email-address><cuaddr>urn:x:dora</cuaddr></user>
<location><uid>room</uid><guid>R</guid><name>Room</name></location>`,
      },
    );
    const set = (await propertyOf(carl, '/principals/users/dora/', caldav('calendar-user-address-set'))) as Element;
    expect(hrefs(set)).toEqual([
      'mailto:dora@example.com',
      'mailto:d@example.com',
      'urn:x:dora',
      'urn:uuid:D',
      '/principals/__uids__/D/',
      '/principals/users/dora/',
      'mailto:dora@example.com',
    ]);
    expect(elements(set)[0]!.attributes).toEqual({preferred: '1'});
    const emails = (await propertyOf(carl, '/principals/users/dora/', calendarserver('email-address-set'))) as Element;
    expect(elements(emails).map(text)).toEqual(['dora@example.com', 'd@example.com']);
    const room = (await propertyOf(carl, '/principals/locations/room/', caldav('calendar-user-address-set'))) as Element;
    expect(hrefs(room)).toEqual(['urn:uuid:R', '/principals/__uids__/R/', '/principals/locations/room/']);
    expect(await textOf(carl, '/principals/locations/room/', caldav('calendar-user-type'))).toBe('ROOM');
    expect(await textOf(carl, '/principals/users/dora/', caldav('calendar-user-type'))).toBe('INDIVIDUAL');
  });
});

describe('calendar homes', () => {
  test('any set of component types can be asked for; so many collections', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxCollectionsPerHome: 12}});
    const sets = await propertyOf(ann, '/calendars/users/ann/', caldav('supported-calendar-component-sets'));
    expect(sets).toEqual(element(caldav('supported-calendar-component-sets')));
    expect(await textOf(ann, '/calendars/users/ann/', calendarserver('max-collections'))).toBe('12');
  });
});

describe('RFC 4791 §5.1 announcement', () => {
  test('DAV says calendar-access, and of scheduling calendar-auto-schedule alone, not the drafts’, on principal, home and calendar', async () => {
    const {ann} = await serve({ann: []});
    for (const path of ['/', '/principals/users/ann/', '/calendars/users/ann/', calendar]) {
      const {status, headers} = await ann.request('OPTIONS', path);
      const tokens = headers.get('dav')!.split(/,\s*/);
      expect([path, status, tokens.includes('calendar-access')]).toEqual([path, 200, true]);
      expect(tokens.filter(token => token.includes('schedul') || token === 'addressbook')).toEqual(['calendar-auto-schedule']);
    }
  });

  test('Allow lists what a calendar can do', async () => {
    const {ann} = await serve({ann: []});
    const {headers} = await ann.request('OPTIONS', calendar);
    expect(headers.get('allow')!.split(/,\s*/)).toEqual(
      expect.arrayContaining(['OPTIONS', 'GET', 'HEAD', 'DELETE', 'PROPFIND', 'PROPPATCH', 'COPY', 'MOVE', 'POST', 'REPORT']),
    );
  });

  test('§6.1.1 read-free-busy is among the privileges of a calendar and of its objects', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const said = async (path: string) => {
      const set = (await propertyOf(ann, path, dav('current-user-privilege-set'))) as Element;
      return elements(set).flatMap(privilege => elements(privilege).map(({name}) => name));
    };
    expect(await said(calendar)).toContain(caldav('read-free-busy'));
    expect(await said(`${calendar}1.ics`)).toContain(caldav('read-free-busy'));
  });
});
