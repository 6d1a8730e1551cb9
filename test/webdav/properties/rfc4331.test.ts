import {describe, expect, test} from 'vitest';
import {element, text} from '../../../src/xml/element.ts';
import {caldav, dav} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const bobs = '/calendars/users/bob/';
const [available, used] = [dav('quota-available-bytes'), dav('quota-used-bytes')];
const quota = dav('quota-not-exceeded');

/** What the two properties say of a home. */
async function room(client: Client, path = home): Promise<number[]> {
  const {properties} = (await client.propfind(path, 0, available, used)).responses.get(path)!;
  return [available, used].map(name => Number(text(properties.get(name)!)));
}

const large = (name: 'a' | 'b' = 'a') => element(`{urn:example}${name}`, 'x'.repeat(500));

describe('RFC 4331 §3 DAV:quota-available-bytes, §4 DAV:quota-used-bytes', () => {
  test('come to the quota together, on whatever collection they are asked of', async () => {
    const {ann} = await serve({ann: []}, {plist: {UserQuota: 1000}});
    expect(await room(ann)).toEqual([1000, 0]);
    await ann.put(`${home}a.txt`, 'x'.repeat(300));
    for (const path of [home, `${home}calendar/`]) expect(await room(ann, path)).toEqual([700, 300]);
    await ann.put(`${home}a.txt`, 'x');
    await ann.delete(`${home}a.txt`);
    expect(await room(ann)).toEqual([1000, 0]);
  });

  test('what is available is never less than nothing', async () => {
    const {ann, store, close} = await serve({ann: []}, {keep: true});
    await ann.put(`${home}a.txt`, 'x'.repeat(300));
    const less = await serve({ann: []}, {store, plist: {UserQuota: 100}, keep: true});
    expect(await room(less.ann)).toEqual([0, 300]);
    await less.close();
    await close();
  });

  test('where there is no quota only what is used is told; a file and a principal have neither', async () => {
    const {ann} = await serve({ann: []}, {plist: {UserQuota: 0}});
    await ann.put(`${home}a.txt`, 'x');
    const states = async (path: string) => [
      ...(await ann.propfind(path, 0, available, used)).responses.get(path)!.refused.keys(),
    ];
    expect(await states(home)).toEqual([available]);
    for (const path of [`${home}a.txt`, '/principals/users/ann/']) expect(await states(path)).toEqual([available, used]);
  });

  test('they are protected, and not listed by DAV:allprop (§2)', async () => {
    const {ann} = await serve({ann: []});
    const {responses} = await ann.proppatch(home, element(available, '5'));
    expect(responses.get(home)!.refused).toEqual(new Map([[available, 403]]));
    const listed = [...(await ann.propfind(home)).responses.get(home)!.properties.keys()];
    expect(listed).not.toContain(available);
    expect(listed).not.toContain(used);
  });
});

describe('RFC 4331 §6 DAV:quota-not-exceeded', () => {
  const full = async () => {
    const served = await serve({ann: [], bob: []}, {plist: {UserQuota: 1000, MaxResourceSize: 900}});
    await served.ann.put(`${home}a.txt`, 'x'.repeat(600));
    return served;
  };

  test.each<[string, (client: Client) => ReturnType<Client['request']>]>([
    ['PUT of a new file', ann => ann.put(`${home}b.txt`, 'x'.repeat(500))],
    ['PUT that makes one larger', ann => ann.put(`${home}a.txt`, 'x'.repeat(900))],
    [
      'POST add-member',
      ann =>
        ann.request('POST', `${home}calendar/;add-member`, {
          body: event('1').replace('END:VEVENT', `X-A:${'x'.repeat(400)}\r\nEND:VEVENT`),
          headers: {'content-type': 'text/calendar'},
        }),
    ],
    ['COPY', ann => ann.request('COPY', `${home}a.txt`, {headers: {destination: `${home}b.txt`}})],
    ['PROPPATCH', ann => ann.proppatch(`${home}a.txt`, large())],
    [
      'MKCOL',
      ann => ann.request('MKCOL', `${home}b/`, {body: element(dav('mkcol'), element(dav('set'), element(dav('prop'), large())))}),
    ],
    [
      'MKCALENDAR',
      ann =>
        ann.request('MKCALENDAR', `${home}b/`, {
          body: element(caldav('mkcalendar'), element(dav('set'), element(dav('prop'), large()))),
        }),
    ],
  ])('%s beyond it is 507, and changes nothing', async (name, attempt) => {
    const {ann} = await full();
    if (name === 'PUT that makes one larger') await ann.put(`${home}c.txt`, 'x'.repeat(200));
    const before = await room(ann);
    const {status, error} = await attempt(ann);
    expect({status, error}).toEqual({status: 507, error: quota});
    expect(await room(ann)).toEqual(before);
    expect((await ann.propfind(`${home}b/`, 0)).status).toBe(404);
    expect((await ann.propfind(`${home}a.txt`, 0, '{urn:example}a')).responses.get(`${home}a.txt`)!.refused.size).toBe(1);
  });

  test.each(['COPY', 'MOVE'])('%s into a home without the room is 507, and leaves both as they were', async method => {
    const {ann, bob, admin} = await serve({ann: [], bob: [], admin: []}, {plist: {UserQuota: 1000}});
    await ann.put(`${home}a.txt`, 'x'.repeat(600));
    await bob.put(`${bobs}b.txt`, 'x'.repeat(600));
    const {status, error} = await admin.request(method, `${home}a.txt`, {headers: {destination: `${bobs}a.txt`}});
    expect({status, error}).toEqual({status: 507, error: quota});
    expect([await room(ann), await room(bob, bobs)]).toEqual([
      [400, 600],
      [400, 600],
    ]);
    expect((await admin.request(method, `${home}a.txt`, {headers: {destination: `${bobs}b.txt`}})).status).toBe(204);
  });

  test('what makes a home no larger is never refused by it', async () => {
    const {ann} = await full();
    await ann.put(`${home}b.txt`, 'x'.repeat(400));
    expect((await ann.put(`${home}a.txt`, 'y'.repeat(600))).status).toBe(204);
    expect((await ann.request('MOVE', `${home}a.txt`, {headers: {destination: `${home}c.txt`}})).status).toBe(201);
    expect((await ann.request('MKCOL', `${home}d/`)).status).toBe(201);
    expect((await ann.put(`${home}c.txt`, '')).status).toBe(204);
    expect((await ann.proppatch(`${home}c.txt`, large())).status).toBe(207);
    expect((await ann.proppatch(`${home}c.txt`, large())).status).toBe(207);
  });
});
