import {request as httpRequest} from 'node:http';
import {connect} from 'node:net';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {dav} from '../../src/xml/names.ts';
import type {Client} from '../support/client.ts';
import {event} from '../support/events.ts';
import {type Served, serve} from '../support/serve.ts';
import {sharedServer} from '../support/shared-server.ts';

const home = '/calendars/users/ann/';
const authorization = (name: string) => `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`;

/** Sends a path as it is, which fetch does not. */
function send(base: string, method: string, path: string, body = ''): Promise<{status: number; text: string}> {
  const {hostname, port} = new URL(base);
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: authorization('ann'),
      'content-type': 'text/calendar',
      'content-length': Buffer.byteLength(body),
    };
    const request = httpRequest({hostname, port, method, path, headers}, response => {
      const parts: Buffer[] = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => resolve({status: response.statusCode!, text: Buffer.concat(parts).toString()}));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Everything that can be seen of a home. */
async function stateOf({store}: Served) {
  const seen: unknown[] = [];
  for await (const id of store.homes()) {
    const view = (await store.view(id))!;
    const {changes} = view.changes('', undefined, 'infinity')!;
    seen.push(id, changes.map(({path, revision}) => `${path} ${revision}`).sort(), view.usedBytes());
  }
  return seen;
}

describe('paths that name nothing', () => {
  const shared = sharedServer({ann: [event('1')], bob: []});
  const paths = [
    '/calendars/users/ann/../bob/calendar/1.ics',
    '/calendars/users/ann/calendar/../../bob/',
    '/calendars/users/ann/calendar/..',
    '/calendars/users/ann/./calendar/1.ics',
    '/calendars/users/ann/calendar/%2e%2e/%2E%2E/1.ics',
    '/calendars/users/ann/calendar/a%2fb.ics',
    '/calendars/users/ann/calendar/a%2Fb.ics',
    '/calendars/users/ann/calendar/a%00b.ics',
    '/calendars/users/ann/calendar/%0d%0aX-A:1.ics',
    '/calendars/users/ann/calendar/%1b.ics',
    '/calendars/users/ann/calendar/%7f.ics',
    '/calendars/users/ann/calendar/%c3%28.ics',
    '/calendars/users/ann/calendar/%ff%fe.ics',
    '/calendars/users/ann/calendar/%',
    '/calendars/users/ann/calendar/%zz.ics',
    '/calendars/users/%2e%2e/%2e%2e/etc/passwd',
  ];
  test.each(paths)('%s is 400, whatever is asked of it', async path => {
    const served = shared();
    const before = await stateOf(served);
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND', 'MKCALENDAR', 'MKCOL', 'REPORT', 'POST']) {
      const {status} = await send(served.base, method, path, method === 'PUT' ? event('2') : '');
      expect([method, status]).toEqual([method, 400]);
    }
    for (const method of ['COPY', 'MOVE']) {
      const {status} = await served.ann.request(method, `${home}calendar/1.ics`, {headers: {destination: path}});
      expect([method, status]).toEqual([method, 400]);
    }
    expect(await stateOf(served)).toEqual(before);
  });

  test('names that no file can have are refused: hidden ones and those that are too long', async () => {
    const served = await serve({ann: [event('1')]});
    const before = await stateOf(served);
    for (const name of ['.home.sqlite', '.hidden.ics', `${'x'.repeat(300)}.ics`, `${'ü'.repeat(140)}.ics`]) {
      expect((await served.ann.put(`${home}calendar/${encodeURIComponent(name)}`, event('1'))).status).toBe(403);
      expect((await served.ann.request('MKCALENDAR', `${home}${encodeURIComponent(name)}/`)).status).toBe(403);
    }
    expect(await stateOf(served)).toEqual(before);
  });

  test('odd names that a file can have come back in hrefs that find it', async () => {
    const {ann} = await serve({ann: []});
    const names = [
      'a b.ics',
      'a#b?c.ics',
      '100%.ics',
      'ü🎉.ics',
      "it's(1)*!.ics",
      'a+b&c=d;e,f@g:h.ics',
      '~a_b-c.ics',
      '%41.ics',
      'no-ending',
    ];
    for (const name of names) {
      const path = `${home}calendar/${encodeURIComponent(name)}`;
      expect([name, (await ann.put(path, event(name))).status]).toEqual([name, 201]);
    }
    const {responses} = await ann.propfind(`${home}calendar/`, 1, dav('getetag'));
    const hrefs = [...responses.keys()].slice(1);
    expect(hrefs.map(href => decodeURIComponent(href.slice(`${home}calendar/`.length))).sort()).toEqual([...names].sort());
    for (const href of hrefs) expect((await ann.get(href)).status).toBe(200);
  });
});

describe('bodies that are no XML one can take', () => {
  const shared = sharedServer({ann: [event('1')]});
  const bodies: [string, string][] = [
    ['half an element', '<D:propfind xmlns:D="DAV:"><D:prop>'],
    ['an undeclared prefix', '<D:propfind><D:prop/></D:propfind>'],
    ['elements nested too deep', `${'<a xmlns="DAV:">'.repeat(5000)}${'</a>'.repeat(5000)}`],
    [
      'entities that unfold a thousandfold',
      `<!DOCTYPE a [<!ENTITY a "ha">${'bcdefghij'
        .split('')
        .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`)
        .join('')}]><propfind xmlns="DAV:"><prop>&j;</prop></propfind>`,
    ],
    [
      'entities that read files',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:"><prop>&x;</prop></propfind>',
    ],
    ['control characters', '<propfind xmlns="DAV:"><prop>\u0001</prop></propfind>'],
    ['no XML at all', 'BEGIN:VCALENDAR'],
  ];
  test.each(bodies)('%s', async (_, body) => {
    const served = shared();
    const before = await stateOf(served);
    const headers = {'content-type': 'application/xml'};
    for (const method of ['PROPFIND', 'PROPPATCH', 'REPORT', 'MKCALENDAR', 'MKCOL']) {
      const path = method.startsWith('MK') ? `${home}new/` : `${home}calendar/`;
      const {status, text} = await served.ann.request(method, path, {body, headers, depth: 0});
      expect([method, [400, 403, 413].includes(status)]).toEqual([method, true]);
      expect(text).not.toContain('root:');
    }
    expect(await stateOf(served)).toEqual(before);
  });

  test('XML of the wrong sort is refused by each method', async () => {
    const served = shared();
    const before = await stateOf(served);
    for (const [method, path] of [
      ['PROPFIND', 'calendar/'],
      ['PROPPATCH', 'calendar/'],
      ['REPORT', 'calendar/'],
      ['MKCALENDAR', 'new/'],
      ['MKCOL', 'new/'],
    ] as const) {
      const {status} = await served.ann.request(method, home + path, {
        body: '<x xmlns="urn:x"/>',
        headers: {'content-type': 'application/xml'},
        depth: 0,
      });
      expect([method, status >= 400 && status < 500]).toEqual([method, true]);
    }
    expect(await stateOf(served)).toEqual(before);
  });
});

describe('calendar objects that are meant to hurt', () => {
  const shared = sharedServer({ann: []});
  const put = (ann: Client, body: string | Uint8Array) => ann.put(`${home}calendar/x.ics`, body);
  const bodies: [string, string | Uint8Array][] = [
    ['NULs', new Uint8Array(1000)],
    ['random bytes', Uint8Array.from({length: 5000}, (_, at) => (at * 7919) % 256)],
    ['components nested too deep', `BEGIN:VCALENDAR\r\n${'BEGIN:VEVENT\r\n'.repeat(10_000)}`],
    ['an endless line', `BEGIN:VCALENDAR\r\n${'A'.repeat(500_000)}`],
    ['a line of parameters', event('x', undefined, `X-A${';B=C'.repeat(50_000)}:1`)],
    ['a thousand folds', event('x', undefined, `X-A:1${'\r\n '.repeat(100_000)}`)],
    ['a quote that never ends', event('x', undefined, `X-A;B="${'c'.repeat(100_000)}`)],
  ];
  test.each(bodies)('%s: answered in time, and nothing is stored that cannot be read', async (_, body) => {
    const {ann} = shared();
    const start = performance.now();
    const {status} = await put(ann, body);
    expect(performance.now() - start).toBeLessThan(5000);
    expect([201, 403, 413]).toContain(status);
    if (status !== 201) expect((await ann.get(`${home}calendar/x.ics`)).status).toBe(404);
    expect((await ann.propfind(`${home}calendar/`, 1, dav('getetag'))).status).toBe(207);
    await ann.delete(`${home}calendar/x.ics`);
  });

  const rules = [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MINUTELY;BYHOUR=25',
    'FREQ=DAILY;INTERVAL=99999999999999999999',
    'FREQ=DAILY;COUNT=999999999',
    'FREQ=YEARLY;BYEASTER=0',
    'FREQ=YEARLY;BYSETPOS=366;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23',
    'FREQ=DAILY;UNTIL=00000101T000000Z',
    'FREQ=DAILY;INTERVAL=0',
  ];
  test.each(rules)('RRULE:%s takes no more than its share of time', async rule => {
    const {ann} = shared();
    const start = performance.now();
    const {status} = await put(ann, event('x', undefined, `RRULE:${rule}`));
    expect(performance.now() - start).toBeLessThan(3000);
    expect([201, 403]).toContain(status);
    await ann.delete(`${home}calendar/x.ics`);
  });

  test('whatever is cut out of a good object, or put into it, is answered 201 or 403', async () => {
    const {ann} = shared();
    const good = event('x', '20261201T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=3', 'ATTENDEE;CN="A, B":mailto:a@example.com');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length), fc.nat(40), fc.string({maxLength: 12, unit: 'binary'}), async (at, cut, put) => {
        const body = good.slice(0, at) + put + good.slice(at + cut);
        const path = `${home}calendar/x.ics`;
        const {status} = await ann.put(path, body);
        expect([201, 403]).toContain(status);
        if (status === 201) expect((await ann.delete(path)).status).toBe(204);
      }),
      {numRuns: 150},
    );
  });
});

describe('what is not HTTP at all', () => {
  test('is answered 400 or cut off, and the next one is served', async () => {
    const {base, ann} = await serve({ann: []});
    const {hostname, port} = new URL(base);
    for (const sent of ['\u0000\u0001\u0002\r\n\r\n', 'GET\r\n\r\n', 'PUT /calendars/users/ann/x HTTP/9.9\r\n\r\n']) {
      const answer = await new Promise<string>(resolve => {
        const socket = connect(Number(port), hostname, () => socket.end(sent));
        let received = '';
        socket.on('data', part => {
          received += part;
        });
        socket.on('error', () => resolve(received));
        socket.on('close', () => resolve(received));
      });
      expect(answer).toMatch(/^(HTTP\/1\.1 (4\d\d|505) |$)/);
    }
    expect((await ann.propfind('/', 0)).status).toBe(207);
  });
});
