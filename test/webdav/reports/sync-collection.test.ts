import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {child, element, text} from '../../../src/xml/element.ts';
import {calendarserver, dav} from '../../../src/xml/names.ts';
import type {Client} from '../../support/client.ts';
import {event} from '../../support/events.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/ann/';
const path = `${home}calendar/`;

const sync = (token: string, ...more: ReturnType<typeof element>[]) =>
  element(dav('sync-collection'), element(dav('sync-token'), token), ...more, element(dav('prop'), element(dav('getetag'))));

describe('RFC 6578 §3.2 DAV:sync-collection', () => {
  test('first everything, then what changed, then what was removed', async () => {
    const {ann} = await serve({ann: [event('1'), event('2')]});
    const first = await ann.sync(path);
    expect({status: first.status, changed: first.changed, removed: first.removed}).toEqual({
      status: 207,
      changed: [`${path}1.ics`, `${path}2.ics`],
      removed: [],
    });
    await ann.put(`${path}2.ics`, event('2', '20270101T100000Z'));
    await ann.put(`${path}3.ics`, event('3'));
    await ann.delete(`${path}1.ics`);
    const second = await ann.sync(path, first.token);
    expect({changed: second.changed, removed: second.removed}).toEqual({
      changed: [`${path}2.ics`, `${path}3.ics`],
      removed: [`${path}1.ics`],
    });
    const third = await ann.sync(path, second.token);
    expect({changed: third.changed, removed: third.removed, token: third.token}).toEqual({
      changed: [],
      removed: [],
      token: second.token,
    });
  });

  test('a removal is a status of the response, without propstat (§3.5)', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const {token} = await ann.sync(path);
    await ann.delete(`${path}1.ics`);
    const answer = await ann.sync(path, token);
    expect(answer.text).toContain(
      `<D:response><D:href>${path}1.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>`,
    );
  });

  test('a first synchronisation tells of no removals', async () => {
    const {ann} = await serve({ann: [event('1'), event('2')]});
    await ann.delete(`${path}1.ics`);
    const {changed, removed} = await ann.sync(path);
    expect({changed, removed}).toEqual({changed: [`${path}2.ics`], removed: []});
  });

  test.each(['data:,99', 'data:,9007199254740993', 'data:,x', 'urn:other', 'data:,-1', 'x'.repeat(5000)])(
    'a token never issued is refused: DAV:valid-sync-token (%#)',
    async token => {
      const {ann} = await serve({ann: []});
      const {status, error} = await ann.sync(path, token);
      expect({status, error}).toEqual({status: 403, error: dav('valid-sync-token')});
    },
  );

  test('a token of before the calendar was made again is refused', async () => {
    const {ann} = await serve({ann: []});
    await ann.request('MKCALENDAR', `${home}new/`);
    const {token} = await ann.sync(`${home}new/`);
    await ann.delete(`${home}new/`);
    await ann.request('MKCALENDAR', `${home}new/`);
    expect((await ann.sync(`${home}new/`, token)).error).toBe(dav('valid-sync-token'));
  });

  test('DAV:nresults: what is cut off follows, 507 on the collection says so (§3.6)', async () => {
    const {ann} = await serve({ann: ['1', '2', '3', '4', '5'].map(uid => event(uid))});
    const limit = element(dav('limit'), element(dav('nresults'), '2'));
    const seen: string[] = [];
    let token = '';
    let rounds = 0;
    for (let more = true; more; rounds++) {
      const {responses, xml, text: body} = await ann.report(path, sync(token, element(dav('sync-level'), '1'), limit));
      more = responses.get(path)?.status === 507;
      if (more) expect(body).toContain('<D:number-of-matches-within-limits/>');
      seen.push(...[...responses.keys()].filter(href => href !== path));
      token = text(child(xml!, dav('sync-token'))!);
    }
    expect(seen.sort()).toEqual(['1', '2', '3', '4', '5'].map(name => `${path}${name}.ics`));
    expect(rounds).toBe(3);
    expect((await ann.sync(path, token)).changed).toEqual([]);
  });

  test('DAV:sync-token and getctag are of one number, and both move with every change', async () => {
    const {ann} = await serve({ann: []});
    const seen = new Set<string>();
    for (const change of [
      () => ann.put(`${path}1.ics`, event('1')),
      () => ann.put(`${path}1.ics`, event('1', '20270101T100000Z')),
      () => ann.proppatch(path, element(dav('displayname'), 'x')),
      () => ann.delete(`${path}1.ics`),
    ]) {
      await change();
      const {properties} = (await ann.propfind(path, 0, dav('sync-token'), calendarserver('getctag'))).responses.get(path)!;
      const [token, tag] = [text(properties.get(dav('sync-token'))!), text(properties.get(calendarserver('getctag'))!)];
      expect(token).toBe(`data:,${tag}`);
      expect((await ann.sync(path)).token).toBe(token);
      seen.add(token);
    }
    expect(seen.size).toBe(4);
  });

  test('on the home: a calendar counts as changed when anything in it is; removed ones are told', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const first = await ann.sync(home);
    expect(first.changed.sort()).toEqual(['calendar/', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each));
    await ann.put(`${path}2.ics`, event('2'));
    const second = await ann.sync(home, first.token);
    expect(second.changed).toEqual([`${home}calendar/`]);
    await ann.delete(`${home}tasks/`);
    const third = await ann.sync(home, second.token);
    expect(third.removed.map(href => href.replace(/\/$/, ''))).toEqual([`${home}tasks`]);
  });

  test('on the home with sync-level infinite: everything below it', async () => {
    const {ann} = await serve({ann: [event('1')]});
    const first = await ann.sync(home, '', 'infinite');
    expect(first.changed.sort()).toEqual(['calendar/', 'calendar/1.ics', 'inbox/', 'outbox/', 'tasks/'].map(each => home + each));
    await ann.put(`${path}2.ics`, event('2'));
    const second = await ann.sync(home, first.token, 'infinite');
    expect(second.changed).toContain(`${home}calendar/2.ics`);
    expect(second.changed).not.toContain(`${home}calendar/1.ics`);
  });

  test('Depth: 1 beside sync-level is tolerated, and stands in for it where it is missing', async () => {
    const {ann} = await serve({ann: [event('1')]});
    for (const body of [sync('', element(dav('sync-level'), '1')), sync('')]) {
      expect((await ann.report(path, body, '1')).responses.size).toBe(1);
    }
  });

  test('a sync-level that is none, a DAV:nresults that is none and a body without DAV:prop are 400', async () => {
    const {ann} = await serve({ann: []});
    const none = element(dav('limit'), element(dav('nresults'), '0'));
    for (const body of [
      sync('', element(dav('sync-level'), '2')),
      sync('', none),
      element(dav('sync-collection'), element(dav('sync-token'))),
    ]) {
      expect((await ann.report(path, body)).status).toBe(400);
    }
  });

  test('it is no report of a file or a principal: DAV:supported-report', async () => {
    const {ann} = await serve({ann: [event('1')]});
    for (const on of [`${path}1.ics`, '/principals/users/ann/', '/']) {
      const {status, error} = await ann.sync(on);
      expect({on, status, error}).toEqual({on, status: 403, error: dav('supported-report')});
    }
  });
});

type Step = {readonly what: 'put' | 'delete' | 'move' | 'copy' | 'sync'; readonly from: number; readonly to: number};

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what']>('put', 'put', 'delete', 'move', 'copy', 'sync'),
    from: fc.nat(4),
    to: fc.nat(4),
  }),
  {minLength: 1, maxLength: 25},
);

/** What a client holds: ETags by href. */
type Copy = Map<string, string>;

async function etags(client: Client, folder: string): Promise<Copy> {
  const {responses} = await client.propfind(folder, 1, dav('getetag'));
  const files = [...responses].filter(([href]) => href !== folder);
  return new Map(files.map(([href, {properties}]) => [href, text(properties.get(dav('getetag'))!)]));
}

describe('RFC 6578 convergence', () => {
  test('whatever happens, clients by sync-collection and by getctag end with what the server has', async () => {
    const {ann} = await serve({ann: []});
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(undefined, 1, 2), async (todo, nresults) => {
        const folder = `${home}run${run++}/`;
        await ann.request('MKCOL', folder);
        const bySync: Copy = new Map();
        const byTag = {tag: '', files: new Map() as Copy};
        let token = '';
        const limit = nresults ? [element(dav('limit'), element(dav('nresults'), String(nresults)))] : [];

        const update = async () => {
          for (let more = true; more; ) {
            const answer = await ann.report(folder, sync(token, element(dav('sync-level'), '1'), ...limit));
            expect(answer.status).toBe(207);
            more = answer.responses.get(folder)?.status === 507;
            for (const [href, {status, properties}] of answer.responses) {
              if (status === 404) {
                // A removal is told only of what this client can know of.
                if (token === '') expect(href).toBe('nothing in a first synchronisation');
                bySync.delete(href);
              } else if (href !== folder) bySync.set(href, text(properties.get(dav('getetag'))!));
            }
            const next = text(child(answer.xml!, dav('sync-token'))!);
            if (more) expect(next).not.toBe(token);
            token = next;
          }
          const {properties} = (await ann.propfind(folder, 0, calendarserver('getctag'))).responses.get(folder)!;
          const tag = text(properties.get(calendarserver('getctag'))!);
          if (tag !== byTag.tag) byTag.files = await etags(ann, folder);
          byTag.tag = tag;
        };

        let version = 0;
        for (const {what, from, to} of todo) {
          const [source, destination] = [`${folder}${from}.txt`, `${folder}${to}.txt`];
          if (what === 'put') await ann.put(source, `version ${version++}`);
          else if (what === 'delete') await ann.delete(source);
          else if (what === 'sync') await update();
          else await ann.request(what.toUpperCase(), source, {headers: {destination}});
        }
        await update();
        const server = await etags(ann, folder);
        expect(new Map([...bySync].sort())).toEqual(new Map([...server].sort()));
        expect(new Map([...byTag.files].sort())).toEqual(new Map([...server].sort()));
      }),
      {numRuns: 40},
    );
  });
});
