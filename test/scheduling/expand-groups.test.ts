import {describe, expect, test} from 'vitest';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = (name: string) => `/calendars/users/${name}/`;
const own = `${home('ann')}calendar/1.ics`;
const family = 'urn:uuid:F0000000-0000-0000-0000-000000000001';

const member = (name: string) => `<member type="users">${name}</member>`;
/** The family: Ann, Bob, and the children, a group of their own with Cid in it. */
const records = `<group><uid>family</uid><guid>F0000000-0000-0000-0000-000000000001</guid><name>Family</name>
<members>${member('ann')}${member('bob')}<member type="groups">children</member></members></group>
<group><uid>children</uid><guid>F0000000-0000-0000-0000-000000000002</guid><members>${member('cid')}${member('bob')}</members></group>`;

const serveFamily = (plist = {}) => serve({ann: [], bob: [], cid: []}, {records, plist});

const meeting = (...attendees: string[]) =>
  event(
    '1',
    '20991201T100000Z',
    'ORGANIZER:mailto:ann@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com',
    ...attendees.map(each => `ATTENDEE;PARTSTAT=NEEDS-ACTION:${each}`),
  );

const linesOf = async (client: Client, href = own) => (await client.get(href)).text.replaceAll('\r\n ', '').split('\r\n');

const attendeesIn = (lines: readonly string[]) =>
  Object.fromEntries(
    lines.flatMap(line => (/^ATTENDEE.*?:(mailto:(\w+)|urn.*)/.exec(line) ? [[RegExp.$2 || 'family', line]] : [])),
  );

async function objectsIn(client: Client, path: string): Promise<string[]> {
  return [...(await client.propfind(path, 1)).responses.keys()].filter(href => href.endsWith('.ics'));
}

describe('RFC 5545 §3.2.11 MEMBER, RFC 6638 §3.2.1: groups that are invited', () => {
  test('those in the group, and in groups in it, are attendees beside it, each once; the organizer is who he is', async () => {
    const {ann, bob, cid, delivered} = await serveFamily();
    expect((await ann.put(own, meeting(family))).status).toBe(201);
    await delivered();
    const attendees = attendeesIn(await linesOf(ann));
    expect(Object.keys(attendees).sort()).toEqual(['ann', 'bob', 'cid', 'family']);
    expect(attendees.family).toMatch(/CUTYPE=GROUP.*SCHEDULE-STATUS=2\.7|SCHEDULE-STATUS=2\.7.*CUTYPE=GROUP/);
    expect(attendees.bob).toContain(`MEMBER="${family}"`);
    expect(attendees.bob).toContain('SCHEDULE-STATUS=1.2');
    for (const [client, name] of [
      [bob, 'bob'],
      [cid, 'cid'],
    ] as const) {
      expect((await objectsIn(client, `${home(name)}calendar/`)).length).toBe(1);
      expect((await objectsIn(client, `${home(name)}inbox/`)).length).toBe(1);
    }
  });

  test('their answers come in, and stay when the organizer stores it without them, as a program does that has not read it again', async () => {
    const {ann, bob, cid, delivered} = await serveFamily();
    await ann.put(own, meeting(family));
    await delivered();
    const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
    const text = (await linesOf(bob, copy)).join('\r\n');
    await bob.put(copy!, text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*bob@)/m, '$1PARTSTAT=ACCEPTED$2'));
    await delivered();
    expect(attendeesIn(await linesOf(ann)).bob).toContain('PARTSTAT=ACCEPTED');
    await ann.put(own, meeting(family).replace('SUMMARY:Event 1', 'SUMMARY:Feast'));
    await delivered();
    expect(attendeesIn(await linesOf(ann)).bob).toContain('PARTSTAT=ACCEPTED');
    const [other] = await objectsIn(cid, `${home('cid')}calendar/`);
    expect(await linesOf(cid, other)).toContain('SUMMARY:Feast');
  });

  test('without the group those go who were there by it, and not who was invited by name', async () => {
    const {ann, bob, cid, delivered} = await serveFamily();
    await ann.put(own, meeting(family, 'mailto:cid@example.com'));
    await delivered();
    const lines = (await linesOf(ann)).filter(line => !line.endsWith(family));
    expect((await ann.put(own, lines.join('\r\n'))).status).toBe(204);
    await delivered();
    expect(Object.keys(attendeesIn(await linesOf(ann))).sort()).toEqual(['ann', 'cid']);
    expect((await objectsIn(bob, `${home('bob')}inbox/`)).length).toBe(2);
    expect((await objectsIn(cid, `${home('cid')}calendar/`)).length).toBe(1);
  });

  test('more than an event may have are refused: max-attendees-per-instance', async () => {
    const {ann} = await serveFamily({MaxAttendeesPerInstance: 3});
    expect(await ann.put(own, meeting(family))).toMatchObject({
      status: 403,
      error: '{urn:ietf:params:xml:ns:caldav}max-attendees-per-instance',
    });
  });

  test('a group that another server looks after, or the client, is left as it is', async () => {
    const {ann, bob, delivered} = await serveFamily();
    await ann.put(own, meeting(family).replace(`PARTSTAT=NEEDS-ACTION:${family}`, `SCHEDULE-AGENT=CLIENT:${family}`));
    await delivered();
    expect(Object.keys(attendeesIn(await linesOf(ann))).sort()).toEqual(['ann', 'family']);
    expect(await objectsIn(bob, `${home('bob')}inbox/`)).toEqual([]);
  });

  test('an attendee who is here by his GUID alone is one and the same', async () => {
    const {ann, delivered} = await serveFamily();
    await ann.put(own, meeting(family, `urn:uuid:${guidOf(2)}`));
    await delivered();
    const lines = (await linesOf(ann)).filter(line => line.startsWith('ATTENDEE'));
    expect(lines.length).toBe(4);
  });
});

describe('a group’s members come to be others', () => {
  const withMembers = (...names: string[]) =>
    records.replace(
      /<members>.*<member type="groups">children<\/member><\/members>/s,
      `<members>${names.map(member).join('')}</members>`,
    );
  const everybody = () => serve({ann: [], bob: [], cid: [], dan: []}, {records: withMembers('bob', 'cid')});
  const copies = async (client: Client, name: string) => {
    const lines = await Promise.all((await objectsIn(client, `${home(name)}calendar/`)).map(href => linesOf(client, href)));
    return lines.flatMap(each => each.filter(line => line === 'STATUS:CANCELLED' || line.startsWith('SUMMARY')));
  };

  test('who comes in is invited to what the group is invited to, who has gone is told, and answers stay', async () => {
    const {ann, bob, cid, dan, delivered, changeRecords} = await everybody();
    await ann.put(own, meeting(family));
    await delivered();
    const [copy] = await objectsIn(bob, `${home('bob')}calendar/`);
    const text = (await linesOf(bob, copy)).join('\r\n');
    await bob.put(copy!, text.replace(/^(ATTENDEE.*)PARTSTAT=NEEDS-ACTION(.*bob@)/m, '$1PARTSTAT=ACCEPTED$2'));
    await delivered();
    const tag = (await ann.get(own)).headers.get('schedule-tag');
    changeRecords(withMembers('bob', 'dan'));
    await delivered();
    const attendees = attendeesIn(await linesOf(ann));
    expect(Object.keys(attendees).sort()).toEqual(['ann', 'bob', 'dan', 'family']);
    expect(attendees.bob).toContain('PARTSTAT=ACCEPTED');
    expect(attendees.dan).toContain(`MEMBER="${family}"`);
    expect((await ann.get(own)).headers.get('schedule-tag')).not.toBe(tag);
    expect(await copies(dan, 'dan')).toEqual(['SUMMARY:Event 1']);
    expect(await copies(cid, 'cid')).toContain('STATUS:CANCELLED');
    expect((await objectsIn(dan, `${home('dan')}inbox/`)).length).toBe(1);
  });

  test('who has gone from one group into another is told to be there by that, and goes with it', async () => {
    const children = 'urn:uuid:F0000000-0000-0000-0000-000000000002';
    const inBoth = (...names: string[]) =>
      withMembers('bob').replace(/(2<\/guid><members>).*?(<\/members>)/s, `$1${names.map(member).join('')}$2`);
    const {ann, cid, delivered, changeRecords} = await serve({ann: [], bob: [], cid: []}, {records});
    await ann.put(own, meeting(family, children));
    await delivered();
    expect(attendeesIn(await linesOf(ann)).cid).toContain(`MEMBER="${family}","${children}"`);
    changeRecords(inBoth('cid'));
    await delivered();
    expect(attendeesIn(await linesOf(ann)).cid).toContain(`MEMBER="${children}"`);
    changeRecords(inBoth('bob').replace(/<group><uid>family.*?<\/group>/s, ''));
    await delivered();
    expect(attendeesIn(await linesOf(ann)).cid).toBeUndefined();
    expect(await copies(cid, 'cid')).toContain('STATUS:CANCELLED');
  });

  test('nothing is done where they are who they were, where it is over, or the group is not in it any more', async () => {
    const {ann, dan, delivered, changeRecords} = await everybody();
    const past = '/calendars/users/ann/calendar/2.ics';
    const other = '/calendars/users/ann/calendar/3.ics';
    await ann.put(own, meeting(family));
    await ann.put(past, meeting(family).replace('UID:1', 'UID:2').replaceAll('2099', '2020'));
    await ann.put(other, meeting(family).replace('UID:1', 'UID:3'));
    await delivered();
    await ann.put(other, meeting('mailto:bob@example.com').replace('UID:1', 'UID:3'));
    await delivered();
    const [first, ...rest] = await Promise.all([own, past, other].map(href => ann.get(href)));
    changeRecords(withMembers('cid', 'bob'));
    await delivered();
    expect((await ann.get(own)).headers.get('etag')).toBe(first!.headers.get('etag'));
    changeRecords(withMembers('cid', 'bob', 'dan'));
    await delivered();
    expect((await ann.get(own)).headers.get('etag')).not.toBe(first!.headers.get('etag'));
    for (const [at, href] of [past, other].entries())
      expect((await ann.get(href)).headers.get('etag')).toBe(rest[at]!.headers.get('etag'));
    expect(await copies(dan, 'dan')).toEqual(['SUMMARY:Event 1']);
  });

  test('an event that was moved meanwhile is found; one that would have too many attendees stays as it is', async () => {
    const {ann, dan, delivered, changeRecords} = await serve(
      {ann: [], bob: [], cid: [], dan: []},
      {records: withMembers('bob'), plist: {MaxAttendeesPerInstance: 4}},
    );
    await ann.put(own, meeting(family));
    await delivered();
    await ann.request('MKCALENDAR', `${home('ann')}other/`);
    const moved = `${home('ann')}other/9.ics`;
    expect((await ann.request('MOVE', own, {headers: {destination: moved}})).status).toBe(201);
    changeRecords(withMembers('bob', 'dan'));
    await delivered();
    expect(Object.keys(attendeesIn(await linesOf(ann, moved))).sort()).toEqual(['ann', 'bob', 'dan', 'family']);
    changeRecords(withMembers('bob', 'cid', 'dan'));
    await delivered();
    expect(Object.keys(attendeesIn(await linesOf(ann, moved))).sort()).toEqual(['ann', 'bob', 'dan', 'family']);
    expect(await copies(dan, 'dan')).toEqual(['SUMMARY:Event 1']);
  });
});
