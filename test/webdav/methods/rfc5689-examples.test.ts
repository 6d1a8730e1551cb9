import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {usEastern} from '../../caldav/rfc4791.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/lisa/';
const headers = {'content-type': 'application/xml; charset="utf-8"'};

const mkcol = (types: string, properties: string) => `<?xml version="1.0" encoding="utf-8" ?>
<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:E="http://example.com/ns/">
  <D:set>
    <D:prop>
      <D:resourcetype>
        ${types}
      </D:resourcetype>
      ${properties}
    </D:prop>
  </D:set>
</D:mkcol>`;

describe('RFC 5689 §3.1.1 Example: Using OPTIONS for the Discovery of Support for Extended MKCOL', () => {
  test('a home, a calendar and a free URL say extended-mkcol, and MKCOL among their methods', async () => {
    const {lisa} = await serve({lisa: []});
    for (const path of [home, `${home}calendar/`, `${home}special/`]) {
      const {status, headers} = await lisa.request('OPTIONS', path);
      const list = (name: string) => headers.get(name)!.split(/,\s*/);
      expect([path, status, list('allow').includes('MKCOL')]).toEqual([path, 200, true]);
      expect(list('dav')).toEqual(expect.arrayContaining(['1', '2', '3', 'access-control', 'extended-mkcol']));
    }
  });
});

describe('RFC 5689 §3.4 Example: Successful Extended MKCOL Request', () => {
  test('201, not to be cached, and the properties are as given', async () => {
    const {lisa} = await serve({lisa: []});
    const body = mkcol('<D:collection/>', '<D:displayname>Special Resource</D:displayname>');
    const made = await lisa.request('MKCOL', `${home}special/`, {body, headers});
    expect([made.status, made.text, made.headers.get('cache-control')]).toEqual([201, '', 'no-cache']);
    const {properties} = (await lisa.propfind(`${home}special/`, 0, dav('displayname'))).responses.get(`${home}special/`)!;
    expect(text(properties.get(dav('displayname'))!)).toBe('Special Resource');
  });
});

describe('RFC 5689 §3.5 Example: Unsuccessful Extended MKCOL Request', () => {
  test('403 with DAV:mkcol-response: the type is refused by DAV:valid-resourcetype, the name fails with it', async () => {
    const {lisa} = await serve({lisa: []});
    const body = mkcol('<D:collection/><E:special-resource/>', '<D:displayname>Special Resource</D:displayname>');
    const {status, xml, headers: answered} = await lisa.request('MKCOL', `${home}special/`, {body, headers});
    expect([status, answered.get('cache-control'), xml!.name]).toEqual([403, 'no-cache', dav('mkcol-response')]);
    const propstats = elements(xml!, dav('propstat')).map(propstat =>
      Object.fromEntries(elements(propstat).map(part => [part.name, elements(part)[0]?.name ?? text(part)])),
    );
    expect(propstats).toEqual([
      {
        [dav('prop')]: dav('resourcetype'),
        [dav('status')]: 'HTTP/1.1 403 Forbidden',
        [dav('error')]: dav('valid-resourcetype'),
      },
      {[dav('prop')]: dav('displayname'), [dav('status')]: 'HTTP/1.1 424 Failed Dependency'},
    ]);
    expect((await lisa.propfind(`${home}special/`, 0)).status).toBe(404);
  });
});

describe('RFC 5689 §4.1.1 Example: Using MKCOL Instead of MKCALENDAR', () => {
  test('makes the calendar that MKCALENDAR makes of the same properties (RFC 4791 §5.3.1.2)', async () => {
    const {lisa} = await serve({lisa: []});
    const given = `<D:displayname>Lisa's Events</D:displayname>
      <C:calendar-description xml:lang="en">Calendar restricted to events.</C:calendar-description>
      <C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
      <C:calendar-timezone><![CDATA[${usEastern}]]></C:calendar-timezone>`;
    const [one, other] = [`${home}events/`, `${home}others/`];
    const made = await lisa.request('MKCOL', one, {body: mkcol('<D:collection/><C:calendar/>', given), headers});
    const mkcalendar = `<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>${given}</D:prop></D:set></C:mkcalendar>`;
    expect([made.status, (await lisa.request('MKCALENDAR', other, {body: mkcalendar, headers})).status]).toEqual([201, 201]);
    const names = [
      dav('resourcetype'),
      dav('displayname'),
      caldav('calendar-description'),
      caldav('supported-calendar-component-set'),
      caldav('calendar-timezone'),
    ];
    const {responses} = await lisa.propfind(home, 1, ...names);
    expect(responses.get(one)!.properties).toEqual(responses.get(other)!.properties);
    expect([...responses.get(one)!.properties.keys()].sort()).toEqual(names.sort());
    expect(elements(responses.get(one)!.properties.get(caldav('supported-calendar-component-set'))!)).toEqual([
      {...element(caldav('comp')), attributes: {name: 'VEVENT'}},
    ]);
  });
});
