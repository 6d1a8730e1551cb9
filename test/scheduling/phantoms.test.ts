import {describe, expect, test} from 'vitest';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const own = `${home('ann')}calendar/1.ics`;
const again = `${home('bob')}calendar/from-an-old-device.ics`;

const meeting = (...attendees: string[]) =>
  event(
    '1',
    '20991201T100000Z',
    'ORGANIZER:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    ...attendees.map(name => `ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:${name}@example.com`),
  );

const accepted = (text: string) => text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*bob@)/m, '$1PARTSTAT=ACCEPTED$2');

async function objectsIn(client: Client, path: string): Promise<string[]> {
  return [...(await client.propfind(path, 1)).responses.keys()].filter(href => href.endsWith('.ics'));
}

const linesOf = async (client: Client, href: string) => (await client.get(href)).text.replaceAll('\r\n ', '').split('\r\n');
const organizerOf = (lines: readonly string[]) => lines.find(line => line.startsWith('ORGANIZER'));

/** Ann invites Bob, who has it on two devices, and removes it; he has taken away what was cancelled. */
async function removed() {
  const served = await serve({ann: [], bob: []});
  const {ann, bob, delivered} = served;
  await ann.put(own, meeting('bob'));
  await delivered();
  const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
  const {text} = await bob.get(copy!);
  await ann.delete(own);
  await delivered();
  expect(await linesOf(bob, copy!)).toContain('STATUS:CANCELLED');
  await bob.delete(copy!);
  for (const href of await objectsIn(bob, `${home('bob')}inbox/`)) await bob.delete(href);
  await delivered();
  return {...served, text};
}

describe('RFC 6638 §3.2.2 what an attendee stores that its organizer here does not have', () => {
  test.each(['answered', 'not answered'])('is shown as cancelled where they have removed it: %s', async how => {
    const {ann, bob, delivered, text} = await removed();
    expect((await bob.put(again, how === 'answered' ? accepted(text) : text)).status).toBe(201);
    await delivered();
    expect(await linesOf(bob, again)).toContain('STATUS:CANCELLED');
    expect(await objectsIn(bob, `${home('bob')}inbox/`)).toEqual([]);
    expect(await objectsIn(ann, `${home('ann')}inbox/`)).toEqual([]);
    expect((await bob.delete(again)).status).toBe(204);
    await delivered();
    expect(await objectsIn(ann, `${home('ann')}inbox/`)).toEqual([]);
  });

  test('stays as it is where they never had it, and says that they are not reached: 5.3', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await bob.put(again, meeting('bob'));
    await delivered();
    expect(organizerOf(await linesOf(bob, again))).toContain('SCHEDULE-STATUS=5.3');
    await bob.put(again, accepted((await bob.get(again)).text));
    await delivered();
    const lines = await linesOf(bob, again);
    expect(organizerOf(lines)).toContain('SCHEDULE-STATUS=5.3');
    expect(lines.some(line => line.startsWith('STATUS:CANCELLED'))).toBe(false);
    expect(await objectsIn(ann, `${home('ann')}inbox/`)).toEqual([]);
  });

  test('is theirs again once they have it, and then nothing says otherwise', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await bob.put(again, meeting('bob'));
    await delivered();
    await ann.put(own, meeting('bob').replace('SUMMARY:Event 1', 'SUMMARY:Feast'));
    await delivered();
    const lines = await linesOf(bob, again);
    expect(lines).toContain('SUMMARY:Feast');
    expect(organizerOf(lines)).not.toContain('5.3');
  });

  test('is a meeting again where they have stored it anew', async () => {
    const {ann, bob, delivered, text} = await removed();
    await ann.put(own, meeting('bob'));
    await delivered();
    const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
    await bob.put(copy!, accepted(text));
    await delivered();
    expect(await linesOf(bob, copy!)).not.toContain('STATUS:CANCELLED');
    expect((await linesOf(ann, own)).some(line => /^ATTENDEE.*PARTSTAT=ACCEPTED.*bob@/.test(line))).toBe(true);
  });
});
