import {describe, expect, test} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {silent} from '../../src/base/log.ts';
import {printMonolithic} from '../../src/caldav/monolithic.ts';
import {contentLines} from '../../src/ical/content-lines.ts';
import {mainComponents} from '../../src/ical/jcal.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {protocol} from '../../src/server/protocol.ts';
import type {StoredCollection} from '../../src/store/store.ts';
import {createDispatch} from '../../src/webdav/dispatch.ts';
import {element} from '../../src/xml/element.ts';
import {dav} from '../../src/xml/names.ts';
import {event} from '../support/events.ts';
import {noProxies} from '../support/no-proxies.ts';
import {guidOf, serve} from '../support/serve.ts';

const calendar = '/calendars/users/ann/calendar/';
const zoned = (uid: string, tzid: string, offset = '+0100') =>
  event(uid)
    .replace('DTSTART:20261201T100000Z', `DTSTART;TZID=${tzid}:20261201T100000`)
    .replace(
      'BEGIN:VEVENT',
      `BEGIN:VTIMEZONE\r\nTZID:${tzid}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:${offset}\r\nTZOFFSETTO:${offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT`,
    );

const uidsIn = (source: string) =>
  mainComponents(parseCalendar(source)).map(component => component[1].find(([name]) => name === 'uid')![3]);

describe('GET of a calendar', () => {
  test('gives it as one iCalendar object, each time zone once', async () => {
    const {ann} = await serve({
      ann: [zoned('a', 'One'), zoned('b', 'One'), zoned('c', 'Two'), event('d').replaceAll('\r\n', '\n')],
    });
    const {status, headers, text} = await ann.get(calendar);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar;charset=utf-8']);
    const {component} = parseCalendar(text);
    expect(component.getAllSubcomponents('vtimezone').map(zone => zone.getFirstPropertyValue('tzid'))).toEqual(['One', 'Two']);
    expect(uidsIn(text)).toEqual(['a', 'b', 'c', 'd']);
    expect(component.getFirstPropertyValue('version')).toBe('2.0');
    expect(text).toContain('\r\nX-WR-CALNAME:Calendar\r\n');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('a TZID that means two zones comes in two VCALENDARs, one that everybody knows in one', async () => {
    const own = [zoned('a', 'Own'), zoned('b', 'Own', '+0200'), zoned('c', 'Own')];
    const {ann} = await serve({ann: [...own, zoned('d', 'Europe/Berlin'), zoned('e', 'Europe/Berlin', '+0200')]});
    const calendars = (await ann.get(calendar)).text.split(/(?=BEGIN:VCALENDAR)/);
    expect(calendars.map(uidsIn)).toEqual([['a', 'c', 'd', 'e'], ['b']]);
    expect(calendars.map(text => text.match(/TZOFFSETTO:.*/g))).toEqual([
      ['TZOFFSETTO:+0100', 'TZOFFSETTO:+0100'],
      ['TZOFFSETTO:+0200'],
    ]);
  });

  test('each object is read twice at most, however many zones have one TZID', async () => {
    const zones = Array.from({length: 50}, (_, at) => zoned(`${at}`, 'Own', `+01${String(at).padStart(2, '0')}`));
    const {store} = await serve({ann: zones});
    const view = (await store.view(`calendars/${guidOf(1)}`))!;
    let reads = 0;
    const counting = {
      members: (path: string) => view.members(path),
      read(path: string, etag?: string) {
        reads++;
        return view.read(path, etag);
      },
    };
    let text = '';
    for await (const part of printMonolithic(view.find('calendar') as StoredCollection, counting)) text += part;
    expect([text.match(/BEGIN:VCALENDAR/g)!.length, text.match(/BEGIN:VEVENT/g)!.length, reads]).toEqual([50, 50, 99]);
  });

  test('keeps the lines of each component as they were stored', async () => {
    const inside = [
      'X-ODD;X-P="a:b":\\, ü 🎉',
      'DESCRIPTION:folded',
      '  twice',
      'BEGIN:VALARM',
      'ACTION:AUDIO',
      'TRIGGER:-PT5M',
      'END:VALARM',
    ];
    const {ann} = await serve({ann: [event('a', undefined, ...inside)]});
    expect((await ann.get(calendar)).text).toContain(`\r\n${inside.join('\r\n')}\r\nEND:VEVENT\r\n`);
  });

  test('an empty calendar is an empty VCALENDAR', async () => {
    const {ann} = await serve({ann: []});
    expect(uidsIn((await ann.get(calendar)).text)).toEqual([]);
  });

  test('names and descriptions are escaped and folded', async () => {
    const {ann} = await serve({ann: []});
    const name = `Ünïcode; with, comma \\ and ${'long '.repeat(30)}`.trim();
    expect((await ann.proppatch(calendar, element(dav('displayname'), name))).status).toBe(207);
    const {text} = await ann.get(calendar);
    const lines = [...contentLines(text)].map(line => line.text);
    expect(lines).toContain(`X-WR-CALNAME:${name.replace(/[\\;,]/g, '\\$&')}`);
    expect(text.split('\r\n').every(line => Buffer.byteLength(line) <= 75)).toBe(true);
  });

  test('is answered 304 to whoever has it already, until something changes', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const first = await ann.get(calendar);
    const etag = first.headers.get('etag')!;
    expect((await ann.get(calendar, {'if-none-match': etag})).status).toBe(304);
    await ann.delete(`${calendar}1.ics`);
    const second = await ann.get(calendar, {'if-none-match': etag});
    expect([second.status, uidsIn(second.text)]).toEqual([200, []]);
  });

  test('HEAD says the same without the body', async () => {
    const {ann} = await serve({ann: [event('a')]});
    const [head, get] = [await ann.request('HEAD', calendar), await ann.get(calendar)];
    // Its length is not known before it is printed, and is not 0.
    expect([null, get.headers.get('content-length')]).toContain(head.headers.get('content-length'));
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
  });

  test('what is deleted is gone from it, and from others’ eyes it is hidden altogether', async () => {
    const {ann, bob} = await serve({ann: [event('a'), event('b')], bob: []});
    await ann.delete(`${calendar}1.ics`);
    expect(uidsIn((await ann.get(calendar)).text)).toEqual(['b']);
    expect((await bob.get(calendar)).status).toBe(403);
  });

  test('EnableMonolithicCalendars off: a calendar is shown as a list too', async () => {
    const {ann, store} = await serve({ann: [event('a')]});
    expect((await ann.get(calendar)).headers.get('content-type')).toMatch(/^text\/calendar/);
    const directory = parseDirectory(
      `<accounts realm="R"><user><uid>ann</uid><guid>${guidOf(1)}</guid></user></accounts>`,
      'a.xml',
    );
    const unlimited = {maxResourceSizeBytes: 0, maxInstances: 0, maxAttendeesPerInstance: 0, maxCollectionsPerHome: 0};
    const limits = {...unlimited, maxResourcesPerCollection: 0, quotaBytes: 0, enableMonolithicCalendars: false};
    const dispatch = createDispatch({
      protocol,
      store,
      directory,
      limits,
      log: silent,
      proxies: noProxies,
      adminPrincipals: [],
      readPrincipals: [],
    });
    const request = {method: 'GET', path: calendar, query: '', headers: {}, body: new Uint8Array(), address: '', secure: true};
    const {status, headers} = await dispatch(request, directory.findByName('users', 'ann'));
    expect([status, headers!['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  });

  test('a home is shown as a list for people', async () => {
    const {ann} = await serve({ann: []});
    const {headers, text} = await ann.get('/calendars/users/ann/');
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain('/calendars/users/ann/calendar/');
  });
});
