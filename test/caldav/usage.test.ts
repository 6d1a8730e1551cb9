import {describe, expect, test} from 'vitest';
import {element, elements, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';
import {serveAppendixB, work} from './reports/appendix-b.ts';

/** The requests of RFC 4791 §8, as it advises clients to make them. */
describe('RFC 4791 §8 guidelines', () => {
  const report = (name: string, inner: string) =>
    `<C:${name} xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${inner}</C:${name}>`;
  const month = `<D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="20060101T000000Z" end="20060201T000000Z"/></C:comp-filter></C:comp-filter></C:filter>`;

  test('§8.2.1.3: a time is kept up with by the ETags of a calendar-query, and a calendar-multiget of what is new', async () => {
    const {bernard} = await serveAppendixB();
    const etags = async () => {
      const {responses} = await bernard.report(work, report('calendar-query', month));
      return new Map([...responses].map(([href, {properties}]) => [href, text(properties.get(dav('getetag'))!)]));
    };
    const before = await etags();
    expect([...before.keys()].sort()).toEqual(['abcd1.ics', 'abcd2.ics', 'abcd3.ics'].map(name => work + name));
    const added = event('added', '20060115T100000Z');
    await bernard.put(`${work}added.ics`, added);
    await bernard.put(`${work}later.ics`, event('later', '20060215T100000Z'));
    await bernard.delete(`${work}abcd1.ics`);
    const after = await etags();
    const changed = [...after.keys()].filter(href => before.get(href) !== after.get(href));
    expect(changed).toEqual([`${work}added.ics`]);
    expect([...before.keys()].filter(href => !after.has(href))).toEqual([`${work}abcd1.ics`]);
    const hrefs = changed.map(href => `<D:href>${href}</D:href>`).join('');
    const {responses} = await bernard.report(
      work,
      report('calendar-multiget', `<D:getetag/><C:calendar-data/></D:prop>${hrefs}`),
    );
    const {properties} = responses.get(`${work}added.ics`)!;
    expect(text(properties.get(dav('getetag'))!)).toBe(after.get(`${work}added.ics`));
    expect(text(properties.get(caldav('calendar-data'))!)).toBe(added);
  });

  test('§8.4: the calendars of who asks are found by DAV:principal-match', async () => {
    const {ann} = await serve({ann: []});
    const self = element(
      dav('principal-match'),
      element(dav('self')),
      element(dav('prop'), element(caldav('calendar-home-set'))),
    );
    const {responses} = await ann.report('/principals/', self, '0');
    const homes = [...responses.values()].map(({properties}) => properties.get(caldav('calendar-home-set'))!);
    const [home] = new Set(homes.map(set => text(elements(set, dav('href'))[0]!)));
    expect(home).toBe('/calendars/__uids__/10000000-0000-0000-0000-000000000001/');
    expect((await ann.propfind(home!, 0)).status).toBe(207);
  });

  test('§8.4: another’s calendars are found by DAV:principal-property-search for a name', async () => {
    const {ann} = await serve({ann: [], laurie: []});
    const search = element(
      dav('principal-property-search'),
      element(dav('property-search'), element(dav('prop'), element(dav('displayname'))), element(dav('match'), 'Laurie')),
      element(dav('prop'), element(caldav('calendar-home-set')), element(dav('displayname'))),
    );
    const {responses} = await ann.report('/principals/', search, '0');
    const found = [...responses.values()].map(({properties}) => properties);
    expect(found.map(properties => text(properties.get(dav('displayname'))!))).toEqual(found.map(() => 'laurie'));
    expect(found.map(properties => text(elements(properties.get(caldav('calendar-home-set'))!, dav('href'))[0]!))).toContain(
      '/calendars/__uids__/10000000-0000-0000-0000-000000000002/',
    );
  });
});
