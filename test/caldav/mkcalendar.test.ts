import {describe, expect, test} from 'vitest';
import {type Element, element, text} from '../../src/xml/element.ts';
import {apple, caldav, calendarserver, dav} from '../../src/xml/names.ts';
import {parseXml} from '../../src/xml/parse.ts';
import {escapeText} from '../../src/xml/print.ts';
import {crlf} from '../ical/text.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';
import {usEastern} from './rfc4791.ts';

const home = '/calendars/users/ann/';
const zone = crlf(usEastern);

/** A CALDAV:mkcalendar that sets what is given, as XML. */
const mkcalendar = (...properties: string[]) =>
  parseXml(`<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">
<D:set><D:prop>${properties.join('\n')}</D:prop></D:set></C:mkcalendar>`);

describe('RFC 4791 §5.3.1.2 MKCALENDAR', () => {
  test('the example: a calendar with the properties given', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcalendar(
      "<D:displayname>Lisa's Events</D:displayname>",
      '<C:calendar-description xml:lang="en">Calendar restricted to events.</C:calendar-description>',
      '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>',
      `<C:calendar-timezone><![CDATA[${zone}]]></C:calendar-timezone>`,
    );
    const made = await ann.request('MKCALENDAR', `${home}events/`, {body});
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-cache');
    const {responses} = await ann.propfind(
      `${home}events/`,
      0,
      dav('resourcetype'),
      dav('displayname'),
      caldav('calendar-description'),
      caldav('supported-calendar-component-set'),
      caldav('calendar-timezone'),
    );
    const {properties, refused} = responses.get(`${home}events/`)!;
    expect([...refused]).toEqual([]);
    expect(properties.get(dav('resourcetype'))!.children).toEqual([element(dav('collection')), element(caldav('calendar'))]);
    expect(text(properties.get(dav('displayname'))!)).toBe("Lisa's Events");
    const description = properties.get(caldav('calendar-description'))!;
    expect(text(description)).toBe('Calendar restricted to events.');
    expect(description.attributes['{http://www.w3.org/XML/1998/namespace}lang']).toBe('en');
    expect(text(properties.get(caldav('calendar-timezone'))!)).toBe(zone.replaceAll('\r\n', '\n'));
    const comps = properties.get(caldav('supported-calendar-component-set'))!.children as Element[];
    expect(comps.map(comp => comp.attributes.name)).toEqual(['VEVENT']);
  });

  test('as Apple sends it: colour with its symbol, order, busy or not', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcalendar(
      '<A:calendar-order>7</A:calendar-order>',
      '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>',
      '<A:calendar-color symbolic-color="custom">#1BADF8FF</A:calendar-color>',
      `<C:calendar-timezone>${escapeText(zone)}</C:calendar-timezone>`,
      '<D:displayname>Ünïcode 🎉 &amp; &lt;more&gt;</D:displayname>',
      '<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>',
    );
    expect((await ann.request('MKCALENDAR', `${home}E621E1F8-C36C-495A-93FC-0C247A3E6E5F/`, {body})).status).toBe(201);
    const {responses} = await ann.propfind(
      `${home}E621E1F8-C36C-495A-93FC-0C247A3E6E5F/`,
      0,
      apple('calendar-color'),
      apple('calendar-order'),
      dav('displayname'),
      caldav('schedule-calendar-transp'),
      caldav('calendar-timezone'),
    );
    const {properties} = [...responses.values()][0]!;
    expect(properties.get(apple('calendar-color'))).toMatchObject({
      attributes: {'symbolic-color': 'custom'},
      children: ['#1BADF8FF'],
    });
    expect(text(properties.get(apple('calendar-order'))!)).toBe('7');
    expect(text(properties.get(dav('displayname'))!)).toBe('Ünïcode 🎉 & <more>');
    expect(properties.get(caldav('schedule-calendar-transp'))!.children).toEqual([element(caldav('transparent'))]);
    expect(text(properties.get(caldav('calendar-timezone'))!)).toBe(zone);
  });

  test('without a body it makes a calendar for every type', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCALENDAR', `${home}plain`)).status).toBe(201);
    const {responses} = await ann.propfind(`${home}plain/`, 0, caldav('supported-calendar-component-set'));
    const set = responses.get(`${home}plain/`)!.properties.get(caldav('supported-calendar-component-set'))!;
    expect((set.children as Element[]).map(comp => comp.attributes.name)).toEqual(['VEVENT', 'VTODO', 'VJOURNAL']);
    expect((await ann.put(`${home}plain/1.ics`, event('1'))).status).toBe(201);
  });

  test('all or nothing: a property that cannot be set leaves no calendar, and the others fail for it', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcalendar(
      '<D:getetag>A Calendar</D:getetag>',
      '<D:displayname>A Calendar</D:displayname>',
      '<C:calendar-description xml:lang="en">First CalDAV calendar.</C:calendar-description>',
    );
    const {status, responses} = await ann.request('MKCALENDAR', `${home}no/`, {body});
    expect(status).toBe(207);
    expect([...responses.get(`${home}no/`)!.refused]).toEqual([
      [dav('getetag'), 403],
      [dav('displayname'), 424],
      [caldav('calendar-description'), 424],
    ]);
    expect((await ann.propfind(`${home}no/`, 0)).status).toBe(404);
  });

  test('types that are not known here are left out; a set with no other is refused', async () => {
    const {ann} = await serve({ann: []});
    const set = (...names: string[]) =>
      mkcalendar(
        `<C:supported-calendar-component-set>${names.map(name => `<C:comp name="${name}"/>`).join('')}</C:supported-calendar-component-set>`,
      );
    expect((await ann.request('MKCALENDAR', `${home}a/`, {body: set('VEVENT', 'VPOLL', 'vtodo')})).status).toBe(201);
    const {responses} = await ann.propfind(`${home}a/`, 0, caldav('supported-calendar-component-set'));
    const kept = responses.get(`${home}a/`)!.properties.get(caldav('supported-calendar-component-set'))!;
    expect((kept.children as Element[]).map(comp => comp.attributes.name)).toEqual(['VEVENT', 'VTODO']);
    const refused = await ann.request('MKCALENDAR', `${home}b/`, {body: set('VPOLL')});
    expect(refused.status).toBe(207);
    expect(refused.text).toContain('supported-calendar-component');
    expect((await ann.propfind(`${home}b/`, 0)).status).toBe(404);
  });
});

describe('RFC 4791 §5.3.1.1 preconditions', () => {
  test('DAV:resource-must-be-null', async () => {
    const {ann} = await serve({ann: [event('1')]});
    for (const path of ['calendar/', 'calendar/1.ics', '']) {
      expect(await ann.request('MKCALENDAR', home + path)).toMatchObject({status: 403, error: dav('resource-must-be-null')});
    }
  });

  test('§5.3.1: every answer has Cache-Control: no-cache, whatever it refuses', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    const said = async (path: string, client = ann, method = 'MKCALENDAR') =>
      (await client.request(method, path)).headers.get('cache-control');
    for (const path of ['new/', 'calendar/', 'calendar/inner/', 'no/new/']) expect(await said(home + path)).toBe('no-cache');
    expect([await said(`${home}x/`, bob), await said(`${home}calendar/`, ann, 'MKCOL')]).toEqual(['no-cache', 'no-cache']);
  });

  test('CALDAV:calendar-collection-location-ok: not in a calendar, not outside homes', async () => {
    const {ann} = await serve({ann: []});
    const refused = {status: 403, error: caldav('calendar-collection-location-ok')};
    expect(await ann.request('MKCALENDAR', `${home}calendar/inner/`)).toMatchObject(refused);
    for (const path of ['/new/', '/calendars/users/new/', '/principals/users/ann/new/']) {
      expect((await ann.request('MKCALENDAR', path)).status).toBe(403);
    }
  });

  test('CALDAV:valid-calendar-data: a time zone is one VTIMEZONE', async () => {
    const {ann} = await serve({ann: []});
    for (const value of ['US/Eastern', event('1'), escapeText(zone.replaceAll('VTIMEZONE', 'VTIMEZONES'))]) {
      const body = mkcalendar(`<C:calendar-timezone>${value}</C:calendar-timezone>`);
      const {responses, text: said} = await ann.request('MKCALENDAR', `${home}no/`, {body});
      expect([...responses.get(`${home}no/`)!.refused]).toEqual([[caldav('calendar-timezone'), 403]]);
      expect(said).toContain('valid-calendar-data');
    }
  });

  test('where a collection between is missing: 409', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCALENDAR', `${home}no/new/`)).status).toBe(409);
  });

  test('in another’s home: 403 DAV:need-privileges', async () => {
    const {bob} = await serve({ann: [], bob: []});
    expect(await bob.request('MKCALENDAR', `${home}new/`)).toMatchObject({status: 403, error: dav('need-privileges')});
  });

  test('a body that is no mkcalendar is refused: 415, and what is no XML: 400', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCALENDAR', `${home}no/`, {body: element(dav('mkcol'))})).status).toBe(415);
    expect((await ann.request('MKCALENDAR', `${home}no/`, {body: '<C:mkcalendar'})).status).toBe(400);
  });

  test('a home holds so many collections and no more', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxCollectionsPerHome: 3}});
    expect((await ann.request('MKCALENDAR', `${home}third/`)).status).toBe(201);
    const refused = {status: 403, error: calendarserver('max-collections')};
    expect(await ann.request('MKCALENDAR', `${home}fourth/`)).toMatchObject(refused);
    expect(await ann.request('MKCOL', `${home}fourth/`)).toMatchObject(refused);
    expect(await ann.request('COPY', `${home}third/`, {headers: {destination: `${home}fourth/`}})).toMatchObject(refused);
    await ann.delete(`${home}third/`);
    expect((await ann.request('MKCALENDAR', `${home}fourth/`)).status).toBe(201);
  });
});

describe('RFC 5689 §3 extended MKCOL', () => {
  const mkcol = (types: string, ...properties: string[]) =>
    parseXml(`<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">
<D:set><D:prop><D:resourcetype>${types}</D:resourcetype>${properties.join('')}</D:prop></D:set></D:mkcol>`);

  test('makes a calendar as MKCALENDAR does', async () => {
    const {ann} = await serve({ann: []});
    const body = mkcol(
      '<D:collection/><C:calendar/>',
      '<D:displayname>Work</D:displayname>',
      '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>',
      '<A:calendar-color>#ff0000</A:calendar-color>',
    );
    expect((await ann.request('MKCOL', `${home}work/`, {body})).status).toBe(201);
    const {responses} = await ann.propfind(`${home}work/`, 0, dav('resourcetype'), dav('displayname'), apple('calendar-color'));
    const {properties} = responses.get(`${home}work/`)!;
    expect(properties.get(dav('resourcetype'))!.children).toEqual([element(dav('collection')), element(caldav('calendar'))]);
    expect(text(properties.get(dav('displayname'))!)).toBe('Work');
    expect(text(properties.get(apple('calendar-color'))!)).toBe('#ff0000');
    expect((await ann.put(`${home}work/1.ics`, event('1'))).status).toBe(201);
  });

  test('neither MKCOL makes anything in a calendar', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.request('MKCOL', `${home}calendar/inner/`)).status).toBe(403);
    expect(await ann.request('MKCOL', `${home}calendar/inner/`, {body: mkcol('<D:collection/><C:calendar/>')})).toMatchObject({
      status: 403,
      error: caldav('calendar-collection-location-ok'),
    });
  });
});
