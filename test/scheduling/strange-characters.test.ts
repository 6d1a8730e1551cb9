import {describe, expect, test} from 'vitest';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const own = `${home('ann')}calendar/1.ics`;
/** Characters of Unicode and of iCalendar that XML has no way to hold. */
const strange = '\uffff\ufffe';

const meeting = (elsewhere = 0) =>
  event(
    `1${strange}`,
    '20991201T100000Z',
    'ORGANIZER:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    ...['bob', 'cid'].map(name => `ATTENDEE;CN=${name}${strange};PARTSTAT=NEEDS-ACTION:mailto:${name}@example.com`),
    ...Array.from({length: elsewhere}, (_, at) => `ATTENDEE:mailto:x${at}@other.example`),
    `LOCATION:${strange}`,
  );

async function objectsIn(client: Client, path: string): Promise<string[]> {
  return [...(await client.propfind(path, 1)).responses.keys()].filter(href => href.endsWith('.ics'));
}

const unfolded = async (client: Client, href: string) => (await client.get(href)).text.replaceAll('\r\n ', '');

describe('U+FFFE and U+FFFF', () => {
  test.each([
    ['at once', 0],
    ['in rounds', 50],
  ])(
    'in a UID and in texts keep nothing from being delivered, answered, refreshed %s and cancelled',
    {timeout: 90_000},
    async (_, elsewhere) => {
      const {ann, bob, cid, delivered} = await serve({ann: [], bob: [], cid: []});
      expect((await ann.put(own, meeting(elsewhere))).status).toBe(201);
      await delivered();
      const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
      const text = await unfolded(bob, copy!);
      expect(text).toContain(`UID:1${strange}\r\n`);
      expect(text).toContain(`LOCATION:${strange}\r\n`);
      const accepted = text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*bob@)/m, '$1PARTSTAT=ACCEPTED$2');
      expect((await bob.put(copy!, accepted)).status).toBe(204);
      const [other] = await objectsIn(cid, `${home('cid')}calendar/`);
      await expect
        .poll(
          async () => {
            await delivered();
            return [await unfolded(ann, own), await unfolded(cid, other!)].map(each =>
              /PARTSTAT=ACCEPTED[^\r]*:mailto:bob@/.test(each),
            );
          },
          {timeout: 60_000, interval: 100},
        )
        .toEqual([true, true]);
      expect((await ann.delete(own)).status).toBe(204);
      await delivered();
      expect(await unfolded(bob, copy!)).toContain('STATUS:CANCELLED');
    },
  );

  test('are told as U+FFFD in XML, which is well-formed, and as they are by GET', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await ann.put(own, meeting());
    await delivered();
    const query = `<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/><C:calendar-data/></prop>
<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`;
    for (const [client, path] of [
      [ann, `${home('ann')}calendar/`],
      [bob, `${home('bob')}inbox/`],
    ] as const) {
      const {status, text} = await client.request('REPORT', path, {headers: {depth: '1'}, body: query});
      expect(status).toBe(207);
      expect(text).toContain('UID:1\ufffd\ufffd');
      expect(text).not.toMatch(/[\ufffe\uffff]/);
    }
    expect((await ann.get(own)).text).toContain(`UID:1${strange}`);
  });
});
