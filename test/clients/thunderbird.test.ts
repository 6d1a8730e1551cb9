import {describe, expect, test} from 'vitest';
import {elements, isElement, text} from '../../src/xml/element.ts';
import {caldav, calendarserver, dav} from '../../src/xml/names.ts';
import type {Answer} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';
import {Device, expectDevicesToAgree} from './two-devices.ts';

const headers = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0',
  accept: 'text/xml',
  'accept-language': 'en-us,en;q=0.5',
  'accept-charset': 'utf-8,*;q=0.1',
};
const document = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
const propfind = (...names: string[]) =>
  document(
    `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/" xmlns:CS="http://calendarserver.org/ns/"><D:prop>${names.map(name => `<${name}/>`).join('')}</D:prop></D:propfind>`,
  );
const only = ({responses}: Answer) => [...responses.values()][0]!;
const home = `/calendars/__uids__/${guidOf(1)}/`;

describe('Thunderbird', () => {
  const detection = propfind(
    'D:resourcetype',
    'D:owner',
    'D:displayname',
    'D:current-user-principal',
    'D:current-user-privilege-set',
    'A:calendar-color',
    'C:calendar-home-set',
  );

  test('finds the calendars from .well-known, by principal and home', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const redirect = await device.request('PROPFIND', '/.well-known/caldav', {headers, depth: 0, body: detection});
    expect(redirect.status).toBe(301);
    const at = new URL(redirect.headers.get('location')!, `${base}/.well-known/caldav`).pathname;
    const root = only(await device.ask('PROPFIND', at, detection, {...headers, depth: '0'})).properties;
    expect(
      root
        .get(dav('resourcetype'))!
        .children.filter(isElement)
        .map(({name}) => name),
    ).toEqual([dav('collection')]);
    const principal = text(root.get(dav('current-user-principal'))!);
    const homes = only(
      await device.ask('PROPFIND', principal, propfind('C:calendar-home-set'), {...headers, depth: '0'}),
    ).properties;
    expect(text(homes.get(caldav('calendar-home-set'))!)).toBe(home);
    const names = propfind('D:resourcetype', 'D:displayname', 'D:current-user-privilege-set', 'A:calendar-color');
    const {responses} = await device.ask('PROPFIND', home, names, {...headers, depth: '1'});
    // It reads the resource type of every response, also of the home itself.
    const calendars = [...responses].filter(([, {properties}]) =>
      properties.get(dav('resourcetype'))!.children.some(type => isElement(type) && type.name === caldav('calendar')),
    );
    expect(calendars.map(([href, {properties}]) => [href, text(properties.get(dav('displayname'))!)])).toEqual([
      [`${home}calendar/`, 'Calendar'],
      [`${home}tasks/`, 'Tasks'],
    ]);
  });

  test.each([
    `/calendars/users/ann/calendar/`,
    '/calendars/users/ann/calendar',
    '/calendars/users/ann/',
    '/principals/users/ann/',
  ])('takes %s for a start as well', async location => {
    const {base} = await serve({ann: []});
    const {properties} = only(
      await new Device(base, 'ann', 'ann').ask('PROPFIND', location, detection, {...headers, depth: '0'}),
    );
    expect(properties.has(dav('current-user-principal'))).toBe(true);
  });

  test('checks a calendar: no redirect, its reports, privileges and components, then OPTIONS of its parent', async () => {
    const {base} = await serve({ann: []});
    const device = new Device(base, 'ann', 'ann');
    const {properties} = only(
      await device.ask(
        'PROPFIND',
        `${home}calendar/`,
        propfind(
          'D:resourcetype',
          'D:owner',
          'D:current-user-principal',
          'D:current-user-privilege-set',
          'D:supported-report-set',
          'C:supported-calendar-component-set',
          'CS:getctag',
        ),
        {...headers, depth: '0'},
      ),
    );
    const reports = elements(properties.get(dav('supported-report-set'))!)
      .flatMap(report => elements(report, dav('report')))
      .flatMap(report => elements(report).map(({name}) => name));
    expect(reports).toContain(dav('sync-collection'));
    const privileges = elements(properties.get(dav('current-user-privilege-set'))!).flatMap(each =>
      elements(each).map(({name}) => name),
    );
    expect(privileges).toContain(dav('write'));
    expect(elements(properties.get(caldav('supported-calendar-component-set'))!).map(({attributes}) => attributes.name)).toEqual([
      'VEVENT',
    ]);
    expect(properties.has(calendarserver('getctag'))).toBe(true);
    const options = await device.request('OPTIONS', home, {headers});
    expect(options.status).toBe(200);
    expect(options.headers.get('dav')).toContain('calendar-auto-schedule');
  });

  test('synchronises with Depth: 1 beside the sync level, and multiget', async () => {
    const {base} = await serve({ann: [event('1')]});
    const [desktop, laptop] = [new Device(base, 'ann', 'ann'), new Device(base, 'ann', 'ann')];
    const calendar = `${home}calendar/`;
    const sync = async (device: Device, token: string) => {
      const answer = await device.ask(
        'REPORT',
        calendar,
        document(
          `<sync-collection xmlns="DAV:">${token ? `<sync-token>${token}</sync-token>` : '<sync-token/>'}<sync-level>1</sync-level><prop><getcontenttype/><getetag/></prop></sync-collection>`,
        ),
        {...headers, depth: '1'},
      );
      return {...answer, token: text(elements(answer.xml!, dav('sync-token'))[0]!)};
    };
    const first = await sync(laptop, '');
    const {properties} = first.responses.get(`${calendar}1.ics`)!;
    expect(text(properties.get(dav('getcontenttype'))!).slice(0, 13)).toBe('text/calendar');
    const body = document(
      `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><D:href>${calendar}1.ics</D:href></C:calendar-multiget>`,
    );
    const multiget = await laptop.ask('REPORT', calendar, body, {...headers, depth: '1'});
    expect(text(multiget.responses.get(`${calendar}1.ics`)!.properties.get(caldav('calendar-data'))!)).toBe(event('1'));

    const made = await desktop.put(`${calendar}b2.ics`, event('b2'), {...headers, 'if-none-match': '*'});
    expect([made.status, made.headers.has('etag')]).toEqual([201, true]);
    const second = await sync(laptop, first.token);
    expect([...second.responses.keys()]).toEqual([`${calendar}b2.ics`]);
    expect((await laptop.delete(`${calendar}b2.ics`, {...headers, 'if-match': made.headers.get('etag')!})).status).toBe(204);
    const third = await sync(desktop, second.token);
    expect([...third.responses].map(([href, {status}]) => [href, status])).toEqual([[`${calendar}b2.ics`, 404]]);
    // A deletion that fails is looked into with HEAD.
    expect((await laptop.request('HEAD', `${calendar}b2.ics`, {headers})).status).toBe(404);
    await expectDevicesToAgree(desktop, laptop, calendar);
  });

  test('a token it does not know makes it start anew, and no 403 looks like a limit on the rate', async () => {
    const {ann} = await serve({ann: []});
    const {status, text: said} = await ann.sync('/calendars/users/ann/calendar/', 'http://elsewhere/12');
    expect(status).toBe(403);
    expect(said).not.toContain('<D:error xmlns:D="DAV:"/>');
  });
});
