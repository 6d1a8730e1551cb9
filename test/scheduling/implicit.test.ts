import {describe, expect, test} from 'vitest';
import type {Client} from '../support/client.ts';
import {serve} from '../support/serve.ts';

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;

interface Meeting {
  readonly uid?: string;
  readonly start?: string;
  readonly attendees?: readonly string[];
  readonly more?: readonly string[];
}

const attendee = (name: string, partstat = 'NEEDS-ACTION') => `ATTENDEE;PARTSTAT=${partstat}:mailto:${name}@example.com`;

/** A meeting of ann's. */
function meeting({uid = 'meeting', start = '20271201T100000Z', attendees = [attendee('bob')], more = []}: Meeting = {}): string {
  return lines(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20270101T000000Z',
    `DTSTART:${start}`,
    'DURATION:PT1H',
    'SUMMARY:Plans',
    'ORGANIZER:mailto:ann@example.com',
    attendee('ann', 'ACCEPTED'),
    ...attendees,
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
  );
}

const calendarOf = (name: string) => `/calendars/users/${name}/calendar/`;
const inboxOf = (name: string) => `/calendars/users/${name}/inbox/`;

/** What is in a collection, unfolded. */
async function contents(client: Client, path: string): Promise<{href: string; text: string}[]> {
  const {responses} = await client.propfind(path, 1);
  const hrefs = [...responses.keys()].filter(href => href.endsWith('.ics'));
  return Promise.all(hrefs.map(async href => ({href, text: (await client.get(href)).text.replace(/\r\n[ \t]/g, '')})));
}

async function only(client: Client, path: string) {
  const found = await contents(client, path);
  expect(found.length).toBe(1);
  return found[0]!;
}

const lineOf = (text: string, start: RegExp) => text.split('\r\n').find(line => start.test(line));

describe('RFC 6638 §8.1: Schedule-Reply', () => {
  test('is for removals: whom an organizer invites and moves an event for is told, whatever it says', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    for (const start of ['20271201T100000Z', '20271202T100000Z']) {
      await ann.put(`${calendarOf('ann')}1.ics`, meeting({start}), {'schedule-reply': 'F'});
      await delivered();
      expect((await only(bob, calendarOf('bob'))).text).toContain(`DTSTART:${start}`);
    }
  });
});

describe('RFC 6638 §3.2.1: an organizer', () => {
  test('invites by storing: the event is in the attendee’s calendar, with an item in the Inbox', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    const put = await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    expect(put.status).toBe(201);
    expect(put.headers.get('etag')).toBeNull();
    expect(put.headers.get('schedule-tag')).toMatch(/^".+"$/);
    await delivered();
    const copy = await only(bob, calendarOf('bob'));
    expect(lineOf(copy.text, /^ATTENDEE.*bob/)).toContain('PARTSTAT=NEEDS-ACTION');
    expect(lineOf(copy.text, /^SUMMARY/)).toBe('SUMMARY:Plans');
    expect((await only(bob, inboxOf('bob'))).text).toContain('METHOD:REQUEST');
    const own = await only(ann, calendarOf('ann'));
    expect(lineOf(own.text, /^ATTENDEE.*bob/)).toContain('SCHEDULE-STATUS=1.2');
    expect(await contents(ann, inboxOf('ann'))).toEqual([]);
  });

  test('tells of a change, and of the end', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    const url = `${calendarOf('ann')}1.ics`;
    await ann.put(url, meeting());
    await delivered();
    await ann.put(url, meeting({start: '20271201T120000Z'}));
    await delivered();
    expect((await only(bob, calendarOf('bob'))).text).toContain('DTSTART:20271201T120000Z');
    expect((await contents(bob, inboxOf('bob'))).length).toBe(2);
    await ann.delete(url);
    await delivered();
    expect((await only(bob, calendarOf('bob'))).text).toContain('STATUS:CANCELLED');
    expect((await contents(bob, inboxOf('bob'))).filter(({text}) => text.includes('METHOD:CANCEL')).length).toBe(1);
  });

  test('cancels an instance: in the Inbox are the CANCEL and the series that is left', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    const url = `${calendarOf('ann')}1.ics`;
    await ann.put(url, meeting({more: ['RRULE:FREQ=DAILY;COUNT=3']}));
    await delivered();
    await bob.delete((await only(bob, inboxOf('bob'))).href);
    await ann.put(url, meeting({more: ['RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20271202T100000Z']}));
    expect(lineOf((await only(ann, calendarOf('ann'))).text, /^ATTENDEE.*bob/)).toContain('SCHEDULE-STATUS=1.2');
    await delivered();
    const items = (await contents(bob, inboxOf('bob'))).map(({text}) => lineOf(text, /^METHOD/)).sort();
    expect(items).toEqual(['METHOD:CANCEL', 'METHOD:REQUEST']);
    expect((await only(bob, calendarOf('bob'))).text).toContain('STATUS:CANCELLED');
  });

  test('tells of all that was in a calendar that is removed', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    await delivered();
    expect((await ann.delete(calendarOf('ann'))).status).toBe(204);
    await delivered();
    expect((await contents(bob, inboxOf('bob'))).filter(({text}) => text.includes('METHOD:CANCEL')).length).toBe(1);
  });

  test('is told by 3.7 of who is not known here', async () => {
    const {ann, delivered} = await serve({ann: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting({attendees: [attendee('nobody')]}));
    await delivered();
    const own = await only(ann, calendarOf('ann'));
    expect(lineOf(own.text, /^ATTENDEE.*nobody/)).toContain('SCHEDULE-STATUS=3.7');
  });

  test('invites nobody by a MOVE within the home', async () => {
    const {ann, bob, delivered, base} = await serve({ann: [], bob: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    await delivered();
    await ann.request('MKCALENDAR', '/calendars/users/ann/other/');
    const destination = `${base}/calendars/users/ann/other/1.ics`;
    expect((await ann.request('MOVE', `${calendarOf('ann')}1.ics`, {headers: {destination}})).status).toBe(201);
    await delivered();
    expect((await contents(bob, inboxOf('bob'))).length).toBe(1);
  });
});

describe('RFC 6638 §3.2.2: an attendee', () => {
  test('answers by storing: the organizer sees it, and others’ copies show it without a word', async () => {
    const {ann, bob, cid, delivered} = await serve({ann: [], bob: [], cid: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting({attendees: [attendee('bob'), attendee('cid')]}));
    await delivered();
    const copy = await only(bob, calendarOf('bob'));
    const tag = (await ann.get(`${calendarOf('ann')}1.ics`)).headers.get('schedule-tag');
    const put = await bob.put(
      copy.href,
      copy.text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*bob@)/m, '$1PARTSTAT=ACCEPTED$2'),
    );
    expect(put.status).toBe(204);
    await delivered();
    const own = await ann.get(`${calendarOf('ann')}1.ics`);
    const mine = own.text.replace(/\r\n[ \t]/g, '');
    expect(lineOf(mine, /^ATTENDEE.*bob/)).toContain('PARTSTAT=ACCEPTED');
    expect(lineOf(mine, /^ATTENDEE.*bob/)).toContain('SCHEDULE-STATUS=2.0');
    expect(own.headers.get('schedule-tag')).toBe(tag);
    expect((await only(ann, inboxOf('ann'))).text).toContain('METHOD:REPLY');
    expect(lineOf((await only(cid, calendarOf('cid'))).text, /^ATTENDEE.*bob/)).toContain('PARTSTAT=ACCEPTED');
    expect((await contents(cid, inboxOf('cid'))).length).toBe(1);
  });

  test('declines by removing it, and says nothing with Schedule-Reply: F', async () => {
    for (const silent of [false, true]) {
      const {ann, bob, delivered} = await serve({ann: [], bob: []});
      await ann.put(`${calendarOf('ann')}1.ics`, meeting());
      await delivered();
      const copy = await only(bob, calendarOf('bob'));
      await bob.delete(copy.href, silent ? {'schedule-reply': 'F'} : {});
      await delivered();
      const own = await only(ann, calendarOf('ann'));
      expect(lineOf(own.text, /^ATTENDEE.*bob/)).toContain(silent ? 'PARTSTAT=NEEDS-ACTION' : 'PARTSTAT=DECLINED');
    }
  });

  test('may not change what is the organizer’s: allowed-attendee-scheduling-object-change', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    await delivered();
    const copy = await only(bob, calendarOf('bob'));
    const {status, error} = await bob.put(copy.href, copy.text.replace('T100000Z', 'T110000Z'));
    expect({status, error}).toEqual({
      status: 403,
      error: '{urn:ietf:params:xml:ns:caldav}allowed-attendee-scheduling-object-change',
    });
  });
});

describe('RFC 6638 §4.1: an invitation whose UID is of something of one’s own', () => {
  test('is told in the Inbox, as is that it is cancelled, and the own event stays as it is', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    const own = meeting({attendees: []}).replace(/^(?:ORGANIZER|ATTENDEE).*\r\n/gm, '');
    await bob.put(`${calendarOf('bob')}own.ics`, own);
    await ann.put(`${calendarOf('ann')}1.ics`, meeting({start: '20271202T100000Z'}));
    await delivered();
    await ann.delete(`${calendarOf('ann')}1.ics`);
    await delivered();
    expect((await only(bob, calendarOf('bob'))).text).toBe(own);
    const told = (await contents(bob, inboxOf('bob'))).map(({text}) => lineOf(text, /^METHOD/));
    expect(told.sort()).toEqual(['METHOD:CANCEL', 'METHOD:REQUEST']);
  });
});

describe('RFC 6638 §3.2.9: SCHEDULE-STATUS', () => {
  test('5.3: the UID is of an event that somebody else organizes, and theirs stays as it is', async () => {
    const {ann, bob, cat, delivered} = await serve({ann: [], bob: [], cat: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    await delivered();
    const forged = meeting({start: '20271202T100000Z'}).replaceAll('mailto:ann@', 'mailto:cat@');
    await cat.put(`${calendarOf('cat')}1.ics`, forged);
    await delivered();
    expect(lineOf((await only(cat, calendarOf('cat'))).text, /^ATTENDEE.*bob/)).toContain('SCHEDULE-STATUS=5.3');
    expect((await only(bob, calendarOf('bob'))).text).toContain('DTSTART:20271201T100000Z');
  });
});

describe('RFC 6638 §3.2.4: preconditions', () => {
  test('one UID is in one calendar: unique-scheduling-object-resource', async () => {
    const {ann} = await serve({ann: [], bob: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    await ann.request('MKCALENDAR', '/calendars/users/ann/other/');
    const {status, error} = await ann.put('/calendars/users/ann/other/1.ics', meeting());
    expect({status, error}).toEqual({status: 403, error: '{urn:ietf:params:xml:ns:caldav}unique-scheduling-object-resource'});
  });

  test('its components have one organizer: same-organizer-in-all-components', async () => {
    const {ann} = await serve({ann: [], bob: []});
    const override = lines(
      'BEGIN:VEVENT',
      'UID:meeting',
      'DTSTAMP:20270101T000000Z',
      'RECURRENCE-ID:20271202T100000Z',
      'DTSTART:20271202T110000Z',
      'ORGANIZER:mailto:bob@example.com',
      attendee('ann'),
      'END:VEVENT',
      'END:VCALENDAR',
    );
    const body = meeting({more: ['RRULE:FREQ=DAILY;COUNT=5']}).replace('END:VCALENDAR\r\n', override);
    const {status, error} = await ann.put(`${calendarOf('ann')}1.ics`, body);
    expect({status, error}).toEqual({status: 403, error: '{urn:ietf:params:xml:ns:caldav}same-organizer-in-all-components'});
  });

  test('the organizer does not change: allowed-organizer-scheduling-object-change', async () => {
    const {ann} = await serve({ann: [], bob: []});
    await ann.put(`${calendarOf('ann')}1.ics`, meeting());
    const other = meeting().replace('ORGANIZER:mailto:ann', 'ORGANIZER:mailto:bob');
    const {status, error} = await ann.put(`${calendarOf('ann')}1.ics`, other);
    expect({status, error}).toEqual({
      status: 403,
      error: '{urn:ietf:params:xml:ns:caldav}allowed-organizer-scheduling-object-change',
    });
  });
});

describe('RFC 6638 §8.3: If-Schedule-Tag-Match', () => {
  test('lets through who knows the tag, and refuses another with 412', async () => {
    const {ann} = await serve({ann: [], bob: []});
    const url = `${calendarOf('ann')}1.ics`;
    const tag = (await ann.put(url, meeting())).headers.get('schedule-tag')!;
    expect((await ann.put(url, meeting({start: '20271201T130000Z'}), {'if-schedule-tag-match': '"other"'})).status).toBe(412);
    const next = await ann.put(url, meeting({start: '20271201T130000Z'}), {'if-schedule-tag-match': tag});
    expect(next.status).toBe(204);
    expect(next.headers.get('schedule-tag')).not.toBe(tag);
  });

  test('empty, it holds of an object without a tag, which one without an organizer has not', async () => {
    const {ann} = await serve({ann: []});
    const plain = meeting({attendees: []}).replace(/^(?:ORGANIZER|ATTENDEE).*\r\n/gm, '');
    const put = await ann.put(`${calendarOf('ann')}1.ics`, plain);
    expect(put.headers.get('schedule-tag')).toBeNull();
    expect(put.headers.get('etag')).not.toBeNull();
    expect((await ann.put(`${calendarOf('ann')}1.ics`, plain, {'if-schedule-tag-match': ''})).status).toBe(204);
    expect((await ann.put(`${calendarOf('ann')}1.ics`, plain, {'if-schedule-tag-match': '"x"'})).status).toBe(412);
  });
});
