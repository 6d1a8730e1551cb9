import {afterEach, describe, expect, test, vi} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {silent} from '../../src/base/log.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {createDeliveries} from '../../src/scheduling/deliveries.ts';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {gatherMs} from '../../src/scheduling/refreshes.ts';
import type {Client} from '../support/client.ts';
import {guidOf, serve} from '../support/serve.ts';

const guests = ['bob', 'cid', 'dan'];

/** A meeting of ann's with these three, and as many people elsewhere. */
function meeting(elsewhere: number): string {
  const addresses = [
    ...guests.map(name => `${name}@example.com`),
    ...Array.from({length: elsewhere}, (_, at) => `x${at}@other.example`),
  ];
  return `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:meeting
DTSTAMP:20270101T000000Z
DTSTART:20271201T100000Z
DURATION:PT1H
SUMMARY:Plans
ORGANIZER:mailto:ann@example.com
${addresses.map(address => `ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:${address}`).join('\n')}
END:VEVENT
END:VCALENDAR
`.replace(/\n/g, '\r\n');
}

async function copyOf(client: Client, name: string) {
  const {responses} = await client.propfind(`/calendars/users/${name}/calendar/`, 1);
  const href = [...responses.keys()].find(each => each.endsWith('.ics'))!;
  const {text} = await client.get(href);
  return {href, text: text.replace(/\r\n[ \t]/g, '')};
}

/** A slow machine takes its time. */
const waiting = {timeout: 60_000, interval: 100};
const within = {timeout: 90_000};

const accepted = ({text}: {text: string}) =>
  [...text.matchAll(/ATTENDEE[^:\r]*PARTSTAT=ACCEPTED[^:]*:mailto:(\w+)/g)].map(([, name]) => name).sort();

async function accept(client: Client, name: string): Promise<void> {
  const {href, text} = await copyOf(client, name);
  const {status} = await client.put(
    href,
    text.replace(new RegExp(`PARTSTAT=NEEDS-ACTION([^:]*:mailto:${name}@)`), 'PARTSTAT=ACCEPTED$1'),
  );
  expect(status).toBeLessThan(300);
}

afterEach(() => void vi.useRealTimers());

describe('answers of many', () => {
  test('are shown to the others after a while', within, async () => {
    const {ann, bob, cid, delivered} = await serve({ann: [], bob: [], cid: [], dan: []});
    expect((await ann.put('/calendars/users/ann/calendar/1.ics', meeting(50))).status).toBe(201);
    await delivered();
    await accept(bob, 'bob');
    await delivered();
    expect(accepted(await copyOf(ann, 'ann'))).toEqual(['bob']);
    await vi.waitFor(async () => expect(accepted(await copyOf(cid, 'cid'))).toEqual(['bob']), waiting);
  });

  test('are gathered into one round, which waits also where the server starts anew', within, async () => {
    const {ann, bob, cid, dan, store, delivered} = await serve({ann: [], bob: [], cid: [], dan: []});
    await ann.put('/calendars/users/ann/calendar/1.ics', meeting(1));
    await delivered();
    const users = ['ann', ...guests].map(
      (name, at) =>
        `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><email-address>${name}@example.com</email-address></user>`,
    );
    const directory = parseDirectory(`<accounts realm="R">${users.join('')}</accounts>`, 'accounts.xml');
    const file = openDeliveriesFile(':memory:');
    const start = () =>
      createDeliveries({store, file, directory: () => directory, log: silent, mostRefreshed: 3, gatherMs: () => 3_600_000});
    const first = start();
    const organizer = directory.findByName('users', 'ann')!;
    const reply = (name: string) =>
      first.deliverIncoming(
        {
          method: 'REPLY',
          uid: 'meeting',
          from: `mailto:${name}@example.com`,
          to: 'mailto:ann@example.com',
          sequence: 0,
          calendar: parseCalendar(
            `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:meeting\r\nDTSTAMP:20270102T000000Z\r\nDTSTART:20271201T100000Z\r\nORGANIZER:mailto:ann@example.com\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:${name}@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
          ),
        },
        organizer,
      );
    await Promise.all([reply('bob'), reply('cid'), reply('dan')]);
    await first.idle();
    expect(accepted(await copyOf(ann, 'ann'))).toEqual(guests);
    for (const [name, client] of Object.entries({bob, cid, dan})) expect(accepted(await copyOf(client, name))).toEqual([]);
    expect(file.owing()).toEqual([`calendars/${guidOf(1)}`]);
    await first.stop();

    vi.useFakeTimers({toFake: ['Date'], now: Date.now() + 3_700_000});
    const second = start();
    second.settle();
    await second.idle();
    await vi.waitFor(async () => {
      await second.idle();
      expect(file.owing()).toEqual([]);
    }, waiting);
    for (const [name, client] of Object.entries({bob, cid, dan})) expect(accepted(await copyOf(client, name))).toEqual(guests);
    await second.stop();
  });

  test('are gathered for the longer the more they are, and for ten minutes at most', () => {
    expect(gatherMs(100)).toBe(2_500);
    expect(gatherMs(1_000)).toBe(250_000);
    expect(gatherMs(10_000)).toBe(600_000);
  });
});
