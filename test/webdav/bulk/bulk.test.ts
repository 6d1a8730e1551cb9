import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {child, element, elements, text} from '../../../src/xml/element.ts';
import {caldav, calendarserver, dav, mobileme} from '../../../src/xml/names.ts';
import {grant, setAcl, user} from '../../support/acl.ts';
import type {Answer, Client} from '../../support/client.ts';
import {event, calendar as icalendar, todo} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';
import {lock} from '../locks/lock-requests.ts';

const calendar = '/calendars/users/ann/calendar/';
const ical = {'content-type': 'text/calendar; charset=utf-8'};
const parts = (...objects: string[]) =>
  icalendar(objects.flatMap(object => object.split('\r\n').slice(3, -2)).join('\r\n')).replaceAll('\r\n\r\n', '\r\n');
const post = (client: Client, body: string, headers: Record<string, string> = ical) =>
  client.request('POST', calendar, {body, headers});

/** What each DAV:response says, in order: the href, the status or the UID, the condition. */
const said = ({xml}: Answer) =>
  elements(xml!, dav('response')).map(response => {
    const prop = child(child(response, dav('propstat')) ?? response, dav('prop'));
    const error = child(response, dav('error'));
    const uid = prop ? child(prop, calendarserver('uid')) : error && child(error, calendarserver('uid'));
    return {
      href: text(child(response, dav('href'))!),
      status: Number(
        / (\d+) /.exec(text(child(response, dav('status')) ?? child(child(response, dav('propstat'))!, dav('status'))!))![1],
      ),
      uid: uid && text(uid),
      error: error && elements(error).map(({name}) => name)[0],
      etag: prop && text(child(prop, dav('getetag')) ?? element(dav('getetag'))),
    };
  });

describe('CalendarServer bulk changes §3: a body with many members', () => {
  test('each UID becomes an object of its own, answered with href, ETag and UID', async () => {
    const {ann} = await serve({ann: []});
    const answer = await post(ann, parts(event('a'), event('b'), event('c')));
    expect(answer.status).toBe(207);
    const made = said(answer);
    expect(made.map(({uid, status}) => [uid, status])).toEqual([
      ['a', 200],
      ['b', 200],
      ['c', 200],
    ]);
    for (const {href, etag, uid} of made) {
      const got = await ann.get(href);
      expect([got.status, got.headers.get('etag')]).toEqual([200, etag]);
      expect(got.text).toContain(`UID:${uid}`);
    }
    expect((await ann.sync(calendar)).changed).toHaveLength(3);
  });

  test('what cannot be stored leaves the others be, and is told with an empty href, its condition and its UID', async () => {
    const {ann} = await serve({ann: [event('taken')]});
    const body = parts(
      event('one'),
      event('taken'),
      event('broken').replace('DTSTART:2026', 'DTSTART:x'),
      event('two'),
      todo('task'),
    );
    const answer = said(await post(ann, body));
    expect(answer.filter(({status}) => status === 200).map(({uid}) => uid)).toEqual(['one', 'two']);
    expect(answer.filter(({status}) => status !== 200)).toEqual([
      {href: '', status: 403, uid: 'taken', error: caldav('no-uid-conflict'), etag: undefined},
      {href: '', status: 403, uid: 'task', error: caldav('supported-calendar-component'), etag: undefined},
      {href: '', status: 403, uid: 'broken', error: caldav('valid-calendar-data'), etag: undefined},
    ]);
    expect((await ann.sync(calendar)).changed).toHaveLength(3);
  });

  test('members and bytes staged before count for the limits of those after', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourcesPerCollection: 2}});
    const answer = said(await post(ann, parts(event('a'), event('b'), event('c'))));
    expect(answer.map(({status}) => status)).toEqual([200, 200, 403]);
    expect(answer[2]!.error).toBe(calendarserver('max-resources'));
    const small = await serve({ann: []}, {plist: {UserQuota: event('a').length + 10}});
    const quota = said(await post(small.ann, parts(event('a'), event('b'))));
    expect(quota.map(({status, error}) => [status, error])).toEqual([
      [200, undefined],
      [507, dav('quota-not-exceeded')],
    ]);
  });

  test('an answer longer than one part is of what has been kept', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourcesBatchUpload: 0}});
    const many = Array.from({length: 600}, (_, at) => event(`${at}`.padStart(100, 'u')));
    expect(said(await post(ann, parts(...many))).filter(({status}) => status === 200)).toHaveLength(600);
    expect((await ann.sync(calendar)).changed).toHaveLength(600);
  });

  test('what is no calendar, or too much of one, changes nothing', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourcesBatchUpload: 2, MaxBytesBatchUpload: 3000}});
    expect((await post(ann, 'no calendar')).error).toBe(caldav('valid-calendar-data'));
    expect((await post(ann, '%PDF', {'content-type': 'application/pdf'})).error).toBe(caldav('supported-calendar-data'));
    expect((await post(ann, parts(event('a'), event('b'), event('c')))).status).toBe(413);
    expect((await post(ann, event('a', '20261201T100000Z', `DESCRIPTION:${'x'.repeat(3000)}`))).status).toBe(413);
    expect((await ann.sync(calendar)).changed).toEqual([]);
  });

  test('a body that comes to much more than it has, or to too many parts, takes no more memory or time than others', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxBytesBatchUpload: 0}});
    const zone = ['BEGIN:VTIMEZONE', 'TZID:x', ...Array.from({length: 15_000}, () => `X-A:${'y'.repeat(60)}`), 'END:VTIMEZONE'];
    const events = (count: number) =>
      Array.from({length: count}, (_, at) => event(`${at}`, '20261201T100000').replace('DTSTART', 'DTSTART;TZID=x'));
    expect((await post(ann, parts(icalendar(...zone), ...events(2_000)))).status).toBe(413);
    expect((await post(ann, `BEGIN:VCALENDAR\r\n${'BEGIN:V\r\nEND:V\r\n'.repeat(600_000)}`)).status).toBe(413);
    const longer = [...zone.slice(0, -1), ...zone.slice(2)];
    expect(said(await post(ann, parts(icalendar(...longer), ...events(3), event('short')))).map(({error}) => error)).toEqual([
      undefined,
      ...Array(3).fill(caldav('max-resource-size')),
    ]);
    const unlimited = await serve({ann: []}, {plist: {MaxResourcesBatchUpload: 0}});
    expect((await post(unlimited.ann, parts(icalendar(...zone), ...events(300)))).status).toBe(413);
    const properties = zone.slice(2, -1).join('\r\n');
    expect((await post(unlimited.ann, parts(...events(300)).replace('PRODID', `${properties}\r\nPRODID`))).status).toBe(413);
    expect((await unlimited.ann.sync(calendar)).changed).toEqual([]);
  });

  test('only who may add members may send it', async () => {
    const {ben} = await serve({ann: [], ben: []});
    expect((await post(ben, event('a'))).status).toBe(403);
  });
});

const multiput = (...resources: string[]) =>
  `<MM:multiput xmlns:D="DAV:" xmlns:MM="http://me.com/_namespace/" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">${resources.map(each => `<MM:resource>${each}</MM:resource>`).join('')}</MM:multiput>`;
const xml = {'content-type': 'application/xml; charset=utf-8'};
const data = (body: string) => `<C:calendar-data>${body}</C:calendar-data>`;
const set = (body: string, more = '') => `<D:set><D:prop>${data(body)}${more}</D:prop></D:set>`;
const href = (name: string) => `<D:href>${calendar}${name}</D:href>`;
const match = (etag: string) => `<MM:if-match><D:getetag>${etag}</D:getetag></MM:if-match>`;

describe('CalendarServer bulk changes §4: a list of changes', () => {
  test('creates, updates and deletes, each for itself', async () => {
    const {ann} = await serve({ann: [event('one'), event('two'), event('three'), event('four')]});
    const etag = (await ann.get(`${calendar}2.ics`)).headers.get('etag')!;
    const moved = (uid: string) => event(uid, '20270101T100000Z');
    const answer = await post(
      ann,
      multiput(
        set(event('new'), '<D:displayname>New</D:displayname>'),
        `${href('1.ics')}${set(moved('one'))}`,
        `${href('2.ics')}${match(etag)}<MM:delete/>`,
        `${href('3.ics')}${match('"stale"')}${set(moved('three'))}`,
        `${href('4.ics')}${set(moved('five'))}`,
        `${href('5.ics')}<MM:delete/>`,
        `<D:set>${data(event('direct'))}</D:set>`,
        set(event('one')),
        `<MM:delete/>`,
        set(event('two')),
        set(event('new')),
      ),
      xml,
    );
    expect(said(answer).map(({status, uid, error}) => [status, uid, error])).toEqual([
      [200, 'new', undefined],
      [200, undefined, undefined],
      [200, undefined, undefined],
      [412, undefined, undefined],
      [403, undefined, caldav('no-uid-conflict')],
      [404, undefined, undefined],
      [200, 'direct', undefined],
      [403, 'one', caldav('no-uid-conflict')],
      [400, undefined, undefined],
      [200, 'two', undefined],
      [403, 'new', caldav('no-uid-conflict')],
    ]);
    expect((await ann.get(`${calendar}1.ics`)).text).toBe(moved('one'));
    expect((await ann.get(`${calendar}2.ics`)).status).toBe(404);
    expect((await ann.get(`${calendar}3.ics`)).text).toBe(event('three'));
    const made = said(answer)[0]!.href;
    const {properties} = (await ann.propfind(made, 0, dav('displayname'))).responses.get(made)!;
    expect(text(properties.get(dav('displayname'))!)).toBe('New');
  });

  test('properties are set and removed with the data or alone; one that is refused takes the data along', async () => {
    const {ann} = await serve({ann: [event('one'), event('two')]});
    const color = '<A:calendar-color>#123456</A:calendar-color>';
    const answer = await post(
      ann,
      multiput(
        `${href('1.ics')}<D:set><D:prop>${color}</D:prop></D:set>`,
        `${href('2.ics')}${set(event('two', '20270101T100000Z'), '<D:getetag>"x"</D:getetag>')}`,
      ),
      xml,
    );
    expect(said(answer)[0]).toMatchObject({status: 200, etag: (await ann.get(`${calendar}1.ics`)).headers.get('etag')});
    const second = answer.responses.get(`${calendar}2.ics`)!;
    expect([...second.refused]).toEqual([
      [caldav('calendar-data'), 424],
      [dav('getetag'), 403],
    ]);
    expect((await ann.get(`${calendar}2.ics`)).text).toBe(event('two'));
  });

  test('who may only add members is told neither what there is nor its ETag or locks', async () => {
    const {ann, ben} = await serve({ann: [event('one')], ben: []});
    const etag = (await ann.get(`${calendar}1.ics`)).headers.get('etag')!;
    await setAcl(ann, calendar, grant(user(2), dav('bind')));
    await lock(ann, `${calendar}1.ics`);
    const changes = [etag, '"other"'].flatMap(each => [
      `${href('1.ics')}${match(each)}<MM:delete/>`,
      `${href('1.ics')}${match(each)}${set(event('one'))}`,
      `${href('1.ics')}${match(each)}<D:set><D:prop><A:calendar-color>#fff</A:calendar-color></D:prop></D:set>`,
      `${href('none.ics')}${match(each)}<MM:delete/>`,
    ]);
    const answers = said(await post(ben, multiput(...changes), xml));
    expect(answers.map(({status, error}) => [status, error])).toEqual(changes.map(() => [403, dav('need-privileges')]));
  });

  test('what lies in another collection is not touched', async () => {
    const {ann} = await serve({ann: [event('one')]});
    await ann.request('MKCALENDAR', '/calendars/users/ann/other/');
    await ann.put('/calendars/users/ann/other/x.ics', event('x'));
    const outside = ['/calendars/users/ann/other/x.ics', '/calendars/users/ann/calendar/', 'http://elsewhere/x.ics', 'x', ''];
    const answer = await post(ann, multiput(...outside.map(each => `<D:href>${each}</D:href><MM:delete/>`)), xml);
    for (const {status} of said(answer)) expect([400, 403]).toContain(status);
    expect((await ann.get('/calendars/users/ann/other/x.ics')).status).toBe(200);
  });

  test('another document is refused', async () => {
    const {ann} = await serve({ann: []});
    expect((await post(ann, '<D:multiput xmlns:D="DAV:"/>', xml)).status).toBe(400);
    expect((await post(ann, '', xml)).status).toBe(400);
  });
});

describe('CalendarServer bulk changes §5.1 bulk-requests', () => {
  test('tells the limits of both requests on calendars, and nothing elsewhere or where it is switched off', async () => {
    const {ann} = await serve({ann: []}, {plist: {MaxResourcesBatchUpload: 0, MaxBytesBatchUpload: 1000}});
    const bulk = (await ann.propfind(calendar, 0, mobileme('bulk-requests'))).responses.get(calendar)!;
    const limits = elements(bulk.properties.get(mobileme('bulk-requests'))!).map(each => [
      each.name,
      ...elements(each).map(text),
    ]);
    expect(limits).toEqual([
      [mobileme('simple'), '', '1000'],
      [mobileme('crud'), '', '1000'],
    ]);
    const home = '/calendars/users/ann/';
    expect((await ann.propfind(home, 0, mobileme('bulk-requests'))).responses.get(home)!.refused.size).toBe(1);
    const off = await serve({ann: []}, {plist: {EnableBatchUpload: false}});
    expect((await off.ann.propfind(calendar, 0, mobileme('bulk-requests'))).responses.get(calendar)!.refused.size).toBe(1);
    expect((await post(off.ann, event('a'))).status).toBe(405);
  });
});

describe('CalendarServer bulk changes with jCal, locks and CTags', () => {
  const jcal = (uid: string) =>
    JSON.stringify([
      'vcalendar',
      [
        ['version', {}, 'text', '2.0'],
        ['prodid', {}, 'text', '-//x//EN'],
      ],
      [
        [
          'vevent',
          [
            ['uid', {}, 'text', uid],
            ['dtstamp', {}, 'date-time', '2026-11-01T00:00:00Z'],
            ['dtstart', {}, 'date-time', '2026-12-01T10:00:00Z'],
          ],
          [],
        ],
      ],
    ]);
  const json = {'content-type': 'application/calendar+json'};

  test('jCal is taken, and sent back only where return-changed-data is asked for (§8.1)', async () => {
    const {ann} = await serve({ann: []});
    const plain = await post(ann, jcal('a'), json);
    expect(said(plain)[0]).toMatchObject({status: 200, uid: 'a'});
    expect(plain.text).not.toContain('calendar-data');
    const back = await post(ann, jcal('b'), {...json, 'x-mobileme-dav-options': 'return-changed-data'});
    const shown = elements(elements(elements(back.xml!, dav('response'))[0]!, dav('propstat'))[0]!, dav('prop'))[0]!;
    const found = child(shown, caldav('calendar-data'))!;
    expect([found.attributes['content-type'], JSON.parse(text(found))[0]]).toEqual(['application/calendar+json', 'vcalendar']);
    expect((await ann.get(said(back)[0]!.href)).text).toMatch(/^BEGIN:VCALENDAR\r\n/);
  });

  test('a locked member is changed only by the lock’s own token', async () => {
    const {ann} = await serve({ann: [event('one'), event('two')]});
    const body =
      '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
    const lock = await ann.request('LOCK', `${calendar}1.ics`, {body, headers: xml});
    const changes = multiput(`${href('1.ics')}${set(event('one', '20270101T100000Z'))}`, `${href('1.ics')}<MM:delete/>`);
    expect(said(await post(ann, changes, xml)).map(({status, error}) => [status, error])).toEqual([
      [423, dav('lock-token-submitted')],
      [423, dav('lock-token-submitted')],
    ]);
    const token = lock.headers.get('lock-token')!;
    const If = `<${calendar}1.ics> (${token})`;
    expect(said(await post(ann, changes, {...xml, if: If})).map(({status}) => status)).toEqual([200, 200]);
  });

  test('§6: by the CTag it is done only where nothing has changed, and the new one is answered', async () => {
    const {ann} = await serve({ann: [event('one')]});
    const ctagNow = async () =>
      text(
        (await ann.propfind(calendar, 0, calendarserver('getctag'))).responses
          .get(calendar)!
          .properties.get(calendarserver('getctag'))!,
      );
    const before = await ctagNow();
    const by = (ctag: string) => ({...ical, if: `(<http://me.com/_namespace/ctag/${ctag}>)`});
    const done = await post(ann, event('two'), by(before));
    expect([done.status, done.headers.get('ctag')]).toEqual([207, await ctagNow()]);
    expect((await post(ann, event('three'), by(before))).status).toBe(412);
    expect((await post(ann, event('three'), by(done.headers.get('ctag')!))).status).toBe(207);
  });

  test('RFC 6578 §5: a sync token is a state token of its collection', async () => {
    const {ann} = await serve({ann: []});
    const {token} = await ann.sync(calendar);
    const If = `<${calendar}> (<${token}>)`;
    expect((await ann.put(`${calendar}a.ics`, event('a'), {if: If})).status).toBe(201);
    expect((await ann.put(`${calendar}b.ics`, event('b'), {if: If})).status).toBe(412);
  });
});

describe('CalendarServer bulk changes, whatever is sent', () => {
  test('one answer for each part, and just those that say 200 are there afterwards', async () => {
    const {ann} = await serve({ann: [event('e0')]});
    const line = fc.constantFrom(
      'BEGIN:VEVENT',
      'END:VEVENT',
      'BEGIN:VCALENDAR',
      'END:VCALENDAR',
      'UID:e0',
      'UID:e1',
      'UID:e2',
      'DTSTAMP:20261101T000000Z',
      'DTSTART:20261201T100000Z',
      'DTSTART;TZID=None:20261201T100000',
      'RRULE:FREQ=DAILY',
      'RECURRENCE-ID:20261202T100000Z',
      'X-CALENDARSERVER-ACCESS:ODD',
      'garbage',
    );
    const whole = fc.constantFrom(...['e1', 'e2', 'e3', 'e4'].map(uid => event(uid).split('\r\n').slice(3, -2).join('\r\n')));
    const body = fc.array(fc.oneof(line, whole), {maxLength: 12}).map(lines => icalendar(...lines));
    await fc.assert(
      fc.asyncProperty(body, async source => {
        const before = (await ann.sync(calendar)).changed.length;
        const answer = await post(ann, source);
        if (answer.status !== 207) {
          expect(answer.status).toBe(403);
          expect((await ann.sync(calendar)).changed).toHaveLength(before);
          return;
        }
        const made = said(answer).filter(({status}) => status === 200);
        expect((await ann.sync(calendar)).changed).toHaveLength(before + made.length);
        for (const {href: path, etag} of made) expect((await ann.get(path)).headers.get('etag')).toBe(etag);
        for (const {href: path} of made) await ann.delete(path);
      }),
      {numRuns: 60},
    );
  });

  test('two at once for one UID: one of them makes it', async () => {
    const {ann} = await serve({ann: []});
    const answers = await Promise.all(Array.from({length: 8}, () => post(ann, parts(event('same'), event('also')))));
    const all = answers.flatMap(said);
    expect(
      all
        .filter(({status}) => status === 200)
        .map(({uid}) => uid)
        .sort(),
    ).toEqual(['also', 'same']);
    expect(all.filter(({error}) => error === caldav('no-uid-conflict'))).toHaveLength(14);
    expect((await ann.sync(calendar)).changed).toHaveLength(2);
  });
});
