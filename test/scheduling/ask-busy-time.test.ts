import {describe, expect, test} from 'vitest';
import {child, element, elements, text} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import {deny, everybody, grant, setAcl, user} from '../support/acl.ts';
import type {Client} from '../support/client.ts';
import {calendar, event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const outboxOf = (name: string) => `/calendars/users/${name}/outbox/`;

interface Asked {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly lines?: readonly string[];
  readonly start?: string;
  readonly end?: string;
}

function request({from = 'ann', to = ['bob'], lines = [], start = '20261201T000000Z', end = '20261202T000000Z'}: Asked = {}) {
  return calendar(
    'METHOD:REQUEST',
    'BEGIN:VFREEBUSY',
    'UID:question',
    'DTSTAMP:20261101T000000Z',
    `DTSTART:${start}`,
    `DTEND:${end}`,
    `ORGANIZER:mailto:${from}@example.com`,
    ...to.map(name => `ATTENDEE:${name.includes(':') || name.startsWith('/') ? name : `mailto:${name}@example.com`}`),
    ...lines,
    'END:VFREEBUSY',
  );
}

function post(client: Client, path: string, body: string, type = 'text/calendar') {
  return client.request('POST', path, {body, headers: {'content-type': type}});
}

/** What each recipient is said to be: status, and the lines of busy time. */
async function ask(client: Client, asked: Asked = {}, path = outboxOf(asked.from ?? 'ann')) {
  const {status, xml} = await post(client, path, request(asked));
  expect([status, xml?.name]).toEqual([200, caldav('schedule-response')]);
  return elements(xml!, caldav('response')).map(response => {
    const data = child(response, caldav('calendar-data'));
    return [
      text(child(response, caldav('request-status'))!),
      ...(data
        ? (text(data)
            .replace(/\n /g, '')
            .match(/^FREEBUSY.*$/gm) ?? [])
        : []),
    ];
  });
}

const ok = '2.0;Success';
const tenToEleven = 'FREEBUSY;FBTYPE=BUSY:20261201T100000Z/PT1H';

describe('RFC 6638 §5 busy time by POST to the Outbox', () => {
  test('each recipient is answered with a VFREEBUSY: METHOD, UID, ORGANIZER and ATTENDEE as they were asked', async () => {
    const {ann} = await serve({ann: [], bob: [event('1')]});
    const {xml} = await post(ann, outboxOf('ann'), request({to: ['bob', 'nobody']}));
    const [bob, nobody] = elements(xml!, caldav('response'));
    expect(text(child(child(bob!, caldav('recipient'))!, dav('href'))!)).toBe('mailto:bob@example.com');
    const data = text(child(bob!, caldav('calendar-data'))!);
    for (const line of [
      'METHOD:REPLY',
      'UID:question',
      'ORGANIZER:mailto:ann@example.com',
      'ATTENDEE:mailto:bob@example.com',
      'DTSTART:20261201T000000Z',
      'DTEND:20261202T000000Z',
      tenToEleven,
    ]) {
      expect(data).toContain(`${line}\n`);
    }
    expect(text(child(nobody!, caldav('request-status'))!)).toBe('3.7;Invalid calendar user');
    expect(child(nobody!, caldav('calendar-data'))).toBeUndefined();
  });

  test('whoever asks needs no right to read: as little as of a calendar that he cannot see', async () => {
    const {ann} = await serve({ann: [], bob: [event('1')]});
    expect((await ann.propfind('/calendars/users/bob/calendar/', 1)).status).toBe(403);
    expect(await ask(ann)).toEqual([[ok, tenToEleven]]);
  });

  test('what is transparent or cancelled makes nobody busy, what is tentative is said to be; recurrence and private events count', async () => {
    const {ann} = await serve({
      ann: [],
      bob: [
        event('1', '20261201T080000Z', 'TRANSP:TRANSPARENT'),
        event('2', '20261201T090000Z', 'STATUS:CANCELLED'),
        event('3', '20261201T120000Z', 'STATUS:TENTATIVE'),
        event('4', '20261130T140000Z', 'RRULE:FREQ=DAILY;COUNT=3'),
        event('5', '20261201T160000Z').replace('VERSION:2.0', 'VERSION:2.0\r\nX-CALENDARSERVER-ACCESS:PRIVATE'),
      ],
    });
    const [[, ...lines]] = (await ask(ann)) as [string[]];
    expect(lines.sort()).toEqual([
      'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261201T120000Z/PT1H',
      'FREEBUSY;FBTYPE=BUSY:20261201T140000Z/PT1H,20261201T160000Z/PT1H',
    ]);
  });

  test('all calendars count, in folders too, save those that are transparent (§9.1)', async () => {
    const {ann, bob} = await serve({ann: [], bob: []});
    const home = '/calendars/users/bob/';
    await bob.request('MKCOL', `${home}more/`);
    for (const [at, name] of ['more/one', 'two', 'three'].entries()) {
      await bob.request('MKCALENDAR', `${home}${name}/`);
      await bob.put(`${home}${name}/1.ics`, event(name, `20261201T1${at}0000Z`));
    }
    const transparent = element(caldav('schedule-calendar-transp'), element(caldav('transparent')));
    expect((await bob.proppatch(`${home}two/`, transparent)).status).toBe(207);
    expect(await ask(ann)).toEqual([[ok, 'FREEBUSY;FBTYPE=BUSY:20261201T100000Z/PT1H,20261201T120000Z/PT1H']]);
  });

  test('rooms are asked as people are, and groups for all in them; who has no calendars cannot be asked', async () => {
    const records = `<location><uid>hall</uid><guid>HALL</guid><name>Hall</name><email-address>hall@example.com</email-address></location>
<group><uid>team</uid><guid>TEAM</guid><name>Team</name><email-address>team@example.com</email-address>
<members><member type="users">bob</member><member type="users">carl</member></members></group>
<user><uid>zoe</uid><guid>ZOE</guid><password>zoe</password><name>Zoe</name><email-address>zoe@example.com</email-address><disable-calendar/></user>`;
    const {ann} = await serve({ann: [], bob: [event('1')], carl: [event('2', '20261201T150000Z')]}, {records});
    expect(await ask(ann, {to: ['hall', 'team', 'zoe']})).toEqual([
      [ok],
      [ok, 'FREEBUSY;FBTYPE=BUSY:20261201T100000Z/PT1H,20261201T150000Z/PT1H'],
      ['5.3;No scheduling support for user'],
    ]);
  });

  test('an address in any form is the same person: urn:uuid, urn:x-uid, path, URL', async () => {
    const {ann, base} = await serve({ann: [], bob: [event('1')]});
    const guid = guidOf(2);
    const to = [`urn:uuid:${guid}`, `urn:x-uid:${guid}`, '/principals/users/bob/', `${base}/principals/__uids__/${guid}/`];
    expect(await ask(ann, {to})).toEqual(to.map(() => [ok, tenToEleven]));
  });

  test('who has taken away CALDAV:schedule-query-freebusy from others is not asked by them: 3.8', async () => {
    const {ann, bob, carl} = await serve({ann: [], bob: [event('1')], carl: []});
    const query = caldav('schedule-query-freebusy');
    expect((await setAcl(bob, '/calendars/users/bob/inbox/', grant(user(3), query), deny(everybody, query))).status).toBe(200);
    expect(await ask(ann)).toEqual([['3.8;No authority']]);
    expect(await ask(carl, {from: 'carl'})).toEqual([[ok, tenToEleven]]);
    expect(await ask(bob, {from: 'bob'})).toEqual([[ok, tenToEleven]]);
  });

  test('a calendar whose busy time is kept from others is left out', async () => {
    const {ann, bob} = await serve({ann: [], bob: [event('1')]});
    const kept = deny(everybody, caldav('read-free-busy'));
    expect((await setAcl(bob, '/calendars/users/bob/calendar/', kept)).status).toBe(200);
    expect(await ask(ann)).toEqual([[ok]]);
  });

  test('a delegate who may write asks for the one he acts for; one who may read, and strangers, do not', async () => {
    const {ann, bob, carl, dora} = await serve({ann: [event('1')], bob: [], carl: [], dora: []});
    for (const [access, who] of [
      ['write', 'bob'],
      ['read', 'carl'],
    ]) {
      const members = element(dav('group-member-set'), element(dav('href'), `/principals/users/${who}/`));
      await ann.proppatch(`/principals/users/ann/calendar-proxy-${access}/`, members);
    }
    expect(await ask(bob, {from: 'ann', to: ['ann']})).toEqual([[ok, tenToEleven]]);
    for (const client of [carl, dora]) {
      expect((await post(client, outboxOf('ann'), request({from: 'ann'}))).error).toBe(dav('need-privileges'));
    }
  });

  test('X-CALENDARSERVER-MASK-UID leaves out a meeting of the one who asks, and nobody else’s', async () => {
    const {ann, bob} = await serve({
      ann: [],
      bob: [
        event('hers', '20261201T100000Z', 'ORGANIZER:mailto:ann@example.com', 'ATTENDEE:mailto:bob@example.com'),
        event('his', '20261201T140000Z', 'ORGANIZER:mailto:carl@example.com', 'ATTENDEE:mailto:bob@example.com'),
        event('own', '20261201T180000Z'),
      ],
    });
    const lines = ['hers', 'his', 'own'].map(uid => `X-CALENDARSERVER-MASK-UID:${uid}`);
    expect(await ask(ann, {lines})).toEqual([[ok, 'FREEBUSY;FBTYPE=BUSY:20261201T140000Z/PT1H,20261201T180000Z/PT1H']]);
    expect(await ask(bob, {from: 'bob', to: ['bob'], lines})).toEqual([
      [ok, 'FREEBUSY;FBTYPE=BUSY:20261201T100000Z/PT1H,20261201T140000Z/PT1H'],
    ]);
  });

  test.each([
    ['a hundred, as many as may be in an event', {}, 100],
    ['LimitFreeBusyAttendees', {Scheduling: {Options: {LimitFreeBusyAttendees: 30}}}, 30],
    ['no limit (0)', {Scheduling: {Options: {LimitFreeBusyAttendees: 0}}}, 102],
  ])('up to %s are told of at once, the rest is put off', async (_, plist, most) => {
    const {ann} = await serve({ann: []}, {plist});
    const answers = await ask(ann, {to: Array.from({length: 102}, (_, at) => `nobody${at}`)});
    expect(answers.flat()).toEqual(
      Array.from({length: 102}, (_, at) => (at < most ? '3.7;Invalid calendar user' : '5.1;Service unavailable')),
    );
  });

  test('a home that nobody has looked at yet is free', async () => {
    const {ann, store} = await serve({ann: [], bob: []});
    expect(await ask(ann)).toEqual([[ok]]);
    expect(await store.view(`calendars/${guidOf(2)}`)).toBeUndefined();
  });

  test('asked in jCal, it is answered in jCal', async () => {
    const {ann} = await serve({ann: [], bob: [event('1')]});
    const properties = [
      ['uid', {}, 'text', 'q'],
      ['dtstamp', {}, 'date-time', '2026-11-01T00:00:00Z'],
      ['dtstart', {}, 'date-time', '2026-12-01T00:00:00Z'],
      ['dtend', {}, 'date-time', '2026-12-02T00:00:00Z'],
      ['organizer', {}, 'cal-address', 'mailto:ann@example.com'],
      ['attendee', {}, 'cal-address', 'mailto:bob@example.com'],
    ];
    const head = [
      ['version', {}, 'text', '2.0'],
      ['prodid', {}, 'text', 'x'],
      ['method', {}, 'text', 'REQUEST'],
    ];
    const body = JSON.stringify(['vcalendar', head, [['vfreebusy', properties, []]]]);
    const {xml} = await post(ann, outboxOf('ann'), body, 'application/calendar+json');
    const data = child(elements(xml!, caldav('response'))[0]!, caldav('calendar-data'))!;
    expect(data.attributes['content-type']).toBe('application/calendar+json');
    expect(JSON.parse(text(data))[2][0][1]).toContainEqual([
      'freebusy',
      {fbtype: 'BUSY'},
      'period',
      ['2026-12-01T10:00:00Z', 'PT1H'],
    ]);
  });
});

describe('RFC 6638 §5 preconditions of a POST to the Outbox', () => {
  const asked = request();
  test.each([
    ['no iCalendar by its type', asked, 'text/xml', 'supported-calendar-data'],
    ['iCalendar that cannot be read', 'BEGIN:VCALENDAR', 'text/calendar', 'valid-calendar-data'],
    ['no METHOD', asked.replace('METHOD:REQUEST\r\n', ''), 'text/calendar', 'valid-scheduling-message'],
    ['another METHOD', asked.replace('METHOD:REQUEST', 'METHOD:PUBLISH'), 'text/calendar', 'valid-scheduling-message'],
    [
      'an invitation, as in the drafts',
      event('1').replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:REQUEST'),
      'text/calendar',
      'valid-scheduling-message',
    ],
    ['nobody asked', request({to: []}), 'text/calendar', 'valid-scheduling-message'],
    ['no end', asked.replace(/DTEND.*\r\n/, ''), 'text/calendar', 'valid-scheduling-message'],
    ['an end before the start', request({end: '20261130T000000Z'}), 'text/calendar', 'valid-scheduling-message'],
    ['a range of many years', request({end: '20461130T000000Z'}), 'text/calendar', 'valid-scheduling-message'],
    ['an ORGANIZER who is another', request({from: 'bob'}), 'text/calendar', 'valid-organizer'],
    ['an ORGANIZER whom nobody knows', request({from: 'zoe'}), 'text/calendar', 'valid-organizer'],
  ])('%s', async (_name, body, type, condition) => {
    const {ann} = await serve({ann: [], bob: []});
    const {status, error} = await post(ann, outboxOf('ann'), body, type);
    expect({status, error}).toEqual({status: 403, error: caldav(condition)});
  });

  test('an Inbox is no Outbox: CALDAV:supported-collection', async () => {
    const {ann} = await serve({ann: []});
    expect(await post(ann, '/calendars/users/ann/inbox/', asked)).toMatchObject({
      status: 403,
      error: caldav('supported-collection'),
    });
  });
});

describe('RFC 7953 availability in busy time', () => {
  test('what the Inbox’s owner has set is told beside his events', async () => {
    const {ann, bob} = await serve({ann: [], bob: [event('1')]});
    const value = calendar(
      'BEGIN:VAVAILABILITY',
      'UID:a',
      'DTSTAMP:20261101T000000Z',
      'BEGIN:AVAILABLE',
      'UID:b',
      'DTSTAMP:20261101T000000Z',
      'DTSTART:20261102T090000Z',
      'DTEND:20261102T170000Z',
      'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
      'END:AVAILABLE',
      'END:VAVAILABILITY',
    );
    expect((await bob.proppatch('/calendars/users/bob/inbox/', element(caldav('calendar-availability'), value))).status).toBe(
      207,
    );
    const [[, ...lines]] = (await ask(ann)) as [string[]];
    expect(lines).toEqual([
      'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T000000Z/20261201T090000Z,20261201T170000Z/20261202T000000Z',
      tenToEleven,
    ]);
  });
});
