import {spawnSync} from 'node:child_process';
import {describe, expect, test, vi} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import {silent} from '../../src/base/log.ts';
import {indexObject} from '../../src/ical/object-index.ts';
import {parseCalendar} from '../../src/ical/parse.ts';
import {printCalendar} from '../../src/ical/print.ts';
import {organizerChange} from '../../src/itip/organizer.ts';
import {createDeliveries} from '../../src/scheduling/deliveries.ts';
import {openDeliveriesFile} from '../../src/scheduling/deliveries-file.ts';
import {stageDuties} from '../../src/scheduling/duty.ts';
import {isGone, newHolder} from '../../src/scheduling/holder.ts';
import type {Store} from '../../src/store/store.ts';
import {caldav} from '../../src/xml/names.ts';
import {invitation} from '../itip/edits.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = `calendars/${guidOf(1)}` as const;

/** Deliveries of the start `s`, on a file that others write to as well. */
async function started() {
  const {store} = await serve({ann: []});
  const file = openDeliveriesFile(':memory:');
  const directory = () => ({findByGuid: () => undefined}) as never;
  return {file, deliveries: createDeliveries({store, file, directory, log: silent, startId: 's'})};
}

/** The id of a process that has ended. */
const gonePid = () => spawnSync(process.execPath, ['--version']).pid;

describe('what could not be delivered', () => {
  test('is tried again soon, and more seldom while it cannot be', {timeout: 60_000}, async () => {
    const {store} = await serve({ann: [], bob: []});
    const users = ['ann', 'bob'].map(
      (name, at) =>
        `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><email-address>${name}@example.com</email-address></user>`,
    );
    const directory = parseDirectory(`<accounts realm="R">${users.join('')}</accounts>`, 'accounts.xml');
    const bobs = `calendars/${guidOf(2)}` as const;
    await store.createHome(home, unit => void unit.createCollection('outbox', [caldav('schedule-outbox')]));
    let failures = 2;
    const write: typeof store.write = (where, work) =>
      where === bobs && failures-- > 0 ? Promise.reject(new Error('for now')) : store.write(where, work);
    const failing: typeof store = new Proxy(store, {
      get: (of, name) => (name === 'write' ? write : Reflect.get(of, name).bind?.(of)),
    });
    const file = openDeliveriesFile(':memory:');
    const deliveries = createDeliveries({store: failing, file, directory: () => directory, log: silent});
    const {kept} = deliveries.duties.owe(home);
    const calendar = invitation(['mailto:bob@example.com']);
    const isMe = (address: string) => address === 'mailto:ann@example.com';
    const {messages} = organizerChange({before: undefined, after: calendar, isMe, now: Date.now()});
    await store.write(home, unit => {
      if (!unit.find('calendar')) unit.createCollection('calendar', [caldav('calendar')]);
      unit.put('calendar/1.ics', new TextEncoder().encode(printCalendar(calendar)), indexObject(calendar));
      stageDuties(messages, unit);
    });
    kept();
    await deliveries.idle();
    expect(file.owing()).toEqual([home]);
    await vi.waitFor(() => expect(file.owing()).toEqual([]), {timeout: 50_000, interval: 20});
    expect([...(await store.view(bobs))!.members('calendar')].length).toBe(1);
    expect(failures).toBeLessThan(0);
    await deliveries.stop();
  });
});

describe('who sees to what a home owes', () => {
  test('is gone with its process, or with the start of the server that it was of', () => {
    expect(isGone(newHolder('s'), 's')).toBe(false);
    expect(isGone(newHolder('earlier'), 's')).toBe(true);
    expect(isGone(`s ${gonePid()} x`, 's')).toBe(true);
  });

  test('looks at the groups of events again where another has died, and where they could not be looked at', async () => {
    const {store} = await serve({ann: []});
    await store.createHome(home, unit => void unit.createCollection('outbox', [caldav('schedule-outbox')]));
    const file = openDeliveriesFile(':memory:');
    let failures = 1;
    const changed: typeof file.groups.changed = members => {
      if (failures-- > 0) throw new Error('for now');
      return file.groups.changed(members);
    };
    const directory = parseDirectory('<accounts realm="R"></accounts>', 'accounts.xml');
    const failing = {...file, groups: {...file.groups, changed}};
    const deliveries = createDeliveries({store, file: failing, directory: () => directory, log: silent});
    const left = () => file.groups.changed(() => 'others').length;
    vi.useFakeTimers({toFake: ['setInterval']});
    file.groups.note(home, '1', new Map([['G', 'some']]));
    deliveries.start();
    await deliveries.idle();
    expect(left()).toBe(1);
    vi.advanceTimersByTime(60_000);
    await deliveries.idle();
    expect(left()).toBe(0);
    file.groups.note(home, '1', new Map([['G', 'some']]));
    deliveries.settle();
    await deliveries.idle();
    expect(left()).toBe(0);
    vi.useRealTimers();
    await deliveries.stop();
  });

  test('forgets whose groups a home’s events have with the home', async () => {
    const {file, deliveries} = await started();
    file.groups.note(home, '1', new Map([['G', 'some']]));
    deliveries.start();
    await deliveries.idle();
    expect(file.groups.changed(() => 'others')).toEqual([]);
    await deliveries.stop();
  });

  test('is another at once where it has died, and nothing that it left open stays', async () => {
    const {file, deliveries} = await started();
    const dead = `s ${gonePid()} x`;
    file.owe(home, dead);
    file.claim(home, dead, 60_000);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([]);
    expect(file.claimant(home)).toBeUndefined();
    await deliveries.stop();
  });

  test('leaves alone what another that is there sees to, and what it has not kept yet', async () => {
    const {file, deliveries} = await started();
    const other = `s ${process.pid} other`;
    file.owe(home, other);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([home]);
    file.claim(home, other, 60_000);
    deliveries.settle();
    await deliveries.idle();
    expect(file.claimant(home)).toBe(other);
    await deliveries.stop();
  });

  test('forgets what a unit of work that was refused would have owed', async () => {
    const {file, deliveries} = await started();
    const {undone} = deliveries.duties.owe(home);
    deliveries.settle();
    await deliveries.idle();
    expect(file.owing()).toEqual([home]);
    undone();
    await deliveries.idle();
    expect(file.owing()).toEqual([]);
    await deliveries.stop();
  });
});

describe('RFC 6638 §4.1: what somebody is sent about one event', () => {
  const meeting = (uid: string, organizer: string, partstat = 'NEEDS-ACTION') =>
    event(
      uid,
      '20991201T100000Z',
      `ORGANIZER:mailto:${organizer}@example.com`,
      ...['ann', 'bob'].map(name => `ATTENDEE;PARTSTAT=${name === organizer ? 'ACCEPTED' : partstat}:mailto:${name}@example.com`),
    );

  test('comes in its order, also where the first of it could not be brought at once', async () => {
    const {store} = await serve({ann: []});
    let fails = 0;
    const failing: Store = new Proxy(store, {
      get(_, name: keyof Store) {
        if (name !== 'write') return typeof store[name] === 'function' ? (store[name] as () => unknown).bind(store) : store[name];
        return (...[where, work]: Parameters<Store['write']>) => {
          if (where === home && fails-- > 0) throw new Error('the disk is slow');
          return store.write(where, work);
        };
      },
    });
    const {ann, bob, delivered} = await serve({ann: [], bob: []}, {store: failing});
    await ann.put('/calendars/users/ann/calendar/1.ics', meeting('1', 'ann'));
    await delivered();
    const {responses} = await bob.propfind('/calendars/users/bob/calendar/', 1);
    const copy = [...responses.keys()].find(href => href.endsWith('.ics'))!;
    fails = 2;
    for (const partstat of ['ACCEPTED', 'DECLINED']) {
      expect((await bob.put(copy, meeting('1', 'ann', partstat))).status).toBe(204);
      await delivered();
    }
    expect((await bob.put('/calendars/users/bob/calendar/2.ics', meeting('2', 'bob'))).status).toBe(201);
    await delivered();
    expect((await ann.get('/calendars/users/ann/calendar/1.ics')).text).toMatch(/PARTSTAT=DECLINED[^:]*:mailto:bob/);
    expect(fails).toBeLessThan(0);
  });

  test('waits where the first of it cannot be seen to at all, and what is about other events does not', {
    timeout: 60_000,
  }, async () => {
    const {store} = await serve({ann: [], bob: []});
    const users = ['ann', 'bob'].map(
      (name, at) =>
        `<user><uid>${name}</uid><guid>${guidOf(at + 1)}</guid><email-address>${name}@example.com</email-address></user>`,
    );
    const directory = parseDirectory(`<accounts realm="R">${users.join('')}</accounts>`, 'accounts.xml');
    await store.createHome(home, unit => void unit.createCollection('outbox', [caldav('schedule-outbox')]));
    const stage = (uid: string, start: string) => {
      const after = parseCalendar(meeting(uid, 'ann').replace('20991201T100000Z', start));
      const isMe = (address: string) => address === 'mailto:ann@example.com';
      const {messages} = organizerChange({before: undefined, after, isMe, now: Date.now()});
      return store.write(home, unit => stageDuties(messages, unit));
    };
    await stage('1', '20991201T100000Z');
    const [first] = [...(await store.view(home))!.members('outbox')];
    await stage('1', '20991202T100000Z');
    await stage('2', '20991203T100000Z');
    let isWorn = true;
    const bound = <Of extends object>(of: Of, replaced: Partial<Of>): Of =>
      new Proxy(of, {
        get(_, name) {
          const own = Reflect.get(of, name);
          return Reflect.get(replaced, name) ?? (typeof own === 'function' ? own.bind(of) : own);
        },
      });
    const worn = bound(store, {
      async view(where) {
        const view = await store.view(where);
        if (!view) return view;
        return bound(view, {
          read: (path, etag) =>
            isWorn && path === first!.path ? Promise.reject(new Error('the disk is worn')) : view.read(path, etag),
        });
      },
    });
    const file = openDeliveriesFile(':memory:');
    const deliveries = createDeliveries({store: worn, file, directory: () => directory, log: silent});
    deliveries.duties.owe(home).kept();
    await deliveries.idle();
    const starts = async () => {
      const view = (await store.view(`calendars/${guidOf(2)}`))!;
      const read = [...view.members('calendar')].map(async stored =>
        new TextDecoder().decode(stored.collection ? undefined : await view.read(stored.path, stored.etag)),
      );
      return (await Promise.all(read)).map(text => /^DTSTART:(.*)\r$/m.exec(text)?.[1]).sort();
    };
    expect(await starts()).toEqual(['20991203T100000Z']);
    expect(file.owing()).toEqual([home]);
    isWorn = false;
    await vi.waitFor(() => expect(file.owing()).toEqual([]), {timeout: 50_000, interval: 20});
    expect(await starts()).toEqual(['20991202T100000Z', '20991203T100000Z']);
    await deliveries.stop();
  });
});
