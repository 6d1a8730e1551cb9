import {describe, expect, test} from 'vitest';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {invitation} from '../itip/edits.ts';
import {agenda, ann as annsAddress, bob as bobsAddress} from '../itip/world.ts';
import type {Client} from '../support/client.ts';
import {Replica} from '../support/replica.ts';
import {serve} from '../support/serve.ts';

const meeting = printCalendar(invitation([bobsAddress]));
const url = '/calendars/users/ann/calendar/1.ics';

async function held(client: Client, name: string, collection = 'calendar') {
  const replica = new Replica(client, `/calendars/users/${name}/${collection}/`);
  await replica.sync();
  return [...replica.objects].map(([href, {text}]) => ({href, text}));
}

async function invited() {
  const served = await serve({ann: [], bob: []});
  await served.ann.put(url, meeting);
  await served.delivered();
  return {...served, copy: (await held(served.bob, 'bob'))[0]!};
}

const partstats = (text: string) =>
  new Set(Object.values(agenda(parseCalendar(text), bobsAddress)).map(each => each.split(' ')[2]));

describe('an invitation that comes back', () => {
  test('as the organizer undoes the removal, or stores it from a device that had not heard of it, takes place again', async () => {
    const {ann, bob, delivered} = await invited();
    await ann.delete(url);
    await delivered();
    expect(agenda(parseCalendar((await held(bob, 'bob'))[0]!.text), bobsAddress)).toEqual({});
    await ann.put(url, meeting);
    await delivered();
    expect(Object.keys(agenda(parseCalendar((await held(bob, 'bob'))[0]!.text), bobsAddress)).length).toBe(5);
  });

  test('from an attendee’s old device says what the organizer’s calendar says now', async () => {
    const {ann, bob, delivered, copy} = await invited();
    await bob.delete(copy.href);
    await delivered();
    await ann.put(url, (await ann.get(url)).text.replace('SUMMARY:s0', 'SUMMARY:new'));
    await delivered();
    const inbox = (await held(bob, 'bob', 'inbox')).length;
    expect((await bob.put(copy.href, copy.text)).status).toBe(201);
    await delivered();
    const [back] = await held(bob, 'bob');
    expect(back!.text).toContain('SUMMARY:new');
    const [own] = await held(ann, 'ann');
    expect([back, own].map(each => [...partstats(each!.text)])).toEqual([['DECLINED'], ['DECLINED']]);
    expect((await held(bob, 'bob', 'inbox')).length).toBe(inbox);
  });

  test('from the device of an attendee who is not invited any more is cancelled', async () => {
    const {ann, bob, delivered, copy} = await invited();
    await bob.delete(copy.href);
    await delivered();
    await ann.put(url, printCalendar(invitation([])).replace(/^ORGANIZER.*\r\n/m, `ORGANIZER:${annsAddress}\r\n`));
    await delivered();
    expect((await bob.put(copy.href, copy.text)).status).toBe(201);
    await delivered();
    expect(agenda(parseCalendar((await held(bob, 'bob'))[0]!.text), bobsAddress)).toEqual({});
  });
});
