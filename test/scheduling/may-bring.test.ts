import {describe, expect, test} from 'vitest';
import {caldav} from '../../src/xml/names.ts';
import {deny, everybody, setAcl, user} from '../support/acl.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const own = `${home('ann')}calendar/1.ics`;

const objectsIn = async (client: Client, path: string) =>
  Promise.all(
    [...(await client.propfind(path, 1)).responses.keys()]
      .filter(href => href.endsWith('.ics'))
      .map(async href => ({href, text: (await client.get(href)).text.replaceAll('\r\n ', '')})),
  );

const meeting = (...names: string[]) =>
  event(
    '1',
    '20991201T100000Z',
    'ORGANIZER:mailto:ann@example.com',
    ...names.map(name => `ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:${name}@example.com`),
  );

/** SCHEDULE-STATUS by attendee in Ann's event. */
async function statuses(ann: Client): Promise<Record<string, string>> {
  const {text} = await ann.get(own);
  const found = text.replaceAll('\r\n ', '').matchAll(/^ATTENDEE.*SCHEDULE-STATUS=([\d.]+).*mailto:(\w+)@/gm);
  return Object.fromEntries([...found].map(([, status, name]) => [name!, status!]));
}

describe('RFC 6638 §6.1 privileges on the Inbox', () => {
  test('§6.1.2 schedule-deliver-invite: who lacks it invites others, and is told 3.8', async () => {
    const {ann, bob, cid, delivered} = await serve({ann: [], bob: [], cid: []});
    await setAcl(bob, `${home('bob')}inbox/`, deny(user(1), caldav('schedule-deliver-invite')));
    expect((await ann.put(own, meeting('bob', 'cid'))).status).toBe(201);
    await delivered();
    expect(await statuses(ann)).toEqual({bob: '3.8', cid: '1.2'});
    expect(await objectsIn(bob, `${home('bob')}calendar/`)).toEqual([]);
    expect(await objectsIn(bob, `${home('bob')}inbox/`)).toEqual([]);
    expect((await objectsIn(cid, `${home('cid')}inbox/`)).length).toBe(1);
    await ann.delete(own);
    await delivered();
    expect(await objectsIn(bob, `${home('bob')}inbox/`)).toEqual([]);
  });

  test('§6.1.3 schedule-deliver-reply: who lacks it is invited, and cannot answer', async () => {
    const {ann, bob, delivered} = await serve({ann: [], bob: []});
    await setAcl(ann, `${home('ann')}inbox/`, deny(user(2), caldav('schedule-deliver-reply')));
    await ann.put(own, meeting('bob'));
    await delivered();
    const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
    await bob.put(copy!.href, copy!.text.replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED'));
    await delivered();
    expect((await ann.get(own)).text).toContain('PARTSTAT=NEEDS-ACTION');
    const [answered] = await objectsIn(bob, `${home('bob')}calendar/`);
    expect(answered!.text).toMatch(/^ORGANIZER.*SCHEDULE-STATUS=3\.8/m);
  });

  test('§6.1.1 schedule-deliver holds both; who has all rights needs none', async () => {
    const {ann, bob, admin, delivered} = await serve({ann: [], bob: [], admin: []});
    await setAcl(bob, `${home('bob')}inbox/`, deny(everybody, caldav('schedule-deliver')));
    await ann.put(own, meeting('bob'));
    await admin.put(
      `${home('admin')}calendar/1.ics`,
      meeting('bob').replace('UID:1', 'UID:2').replaceAll('mailto:ann', 'mailto:admin'),
    );
    await delivered();
    expect(await statuses(ann)).toEqual({bob: '3.8'});
    expect((await objectsIn(bob, `${home('bob')}inbox/`)).map(({text}) => /^UID:(.*)$/m.exec(text)?.[1]?.trim())).toEqual(['2']);
  });
});
