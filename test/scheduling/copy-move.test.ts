import {describe, expect, test} from 'vitest';
import {caldav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const start = '20271201T100000Z';

/** A meeting of Ann's with Bob. */
const meeting = (uid = 'meeting', bob = 'NEEDS-ACTION') =>
  event(
    uid,
    start,
    'ORGANIZER:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    `ATTENDEE;PARTSTAT=${bob}:mailto:bob@example.com`,
  );

const countIn = async (client: Client, path: string) =>
  [...(await client.propfind(path, 1)).responses.keys()].filter(href => href.endsWith('.ics')).length;

const tagOf = async (client: Client, path: string) => (await client.get(path)).headers.get('schedule-tag');

/** Ann's calendar `work` with one meeting that Bob has, and an event that is hers alone. */
async function serveMeeting() {
  const served = await serve({ann: [], bob: [], admin: []});
  const {ann, delivered, base} = served;
  expect((await ann.request('MKCALENDAR', `${home('ann')}work/`)).status).toBe(201);
  expect((await ann.put(`${home('ann')}work/1.ics`, meeting())).status).toBe(201);
  expect((await ann.put(`${home('ann')}work/2.ics`, event('alone'))).status).toBe(201);
  await delivered();
  const transfer = async (client: Client, method: string, from: string, to: string, more = {}) => {
    const answer = await client.request(method, from, {headers: {destination: base + to, ...more}});
    await delivered();
    return answer;
  };
  return {...served, transfer};
}

describe('RFC 6638 §3.2.3.2 COPY', () => {
  test('of a calendar would have an event twice in one home: unique-scheduling-object-resource, and nothing is copied', async () => {
    const {ann, bob, transfer} = await serveMeeting();
    const answer = await transfer(ann, 'COPY', `${home('ann')}work/`, `${home('ann')}copy/`);
    expect(answer).toMatchObject({status: 403, error: caldav('unique-scheduling-object-resource')});
    expect(answer.text).toContain(`${home('ann')}work/1.ics`);
    expect((await ann.get(`${home('ann')}copy/2.ics`)).status).toBe(404);
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(1);
  });

  test('of a folder with the calendar in it likewise', async () => {
    const {ann, transfer} = await serveMeeting();
    await ann.request('MKCOL', `${home('ann')}folder/`);
    await transfer(ann, 'MOVE', `${home('ann')}work/`, `${home('ann')}folder/work/`);
    const answer = await transfer(ann, 'COPY', `${home('ann')}folder/`, `${home('ann')}copy/`);
    expect(answer).toMatchObject({status: 403, error: caldav('unique-scheduling-object-resource')});
  });

  test.each(['COPY', 'MOVE'])(
    'of a folder that has a meeting twice into the home of its organizer, by %s, is refused, and nobody hears of it',
    async method => {
      const {ann, bob, cid, admin, base, delivered} = await serve({ann: [], bob: [], cid: [], admin: []});
      for (const path of ['folder/', 'folder/one/', 'folder/two/']) {
        expect((await cid.request(path === 'folder/' ? 'MKCOL' : 'MKCALENDAR', home('cid') + path)).status).toBe(201);
        if (path !== 'folder/') expect((await cid.put(`${home('cid')}${path}1.ics`, meeting())).status).toBe(201);
      }
      const destination = `${base}${home('ann')}copy/`;
      const answer = await admin.request(method, `${home('cid')}folder/`, {headers: {destination}});
      expect(answer).toMatchObject({status: 403, error: caldav('unique-scheduling-object-resource')});
      await delivered();
      expect((await ann.get(`${home('ann')}copy/one/1.ics`)).status).toBe(404);
      expect((await cid.get(`${home('cid')}folder/one/1.ics`)).status).toBe(200);
      expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(0);
      await admin.delete(`${home('cid')}folder/two/`);
      expect((await admin.request(method, `${home('cid')}folder/`, {headers: {destination}})).status).toBe(201);
      await delivered();
      expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(1);
    },
  );

  test('of the calendar alone, by Depth: 0, has nothing in it that others know of', async () => {
    const {ann, transfer} = await serveMeeting();
    const {status} = await transfer(ann, 'COPY', `${home('ann')}work/`, `${home('ann')}copy/`, {depth: '0'});
    expect(status).toBe(201);
    expect(await countIn(ann, `${home('ann')}copy/`)).toBe(0);
  });

  test('of a calendar without meetings is as ever', async () => {
    const {ann, transfer} = await serveMeeting();
    await ann.delete(`${home('ann')}work/1.ics`, {'schedule-reply': 'F'});
    expect((await transfer(ann, 'COPY', `${home('ann')}work/`, `${home('ann')}copy/`)).status).toBe(201);
    expect(await countIn(ann, `${home('ann')}copy/`)).toBe(1);
  });

  test('to the home of somebody who is no part of a meeting tells nobody, and the copy has no Schedule-Tag', async () => {
    const {ann, bob, admin, transfer} = await serveMeeting();
    expect((await transfer(admin, 'COPY', `${home('ann')}work/`, `${home('admin')}work/`)).status).toBe(201);
    expect(await countIn(admin, `${home('admin')}work/`)).toBe(2);
    expect(await tagOf(admin, `${home('admin')}work/1.ics`)).toBeNull();
    expect(await tagOf(ann, `${home('ann')}work/1.ics`)).not.toBeNull();
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(1);
  });

  test('of one object to such a home likewise', async () => {
    const {bob, admin, transfer} = await serveMeeting();
    expect((await transfer(admin, 'COPY', `${home('ann')}work/1.ics`, `${home('admin')}calendar/1.ics`)).status).toBe(201);
    expect(await tagOf(admin, `${home('admin')}calendar/1.ics`)).toBeNull();
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(1);
  });

  test('to the home of an attendee who has it already is refused', async () => {
    const {admin, transfer} = await serveMeeting();
    const answer = await transfer(admin, 'COPY', `${home('ann')}work/`, `${home('bob')}work/`);
    expect(answer).toMatchObject({status: 403, error: caldav('unique-scheduling-object-resource')});
  });

  test('to the home of its organizer invites, as storing it there would', async () => {
    const {ann, bob, admin, transfer} = await serveMeeting();
    expect((await admin.put(`${home('admin')}calendar/1.ics`, meeting('other'))).status).toBe(201);
    expect((await transfer(admin, 'COPY', `${home('admin')}calendar/`, `${home('ann')}brought/`)).status).toBe(201);
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(2);
    const {text, headers} = await ann.get(`${home('ann')}brought/1.ics`);
    expect(headers.get('schedule-tag')).not.toBeNull();
    expect(text.replaceAll('\r\n ', '')).toMatch(/ATTENDEE.*SCHEDULE-STATUS=1\.2.*bob@/);
  });
});

describe('RFC 6638 §3.2.3.3 MOVE', () => {
  test('of a calendar within its home is no news: nobody is told, and the Schedule-Tag stays', async () => {
    const {ann, bob, transfer} = await serveMeeting();
    const tag = await tagOf(ann, `${home('ann')}work/1.ics`);
    expect((await transfer(ann, 'MOVE', `${home('ann')}work/`, `${home('ann')}moved/`)).status).toBe(201);
    expect(await tagOf(ann, `${home('ann')}moved/1.ics`)).toBe(tag);
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(1);
  });

  test('of a calendar out of the home is the end of the meetings that its owner organizes', async () => {
    const {bob, admin, transfer} = await serveMeeting();
    expect((await transfer(admin, 'MOVE', `${home('ann')}work/`, `${home('admin')}work/`)).status).toBe(201);
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(2);
    expect(await countIn(admin, `${home('admin')}work/`)).toBe(2);
  });

  test('onto a calendar ends what lay in that', async () => {
    const {ann, bob, transfer} = await serveMeeting();
    await ann.request('MKCALENDAR', `${home('ann')}empty/`);
    expect((await transfer(ann, 'MOVE', `${home('ann')}empty/`, `${home('ann')}work/`)).status).toBe(204);
    expect(await countIn(bob, `${home('bob')}inbox/`)).toBe(2);
    expect(await countIn(ann, `${home('ann')}work/`)).toBe(0);
  });
});

describe('RFC 6638 §3.2.3.4 DELETE', () => {
  test('of an attendee’s calendar declines all that is in it; with Schedule-Reply: F nobody hears of it', async () => {
    for (const silent of [false, true]) {
      const {ann, bob, delivered} = await serveMeeting();
      const {status} = await bob.delete(`${home('bob')}calendar/`, silent ? {'schedule-reply': 'F'} : {});
      expect(status).toBe(204);
      await delivered();
      const {text} = await ann.get(`${home('ann')}work/1.ics`);
      const said = /ATTENDEE.*PARTSTAT=([A-Z-]+).*bob@/.exec(text.replaceAll('\r\n ', ''))?.[1];
      expect(said).toBe(silent ? 'NEEDS-ACTION' : 'DECLINED');
    }
  });
});
