import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {silent} from '../../src/base/log.ts';
import {indexFile} from '../../src/server/indexer.ts';
import {homeFolder, indexName} from '../../src/store/file/layout.ts';
import {openFileStore} from '../../src/store/file/store.ts';
import {element, text} from '../../src/xml/element.ts';
import {calendarserver, dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {guidOf, serve} from '../support/serve.ts';

const home = '/calendars/users/ann/';
const calendars = ['calendar', 'other'].map(name => `${home}${name}/`);
const hrefs = calendars.flatMap(calendar => ['1', '2', 'ä ö', '%25'].map(name => `${calendar}${encodeURIComponent(name)}.ics`));

type Step =
  | {do: 'put'; href: string; version: number}
  | {do: 'delete'; href: string}
  | {do: 'move' | 'copy'; from: string; to: string}
  | {do: 'burst'; hrefs: readonly string[]; version: number}
  | {do: 'remake'; calendar: string}
  | {do: 'restart'; loseIndex: boolean}
  | {do: 'sync'; device: number};

const href = fc.constantFrom(...hrefs);
const version = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {weight: 6, arbitrary: fc.record({do: fc.constant('put' as const), href, version})},
  {weight: 3, arbitrary: fc.record({do: fc.constant('delete' as const), href})},
  {weight: 3, arbitrary: fc.record({do: fc.constantFrom('move' as const, 'copy' as const), from: href, to: href})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('burst' as const), hrefs: fc.uniqueArray(href, {minLength: 2}), version})},
  {weight: 1, arbitrary: fc.record({do: fc.constant('remake' as const), calendar: fc.constantFrom(...calendars)})},
  {weight: 2, arbitrary: fc.record({do: fc.constant('restart' as const), loseIndex: fc.boolean()})},
  {weight: 6, arbitrary: fc.record({do: fc.constant('sync' as const), device: fc.nat(3)})},
);

/** What a device knows of the server: an ETag for each object. */
interface Device {
  readonly known: Map<string, string>;
  sync(ann: Client): Promise<void>;
}

/** Asks only what changed in a collection (RFC 6578), so many at a time; starts anew where its token is refused. */
function syncCollectionDevice(collection: string, level: '1' | 'infinite', limit?: number): Device {
  const known = new Map<string, string>();
  let token = '';
  return {
    known,
    async sync(ann) {
      for (;;) {
        const bound = limit === undefined ? [] : [element(dav('limit'), element(dav('nresults'), String(limit)))];
        const answer = await ann.report(
          collection,
          element(
            dav('sync-collection'),
            element(dav('sync-token'), token),
            element(dav('sync-level'), level),
            ...bound,
            element(dav('prop'), element(dav('getetag'))),
          ),
          '0',
        );
        if (answer.error === dav('valid-sync-token')) {
          expect(token).not.toBe('');
          token = '';
          known.clear();
          continue;
        }
        expect([answer.status, answer.text.slice(0, answer.status === 207 ? 0 : 300)]).toEqual([207, '']);
        let cut = false;
        for (const [href, {status, properties}] of answer.responses) {
          const etag = properties.get(dav('getetag'));
          if (status === 507) cut = true;
          else if (status === 404) for (const each of known.keys()) each.startsWith(href) && known.delete(each);
          else if (etag) known.set(href, text(etag));
        }
        const next = answer.xml!.children.find(
          child => typeof child === 'object' && 'name' in child && child.name === dav('sync-token'),
        );
        token = text(next as Parameters<typeof text>[0]);
        if (!cut) return;
      }
    },
  };
}

/** Lists a calendar again when its CTag is another one, as Evolution does; knows nothing of sync-collection. */
function ctagDevice(): Device {
  const known = new Map<string, string>();
  const ctags = new Map<string, string>();
  return {
    known,
    async sync(ann) {
      for (const calendar of calendars) {
        const [answer] = (await ann.propfind(calendar, 0, calendarserver('getctag'))).responses.values();
        const ctag = text(answer!.properties.get(calendarserver('getctag'))!);
        if (ctags.get(calendar) === ctag) continue;
        for (const each of known.keys()) if (each.startsWith(calendar)) known.delete(each);
        for (const [href, {properties}] of (await ann.propfind(calendar, 1, dav('getetag'))).responses) {
          const etag = properties.get(dav('getetag'));
          if (etag && href !== calendar) known.set(href, text(etag));
        }
        ctags.set(calendar, ctag);
      }
    },
  };
}

/** Both calendars, each by a token of its own. */
function twoTokensDevice(): Device {
  const parts = calendars.map(calendar => syncCollectionDevice(calendar, '1', 2));
  return {
    get known() {
      return new Map(parts.flatMap(part => [...part.known]));
    },
    async sync(ann) {
      for (const part of parts) await part.sync(ann);
    },
  };
}

/** A server that can be stopped and started on the same files, with or without its index. */
async function startServer() {
  const root = await mkdtemp(join(tmpdir(), 'caldav-test-'));
  const open = async () => {
    const store = await openFileStore({root, log: silent, index: indexFile});
    return serve({ann: []}, {store, keep: true});
  };
  let running = await open();
  const stop = async () => {
    await running.close();
    await running.store.close();
  };
  return {
    get ann() {
      return running.ann;
    },
    async restart(loseIndex: boolean) {
      await stop();
      const index = join(homeFolder(root, `calendars/${guidOf(1)}`), indexName);
      if (loseIndex) for (const end of ['', '-wal', '-shm']) await rm(index + end, {force: true});
      running = await open();
    },
    async stop() {
      await stop();
      await rm(root, {recursive: true, force: true});
    },
  };
}

const uidOf = (href: string) => `uid of ${href}`;
const bodyOf = (uid: string, version: number) => event(uid, '20261201T100000Z', `COMMENT:${version}`);

/** What should be there: the text of each object. The UID goes along with a MOVE and a COPY, and a calendar has each once. */
type Model = Map<string, {uid: string; version: number}>;

const calendarOf = (href: string) => href.slice(0, href.lastIndexOf('/') + 1);

function holds(model: Model, calendar: string, uid: string, but: readonly string[]): boolean {
  return [...model].some(([href, object]) => calendarOf(href) === calendar && object.uid === uid && !but.includes(href));
}

async function take(step: Step, server: Awaited<ReturnType<typeof startServer>>, model: Model, devices: readonly Device[]) {
  const {ann} = server;
  const put = async (href: string, version: number) => {
    const uid = model.get(href)?.uid ?? uidOf(href);
    const {status} = await ann.put(href, bodyOf(uid, version));
    const conflict = holds(model, calendarOf(href), uid, [href]);
    expect([step, status]).toEqual([step, conflict ? 403 : model.has(href) ? 204 : 201]);
    return () => void (conflict || model.set(href, {uid, version}));
  };
  if (step.do === 'sync') await devices[step.device]!.sync(ann);
  else if (step.do === 'restart') await server.restart(step.loseIndex);
  else if (step.do === 'put') (await put(step.href, step.version))();
  else if (step.do === 'burst') {
    for (const keep of await Promise.all(step.hrefs.map(href => put(href, step.version)))) keep();
  } else if (step.do === 'delete') {
    const {status} = await ann.delete(step.href);
    expect([step, status]).toEqual([step, model.delete(step.href) ? 204 : 404]);
  } else if (step.do === 'remake') {
    await ann.delete(step.calendar);
    for (const href of model.keys()) if (calendarOf(href) === step.calendar) model.delete(href);
    expect((await ann.request('MKCALENDAR', step.calendar)).status).toBe(201);
  } else {
    const {from, to} = step;
    const {status} = await ann.request(step.do.toUpperCase(), from, {headers: {destination: `${ann.base}${to}`}});
    const object = model.get(from);
    // RFC 4791 §5.3.2.1: a UID is once in a calendar, and what has another UID is not written over.
    const taken = model.has(to) && model.get(to)!.uid !== object?.uid;
    const doubled = object && holds(model, calendarOf(to), object.uid, step.do === 'move' ? [from, to] : [to]);
    const conflict = from === to || taken || doubled;
    expect([step, status]).toEqual([step, !object ? 404 : conflict ? 403 : model.has(to) ? 204 : 201]);
    if (!object || conflict) return;
    model.set(to, object);
    if (step.do === 'move') model.delete(from);
  }
}

describe('whatever is done, and whatever happens to the server', () => {
  test('devices that go by sync-collection or by CTag alone end with just what is there', {timeout: 300_000}, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 10, maxLength: 40}), async steps => {
        const server = await startServer();
        try {
          await server.ann.request('MKCALENDAR', calendars[1]!);
          const model: Model = new Map();
          const devices = [
            twoTokensDevice(),
            syncCollectionDevice(home, 'infinite'),
            syncCollectionDevice(home, 'infinite', 3),
            ctagDevice(),
          ];
          for (const each of steps) await take(each, server, model, devices);
          for (const device of devices) {
            await device.sync(server.ann);
            const objects = [...device.known].filter(([href]) => href.endsWith('.ics'));
            expect(objects.map(([href]) => href).sort()).toEqual([...model.keys()].sort());
            for (const [href, etag] of objects) {
              const {headers, text} = await server.ann.get(href);
              const {uid, version} = model.get(href)!;
              expect([href, headers.get('etag'), text]).toEqual([href, etag, bodyOf(uid, version)]);
            }
          }
        } finally {
          await server.stop();
        }
      }),
      {numRuns: 25},
    );
  });
});
