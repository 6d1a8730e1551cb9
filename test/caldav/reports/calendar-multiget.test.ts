import {describe, expect, test} from 'vitest';
import {text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';
import {appendixB} from '../rfc4791.ts';
import {serveAppendixB, work} from './appendix-b.ts';

function multiget(hrefs: readonly string[], prop = '<D:getetag/><C:calendar-data/>'): string {
  return `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${prop}</D:prop>
    ${hrefs.map(href => `<D:href>${href}</D:href>`).join('')}</C:calendar-multiget>`;
}

describe('RFC 4791 §7.9 CALDAV:calendar-multiget', () => {
  test('§7.9.1: one that is there, and one that is not', async () => {
    const {bernard} = await serveAppendixB();
    const {status, responses} = await bernard.report(work, multiget([`${work}abcd1.ics`, `${work}mtg1.ics`]));
    expect(status).toBe(207);
    const first = responses.get(`${work}abcd1.ics`)!;
    expect(text(first.properties.get(caldav('calendar-data'))!)).toBe(appendixB['abcd1.ics']);
    expect(text(first.properties.get(dav('getetag'))!)).toMatch(/^".+"$/);
    expect(responses.get(`${work}mtg1.ics`)).toMatchObject({status: 404});
  });

  test('each href comes back as it was sent, in the order of the request', async () => {
    const {bernard, base} = await serveAppendixB();
    const guid = '/calendars/__uids__/10000000-0000-0000-0000-000000000001/work/abcd4.ics';
    const hrefs = [`${work}%61bcd3.ics`, `${base}${work}abcd2.ics`, `${work}abcd1.ics`, guid];
    const {responses} = await bernard.report(work, multiget(hrefs, '<D:getetag/>'));
    expect([...responses.keys()]).toEqual(hrefs);
    for (const href of hrefs) expect(responses.get(href)!.properties.has(dav('getetag'))).toBe(true);
  });

  test('what lies elsewhere, or belongs to another, is 404 in its own response', async () => {
    const {bernard} = await serveAppendixB();
    const hrefs = [
      '/calendars/users/bernard/calendar/',
      '/calendars/users/nobody/calendar/x.ics',
      'http://example.com/x.ics',
      '/../etc/passwd',
      '%',
      '',
    ];
    const {status, responses} = await bernard.report(work, multiget([...hrefs, `${work}abcd1.ics`], '<D:getetag/>'));
    expect(status).toBe(207);
    for (const href of hrefs) expect(responses.get(href)?.status, href).toBe(404);
    expect(responses.get(`${work}abcd1.ics`)!.properties.size).toBe(1);
  });

  test('a home answers for objects in its calendars, an object for itself', async () => {
    const {bernard} = await serveAppendixB();
    const href = `${work}abcd1.ics`;
    for (const target of ['/calendars/users/bernard/', work, href]) {
      const {responses} = await bernard.report(target, multiget([href]), '0');
      expect(text(responses.get(href)!.properties.get(caldav('calendar-data'))!), target).toBe(appendixB['abcd1.ics']);
    }
  });

  test('one object that cannot be read fails alone, and only where it must be read', async () => {
    const {ann, store} = await serve({ann: [event('good')]});
    const bytes = new TextEncoder().encode('BEGIN:VCALENDAR\r\nthis is no calendar\r\n');
    await store.write('calendars/10000000-0000-0000-0000-000000000001', unit => {
      unit.put('calendar/broken.ics', bytes, {uid: 'x', component: 'VEVENT', spans: [], horizon: undefined});
    });
    const href = '/calendars/users/ann/calendar/broken.ics';
    const whole = await ann.report('/calendars/users/ann/calendar/', multiget([href]));
    expect(text(whole.responses.get(href)!.properties.get(caldav('calendar-data'))!)).toContain('this is no calendar');
    const expanded = '<D:getetag/><C:calendar-data><C:expand start="20260101T000000Z" end="20270101T000000Z"/></C:calendar-data>';
    const partial = await ann.report('/calendars/users/ann/calendar/', multiget([href], expanded));
    expect(partial.responses.get(href)!.refused.get(caldav('calendar-data'))).toBe(403);
    expect(partial.responses.get(href)!.properties.has(dav('getetag'))).toBe(true);
  });

  test('a request without hrefs is refused', async () => {
    const {ann} = await serve({ann: []});
    expect((await ann.report('/calendars/users/ann/calendar/', multiget([]))).status).toBe(400);
  });
});
