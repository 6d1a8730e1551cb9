import {describe, expect, test} from 'vitest';
import {syncCollection} from '../../../src/webdav/reports/sync-collection.ts';
import {child, element, elements, text} from '../../../src/xml/element.ts';
import {dav} from '../../../src/xml/names.ts';
import type {Answer, Client} from '../../support/client.ts';
import {serve} from '../../support/serve.ts';

const home = '/calendars/users/cyrusdaboo/';
const path = `${home}files/`;
const bigbox = '{urn:ns.example.com:boxschema}bigbox';

/** The collection of the examples: three files, of which the last two have a `bigbox`. */
async function example() {
  const served = await serve({cyrusdaboo: []});
  const {cyrusdaboo: client} = served;
  await client.request('MKCOL', path);
  for (const name of ['test.doc', 'vcard.vcf', 'calendar.ics']) await client.put(path + name, name);
  for (const name of ['vcard.vcf', 'calendar.ics']) {
    await client.proppatch(path + name, element(bigbox, element('{urn:ns.example.com:boxschema}BoxType', `Box type of ${name}`)));
  }
  return client;
}

const send = (client: Client, token: string, level = '1', more = '', to = path) =>
  client.request('REPORT', to, {
    headers: {depth: '0', 'content-type': 'text/xml; charset="utf-8"'},
    body: `<?xml version="1.0" encoding="utf-8" ?>
<D:sync-collection xmlns:D="DAV:">
  <D:sync-token>${token}</D:sync-token>
  <D:sync-level>${level}</D:sync-level>${more}
  <D:prop xmlns:R="urn:ns.example.com:boxschema">
    <D:getetag/>
    <R:bigbox/>
  </D:prop>
</D:sync-collection>`,
  });

const limit = (count: number) => `\n  <D:limit>\n    <D:nresults>${count}</D:nresults>\n  </D:limit>`;
const tokenIn = ({xml}: Answer) => text(child(xml!, dav('sync-token'))!);

/** Each href with `200`, `404`, `507`, or what its two properties came to. */
const told = ({responses}: Answer) =>
  Object.fromEntries(
    [...responses].map(([href, {status, properties, refused}]) => [
      href.slice(path.length) || './',
      status ?? [properties.has(dav('getetag')), properties.has(bigbox), refused.get(bigbox)].filter(each => each !== undefined),
    ]),
  );

describe('RFC 6578 §3.6, the example of fifteen changes told ten at a time', () => {
  test('ten and a token, then the other five', async () => {
    const client = await example();
    const token = tokenIn(await send(client, ''));
    const names = Array.from({length: 15}, (_, at) => `change${at + 1}.txt`);
    for (const name of names) await client.put(path + name, name);
    const first = await send(client, token, '1', limit(10));
    const {'./': cut, ...ten} = told(first);
    expect([cut, Object.keys(ten)]).toEqual([507, names.slice(0, 10)]);
    expect(first.responses.get(path)!.error).toBe(dav('number-of-matches-within-limits'));
    const rest = await send(client, tokenIn(first), '1', limit(10));
    expect(Object.keys(told(rest))).toEqual(names.slice(10));
    expect(tokenIn(rest)).toBe(tokenIn(await send(client, token)));
  });
});

describe('RFC 6578 §3.8 Example: Initial DAV:sync-collection Report', () => {
  test('every member, with what each has of the properties, and a token', async () => {
    const client = await example();
    const answer = await send(client, '');
    expect(answer.status).toBe(207);
    expect(told(answer)).toEqual({'test.doc': [true, false, 404], 'vcard.vcf': [true, true], 'calendar.ics': [true, true]});
    const vcard = answer.responses.get(`${path}vcard.vcf`)!;
    expect(text(elements(vcard.properties.get(bigbox)!)[0]!)).toBe('Box type of vcard.vcf');
    expect(new URL(tokenIn(answer)).protocol).toBe('data:');
  });
});

describe('RFC 6578 §3.9 Example: DAV:sync-collection Report with Token', () => {
  test('what is new and what changed, with properties; what was removed, as 404 without', async () => {
    const client = await example();
    const token = tokenIn(await send(client, ''));
    await client.put(`${path}file.xml`, 'new');
    await client.put(`${path}vcard.vcf`, 'changed');
    await client.delete(`${path}test.doc`);
    const answer = await send(client, token);
    expect(told(answer)).toEqual({'file.xml': [true, false, 404], 'vcard.vcf': [true, true], 'test.doc': 404});
    expect(tokenIn(answer)).not.toBe(token);
    expect(told(await send(client, tokenIn(answer)))).toEqual({});
  });
});

describe('RFC 6578 §3.10 Example: Initial DAV:sync-collection Report with Truncation', () => {
  test('what the server cuts off is told by 507 on the collection, and its token leads on', async () => {
    const asked: (number | undefined)[] = [];
    const view = {
      changes(_path: string, _since: number | undefined, _depth: string, most?: number) {
        asked.push(most);
        return {changes: [], revision: 7, truncated: true};
      },
    };
    const target = {stored: {collection: true, path: 'files'}, href: path, view};
    const body = (...more: ReturnType<typeof element>[]) =>
      element(dav('sync-collection'), element(dav('sync-token')), element(dav('sync-level'), '1'), ...more, element(dav('prop')));
    const run = (...more: ReturnType<typeof element>[]) =>
      syncCollection.run(body(...more), {http: {method: 'REPORT', headers: {}}, target} as never);
    const {body: printed} = await run();
    expect(printed).toContain(`<D:response><D:href>${path}</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status>`);
    expect(printed).toMatch(/<D:error><D:number-of-matches-within-limits\/><\/D:error>.*<D:sync-token>data:,7</);
    await run(element(dav('limit'), element(dav('nresults'), '20000')));
    await run(element(dav('limit'), element(dav('nresults'), '20')));
    expect(asked).toEqual([10_000, 10_000, 20]);
  });
});

describe('RFC 6578 §3.11 Example: Initial DAV:sync-collection Report with Limit', () => {
  test('one result and 507; the tokens lead through all of them', async () => {
    const client = await example();
    const seen: string[] = [];
    let token = '';
    for (let round = 1; round <= 3; round++) {
      const answer = await send(client, token, '1', limit(1));
      const [[first] = ['']] = Object.entries(told(answer));
      expect(told(answer)).toEqual({[first]: expect.any(Array), ...(round < 3 ? {'./': 507} : {})});
      seen.push(first);
      token = tokenIn(answer);
    }
    expect(seen.sort()).toEqual(['calendar.ics', 'test.doc', 'vcard.vcf']);
    expect(told(await send(client, token))).toEqual({});
  });

  test('what changes between two pages is told in a later one', async () => {
    const client = await example();
    const first = await send(client, '', '1', limit(2));
    await client.delete(`${path}calendar.ics`);
    await client.put(`${path}test.doc`, 'changed');
    await client.put(`${path}zzz.txt`, 'new');
    const rest = await send(client, tokenIn(first));
    const known = {...told(first), ...told(rest)};
    expect(known['calendar.ics'] ?? 404).toBe(404);
    expect(told(rest)).toMatchObject({'test.doc': [true, false, 404], 'zzz.txt': [true, false, 404]});
  });
});

describe('RFC 6578 §3.12 Example: DAV:sync-collection Report with Unsupported Limit', () => {
  test('any limit can be held to, so that none is answered by 507: of a hundred no more come, of fewer all', async () => {
    const client = await example();
    const token = tokenIn(await send(client, ''));
    await client.put(`${path}test.doc`, 'changed');
    const answer = await send(client, token, '1', limit(100));
    expect([answer.status, told(answer)]).toEqual([207, {'test.doc': [true, false, 404]}]);
  });
});

describe('RFC 6578 §3.13 Example: DAV:sync-collection Report with Sync-Level Set to Infinite', () => {
  test('members of members too, collections among them', async () => {
    const client = await example();
    await client.request('MKCOL', `${path}collection1/`);
    await client.put(`${path}collection1/a.txt`, 'a');
    const answer = await send(client, '', 'infinite');
    expect(Object.keys(told(answer)).sort()).toEqual([
      'calendar.ics',
      'collection1/',
      'collection1/a.txt',
      'test.doc',
      'vcard.vcf',
    ]);
    await client.delete(`${path}collection1/a.txt`);
    const next = await send(client, tokenIn(answer), 'infinite');
    expect(told(next)).toEqual({'collection1/': expect.any(Array), 'collection1/a.txt': 404});
    await client.delete(`${path}collection1/`);
    expect(told(await send(client, tokenIn(next), 'infinite'))).toEqual({'collection1/': 404});
  });

  test('on a home: the calendars and what is in them (§3.3)', async () => {
    const client = await example();
    const {token, changed} = await client.sync(home, '', 'infinite');
    expect(changed).toEqual(expect.arrayContaining([`${home}calendar/`, `${home}tasks/`, path, `${path}test.doc`]));
    await client.delete(path);
    const gone = await client.sync(home, token, 'infinite');
    expect(gone.removed).toContain(path);
  });
});

describe('RFC 6578 §4 DAV:sync-token', () => {
  test('is protected, left out of DAV:allprop, and the very token that the report answers', async () => {
    const client = await example();
    const {responses} = await client.propfind(path, 0, dav('sync-token'));
    const token = text(responses.get(path)!.properties.get(dav('sync-token'))!);
    expect(tokenIn(await send(client, ''))).toBe(token);
    expect(
      (await client.proppatch(path, element(dav('sync-token'), 'x'))).responses.get(path)!.refused.get(dav('sync-token')),
    ).toBe(403);
    expect([...(await client.propfind(path)).responses.get(path)!.properties.keys()]).not.toContain(dav('sync-token'));
  });
});

describe('RFC 6578 §5 DAV:sync-token Use with If Header', () => {
  test('§5.1 Example: If Precondition with PUT', async () => {
    const client = await example();
    const held = {if: `<${path}>  (<${tokenIn(await send(client, ''))}>)`};
    const text = {'content-type': 'text/plain; charset="utf-8"'};
    expect((await client.put(`${path}newresource.txt`, 'Some content here...', {...held, ...text})).status).toBe(201);
    expect((await client.put(`${path}another.txt`, 'Some content here...', {...held, ...text})).status).toBe(412);
  });

  test('§5.2 Example: If Precondition with MKCOL', async () => {
    const client = await example();
    const held = {if: `<${path}> (<${tokenIn(await send(client, ''))}>)`};
    await client.put(`${path}test.doc`, 'changed');
    expect((await client.request('MKCOL', `${path}child/`, {headers: held})).status).toBe(412);
    expect((await client.propfind(`${path}child/`)).status).toBe(404);
    const current = {if: `<${path}> (<${tokenIn(await send(client, ''))}>)`};
    expect((await client.request('MKCOL', `${path}child/`, {headers: current})).status).toBe(201);
  });
});
