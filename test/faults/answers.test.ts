import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {element} from '../../src/xml/element.ts';
import {caldav, dav} from '../../src/xml/names.ts';
import {Connection} from '../crash/connection.ts';
import type {Answer, Client} from '../support/client.ts';
import {calendar, event} from './event.ts';
import {canFake, type Fault} from './faulty.ts';
import {startFaulty} from './one-server.ts';

vi.setConfig({testTimeout: 90_000, hookTimeout: 90_000});

const lockinfo = element(
  dav('lockinfo'),
  element(dav('lockscope'), element(dav('exclusive'))),
  element(dav('locktype'), element(dav('write'))),
);

/** One of each that changes anything. */
const writes: Readonly<Record<string, (ann: Client) => Promise<Answer>>> = {
  'PUT of a new one': ann => ann.put(`${calendar}new.ics`, event('new')),
  'PUT of another version': ann => ann.put(`${calendar}a.ics`, event('a', 'other')),
  PROPPATCH: ann => ann.proppatch(calendar, element(dav('displayname'), 'Other')),
  MKCALENDAR: ann => ann.request('MKCALENDAR', '/calendars/users/ann/more/'),
  MKCOL: ann => ann.request('MKCOL', '/calendars/users/ann/folder/'),
  DELETE: ann => ann.delete(`${calendar}a.ics`),
  LOCK: ann => ann.request('LOCK', `${calendar}a.ics`, {body: lockinfo}),
  COPY: ann => ann.request('COPY', calendar, {headers: {destination: '/calendars/users/ann/copied/'}}),
  MOVE: ann => ann.request('MOVE', `${calendar}a.ics`, {headers: {destination: '/calendars/users/ann/calendar/moved.ics'}}),
  POST: ann => ann.request('POST', calendar, {body: event('posted'), headers: {'content-type': 'text/calendar'}}),
};

/** All that can be asked, and that `a.ics` and `b.ics` are there as they were stored. */
async function readsGoOn(ann: Client) {
  expect((await ann.get(`${calendar}a.ics`)).text).toBe(event('a'));
  expect([...(await ann.propfind(calendar, 1, dav('getetag'))).responses.keys()].sort()).toEqual(
    [calendar, `${calendar}a.ics`, `${calendar}b.ics`].sort(),
  );
  expect((await ann.sync(calendar)).changed.sort()).toEqual([`${calendar}a.ics`, `${calendar}b.ics`]);
}

async function filled() {
  const server = await startFaulty();
  for (const uid of ['a', 'b']) expect((await server.ann.put(`${calendar}${uid}.ics`, event(uid))).status).toBe(201);
  await expect.poll(() => existsSync(join(server.files, 'a.ics')) && existsSync(join(server.files, 'b.ics'))).toBe(true);
  return server;
}

describe.skipIf(!canFake)('what a client hears of a disk that fails (needs Linux and a C compiler)', () => {
  test('RFC 4918 §11.5: a full disk is 507 DAV:sufficient-disk-space to all that writes; reads go on; with room it is done', async () => {
    const {ann, faulty} = await filled();
    faulty.fail({calls: ['write', 'create', 'attributes'], error: 'ENOSPC', path: '/docs/'});
    for (const [what, write] of Object.entries(writes)) {
      const {status, error} = await write(ann);
      expect({what, status, error}).toEqual({what, status: 507, error: dav('sufficient-disk-space')});
    }
    await readsGoOn(ann);
    faulty.heal();
    for (const [what, write] of Object.entries(writes))
      if (!/DELETE|MOVE|LOCK/.test(what)) expect((await write(ann)).status).toBeLessThan(300);
  });

  const broken: readonly (Fault & {readonly what: string; readonly says: RegExp})[] = [
    {what: 'EIO', calls: ['write', 'sync'], error: 'EIO', path: '/docs/', says: /^The disk that the data lies on fails\. Try/},
    {
      what: 'a disk remounted read-only',
      calls: ['write', 'create', 'change', 'attributes'],
      error: 'EROFS',
      path: '/docs/',
      says: /^The d.*\. Try again later/,
    },
  ];
  test.for(broken)(
    'RFC 9110 §15.6.4: $what is 503 with a sentence and Retry-After to all that writes; reads go on',
    async ({says, ...fault}) => {
      const {ann, faulty} = await filled();
      faulty.fail(fault);
      for (const [what, write] of Object.entries(writes)) {
        const {status, text, headers} = await write(ann);
        expect({what, status, text}).toEqual({what, status: 503, text: expect.stringMatching(says)});
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      await readsGoOn(ann);
      faulty.heal();
      for (const [what, write] of Object.entries(writes))
        if (!/DELETE|MOVE|LOCK/.test(what)) expect((await write(ann)).status).toBeLessThan(300);
    },
  );

  test('a file that cannot be read is its own trouble: the others of its calendar are answered, and it is not said to be gone', async () => {
    const {ann, faulty, crew} = await filled();
    const {token} = await ann.sync(calendar);
    await crew.kill();
    await crew.start();
    faulty.fail({calls: ['read'], error: 'EIO', path: '/calendar/a.ics'});
    const {status, text} = await ann.get(`${calendar}a.ics`);
    expect({status, text}).toEqual({status: 503, text: expect.stringContaining('The disk that the data lies on fails.')});
    expect((await ann.get(`${calendar}b.ics`)).text).toBe(event('b'));
    const hrefs = ['a', 'b'].map(uid => element(dav('href'), `${calendar}${uid}.ics`));
    const prop = element(dav('prop'), element(dav('getetag')), element(caldav('calendar-data')));
    const summary = {name: caldav('prop-filter'), attributes: {name: 'SUMMARY'}, children: []};
    const event_ = {name: caldav('comp-filter'), attributes: {name: 'VEVENT'}, children: [summary]};
    const filter = element(caldav('filter'), {name: caldav('comp-filter'), attributes: {name: 'VCALENDAR'}, children: [event_]});
    for (const [name, wanted] of [
      ['calendar-multiget', hrefs],
      ['calendar-query', [filter]],
    ] as const) {
      const {responses} = await ann.report(calendar, element(caldav(name), prop, ...wanted));
      expect([...responses.keys()].sort(), name).toEqual([`${calendar}a.ics`, `${calendar}b.ics`]);
      expect(responses.get(`${calendar}b.ics`)!.properties.size, name).toBe(2);
      expect(responses.get(`${calendar}a.ics`)!.properties.has(caldav('calendar-data')), name).toBe(false);
    }
    const synced = await ann.sync(calendar, token);
    expect([synced.changed, synced.removed]).toEqual([[], []]);
    faulty.heal();
    expect((await ann.get(`${calendar}a.ics`)).text).toBe(event('a'));
  });

  test('too many open files: whoever is connected hears so, nobody loses anything, and it passes', async () => {
    const {ann, crew, faulty} = await filled();
    const [pid] = crew.pids();
    // Homes that were not open before need files.
    const bob = new Connection();
    onTestFinished(() => bob.close());
    expect((await bob.send(ann.base, 'bob', 'OPTIONS', '/'))?.status).toBe(200);
    const open = readdirSync(`/proc/${pid}/fd`).length;
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${open}:`]);
    const path = '/calendars/users/bob/calendar/x.ics';
    const refused = await bob.send(ann.base, 'bob', 'PUT', path, {'content-type': 'text/calendar'}, event('x'));
    expect([refused?.status, refused?.text]).toEqual([503, expect.stringContaining('too many files open')]);
    execFileSync('prlimit', [`--pid=${pid}`, '--nofile=1024:']);
    const stored = await bob.send(ann.base, 'bob', 'PUT', path, {'content-type': 'text/calendar'}, event('x'));
    expect(stored?.status).toBe(201);
    await readsGoOn(ann);
    expect(crew.pids()).toEqual([pid]);
    expect(faulty.failed).toBe(0);
  });
});
