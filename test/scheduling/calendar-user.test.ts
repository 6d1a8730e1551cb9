import {describe, expect, test} from 'vitest';
import type {Client} from '../support/client.ts';
import {calendar, event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const plist = {ServerHostName: 'Cal.example.com'};

const objectsIn = async (client: Client, path: string) =>
  Promise.all(
    [...(await client.propfind(path, 1)).responses.keys()]
      .filter(href => href.endsWith('.ics'))
      .map(async href => ({href, text: (await client.get(href)).text.replaceAll('\r\n ', '')})),
  );

const meeting = (organizer: string, attendee: string) =>
  event('1', '20271201T100000Z', `ORGANIZER:${organizer}`, `ATTENDEE;PARTSTAT=NEEDS-ACTION:${attendee}`);

describe('RFC 6638 §2.4.1: all of somebody’s calendar user addresses are theirs', () => {
  const forms = (name: string, guid: string) => [
    `mailto:${name}@example.com`,
    `MAILTO:${name.toUpperCase()}@Example.com`,
    `urn:uuid:${guid}`,
    `/principals/users/${name}/`,
    `/principals/__uids__/${guid}`,
    `https://cal.example.com:8443/principals/users/${name}/`,
    `HTTP://CAL.EXAMPLE.COM/principals/__uids__/${guid}/`,
  ];
  const [anns, bobs] = [forms('ann', guidOf(1)), forms('bob', guidOf(2))];

  test.each(anns.map((organizer, at) => [organizer, bobs[at]!]))(
    '%s invites %s, is answered, and takes it back',
    async (organizer, attendee) => {
      const {ann, bob, delivered} = await serve({ann: [], bob: []}, {plist});
      const own = `${home('ann')}calendar/1.ics`;
      expect((await ann.put(own, meeting(organizer, attendee))).status).toBe(201);
      await delivered();
      const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
      expect(copy!.text).toContain(`ORGANIZER:${organizer}`);
      expect((await bob.put(copy!.href, copy!.text.replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED'))).status).toBe(204);
      await delivered();
      expect((await objectsIn(ann, `${home('ann')}calendar/`))[0]!.text).toMatch(
        /^ATTENDEE;.*PARTSTAT=ACCEPTED.*SCHEDULE-STATUS=2\.0/m,
      );
      expect((await ann.delete(own)).status).toBe(204);
      await delivered();
      expect((await objectsIn(bob, `${home('bob')}inbox/`)).filter(({text}) => text.includes('METHOD:CANCEL')).length).toBe(1);
    },
  );

  test('the same path on another server is somebody else’s: 3.7', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []}, {plist});
    await ann.put(`${home('ann')}calendar/1.ics`, meeting('mailto:ann@example.com', 'https://example.net/principals/users/bob/'));
    await delivered();
    expect((await objectsIn(ann, `${home('ann')}calendar/`))[0]!.text).toMatch(/^ATTENDEE;.*SCHEDULE-STATUS=3\.7/m);
    expect(await objectsIn(bob, `${home('bob')}inbox/`)).toEqual([]);
  });

  test('busy time is asked by any of them', async () => {
    const {ann} = await serve({ann: [], bob: []}, {plist});
    const body = calendar(
      'METHOD:REQUEST',
      'BEGIN:VFREEBUSY',
      'UID:q',
      'DTSTAMP:20261101T000000Z',
      'DTSTART:20261201T000000Z',
      'DTEND:20261202T000000Z',
      `ORGANIZER:${anns.at(-1)}`,
      ...bobs.map(address => `ATTENDEE:${address}`),
      'END:VFREEBUSY',
    );
    const {text} = await ann.request('POST', `${home('ann')}outbox/`, {body, headers: {'content-type': 'text/calendar'}});
    expect(text.match(/2\.0;Success/g)?.length).toBe(bobs.length);
  });
});
