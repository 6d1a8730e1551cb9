import {writeFile} from 'node:fs/promises';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {describe, expect, onTestFinished, test} from 'vitest';
import {runScript} from '../../src/tester/run.ts';
import {parseScript} from '../../src/tester/script.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {testInfo} from './info.ts';

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = {readonly status: number; readonly headers?: Record<string, string>; readonly body?: string};

const substitutions = new Map([
  ['$userid1:', 'ann'],
  ['$pswd1:', 'secret'],
]);

/** Runs a script's XML against a server that answers what `reply` says; answers the result and all that was asked. */
async function run(xml: string, reply: (asked: Asked, asks: readonly Asked[]) => Reply, features: string[] = []) {
  const asks: Asked[] = [];
  const server = createServer(async (request, response) => {
    const asked = {line: `${request.method} ${request.url}`, headers: request.headers, body: await text(request)};
    asks.push(asked);
    const {status, headers, body} = reply(asked, asks);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.ics'), 'UID:$userid1:\nSUMMARY:x\n');
  const info = testInfo({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    substitutions,
    features: new Set(features),
  });
  const script = parseScript(`<caldavtest>${xml}</caldavtest>`, join(folder, 's.xml'));
  const result = await runScript(script, {info, name: 's'});
  return {result, asks, lines: asks.map(({line}) => line), outcomes: result.tests.map(({outcome}) => outcome)};
}

const request = (inner: string, attributes = '') => `<request ${attributes}>${inner}</request>`;
const get = (path: string, status = '200') =>
  request(
    `<method>GET</method><ruri>${path}</ruri><verify><callback>statusCode</callback><arg><name>status</name><value>${status}</value></arg></verify>`,
  );
const suite = (...tests: string[]) =>
  `<test-suite name="a">${tests.map((inner, at) => `<test name="${at + 1}">${inner}</test>`).join('')}</test-suite>`;
const listing = (...members: readonly (readonly [href: string, modified: string, etag?: string])[]): Reply => ({
  status: 207,
  body: `<multistatus xmlns="DAV:">${[['/c/', ''] as const, ...members]
    .map(
      ([href, modified, etag = '']) =>
        `<response><href>${href}</href><propstat><prop><getlastmodified>${modified}</getlastmodified><getetag>${etag}</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>`,
    )
    .join('')}</multistatus>`,
});

describe('a run', () => {
  test('passes and fails by what the verifiers say, and goes on', async () => {
    const {result, outcomes} = await run(suite(get('/a'), get('/b'), get('/a')), ({line}) => ({
      status: line === 'GET /a' ? 200 : 404,
    }));
    expect(outcomes).toEqual(['passed', 'failed', 'passed']);
    expect(result.tests[1]).toMatchObject({reason: 'GET /b: statusCode: the status is 404, not 200', exchange: {uri: '/b'}});
    expect(result.state).toBe('measured');
  });

  test('a start request that fails leaves the script unmeasured, and what was made is deleted all the same', async () => {
    const start = `<start>${request('<method>PUT</method><ruri>/a</ruri>', 'end-delete="yes"')}${request('<method>MKCALENDAR</method><ruri>/b</ruri>')}</start>`;
    const {result, lines} = await run(start + suite(get('/a')), ({line}) => ({status: line.startsWith('MKC') ? 500 : 201}));
    expect(result).toMatchObject({state: 'not measured', tests: []});
    expect(result.reason).toContain('MKCALENDAR /b: the status is 500');
    expect(lines).toEqual(['PUT /a', 'MKCALENDAR /b', 'DELETE /a']);
  });

  test('what needs a feature that is not claimed is ignored: a script, a suite, a test; a request and a verifier are left out', async () => {
    const needs = '<require-feature><feature>x</feature></require-feature>';
    expect((await run(needs + suite(get('/a')), () => ({status: 200}))).result).toMatchObject({
      state: 'ignored',
      reason: 'needs x',
      tests: [{outcome: 'ignored'}],
    });
    const inner = suite(`${needs}${get('/a')}`, request(`${needs}<method>GET</method><ruri>/left-out</ruri>`) + get('/b'));
    const {outcomes, lines} = await run(inner, () => ({status: 200}));
    expect(outcomes).toEqual(['ignored', 'passed']);
    expect(lines).toEqual(['GET /b']);
    expect((await run(inner, () => ({status: 200}), ['x'])).lines).toEqual(['GET /a', 'GET /left-out', 'GET /b']);
    const verifier = request(`<method>GET</method><ruri>/a</ruri><verify>${needs}<callback>exists</callback></verify>`);
    expect((await run(suite(verifier), () => ({status: 404}))).outcomes).toEqual(['passed']);
    expect((await run(suite(verifier), () => ({status: 404}), ['x'])).outcomes).toEqual(['failed']);
  });

  test('what is switched off, or is not the one to run alone, is ignored', async () => {
    const {outcomes} = await run(
      `<test-suite name="a"><test name="1" ignore="yes">${get('/a')}</test><test name="2" only="yes">${get('/a')}</test><test name="3">${get('/a')}</test></test-suite>`,
      () => ({status: 200}),
    );
    expect(outcomes).toEqual(['ignored', 'passed', 'ignored']);
  });

  test('sends credentials, data with its variables, and the iteration; nobody is nobody', async () => {
    const data = '<data><content-type>text/calendar</content-type><filepath>a.ics</filepath></data>';
    const {asks} = await run(
      `<test-suite name="a"><test name="1" count="2">${request(`<method>PUT</method><ruri>/a b-##.ics</ruri>${data}`)}</test>
       <test name="2">${request('<method>GET</method><ruri>/é</ruri>', 'auth="no"')}</test></test-suite>`,
      () => ({status: 201}),
    );
    expect(asks.map(({line}) => line)).toEqual(['PUT /a%20b-1.ics', 'PUT /a%20b-2.ics', 'GET /%C3%A9']);
    expect(asks[0]).toMatchObject({
      body: 'UID:ann\nSUMMARY:x\n',
      headers: {'content-type': 'text/calendar', authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`},
    });
    expect(asks[2]!.headers.authorization).toBeUndefined();
  });

  test('a request that waits for success is made again until it succeeds', async () => {
    const waiting = get('/a').replace('<request ', '<request wait-for-success="yes"');
    const {outcomes, lines} = await run(suite(waiting), (_, asks) => ({status: asks.length < 3 ? 404 : 200}));
    expect(outcomes).toEqual(['passed']);
    expect(lines).toHaveLength(3);
  });

  test('what is grabbed is filled in later, and what is not there to grab is a failure', async () => {
    const grabs = request(
      '<method>PUT</method><ruri>/a</ruri><graburi>$where:</graburi><grabheader><name>ETag</name><variable>$etag:</variable></grabheader>',
    );
    const use = request('<method>GET</method><ruri>$where:</ruri><header><name>If-Match</name><value>$etag:</value></header>');
    const {asks, outcomes} = await run(suite(grabs + use, use, grabs), ({line}, {length}) => ({
      status: 200,
      ...(line.startsWith('PUT') && length < 3 ? {headers: {etag: '"7"', location: '/b%20c'}} : {}),
    }));
    expect(asks[1]).toMatchObject({line: 'GET /b%20c', headers: {'if-match': '"7"'}});
    expect(outcomes).toEqual(['passed', 'passed', 'failed']);
  });

  test('a verifier, or a data file, that is not there fails the test', async () => {
    const unknown = request('<method>GET</method><ruri>/a</ruri><verify><callback>nothing</callback></verify>');
    const missing = request('<method>PUT</method><ruri>/a</ruri><data><filepath>missing.ics</filepath></data>');
    const {result} = await run(suite(unknown, missing), () => ({status: 200}));
    expect(result.tests.map(({reason}) => reason)).toEqual([
      'GET /a: there is no verifier nothing',
      expect.stringContaining('names missing.ics, which lies neither beside it'),
    ]);
  });
});

describe('compound methods', () => {
  const monday = 'Mon, 05 Jan 2026 10:00:00 GMT';
  const tuesday = 'Tue, 06 Jan 2026 10:00:00 GMT';

  test('DELETEALL deletes what is in each collection, not the collection', async () => {
    const {lines} = await run(
      `<start>${request('<method>DELETEALL</method><ruri>/c/</ruri><ruri>/d/</ruri>')}</start>`,
      ({line}) =>
        line === 'PROPFIND /c/' ? listing(['/c/1', ''], ['/c/2%20x', '']) : {status: line.startsWith('DEL') ? 204 : 404},
    );
    expect(lines).toEqual(['PROPFIND /c/', 'DELETE /c/1', 'DELETE /c/2%20x', 'PROPFIND /d/']);
  });

  test('GETNEW gets the newest, GETOTHER another, `$` is the one found', async () => {
    const body = request(
      '<method>GETNEW</method><ruri>/c/</ruri><verify><callback>exists</callback></verify><graburi>$new:</graburi>',
    );
    const {lines, outcomes} = await run(
      suite(body, request('<method>DELETE</method><ruri>$</ruri>'), request('<method>GETOTHER</method><ruri>/c/</ruri>')),
      ({line}) => (line.startsWith('PROPFIND') ? listing(['/c/1', monday], ['/c/2', tuesday]) : {status: 200}),
    );
    expect(lines).toEqual(['PROPFIND /c/', 'GET /c/2', 'DELETE /c/2', 'PROPFIND /c/', 'GET /c/1']);
    expect(outcomes).toEqual(['passed', 'passed', 'passed']);
  });

  test('`$` stays what was found while other things are asked for', async () => {
    const found = request('<method>GETNEW</method><ruri>/c/</ruri>');
    const {lines} = await run(suite(found + get('/a') + request('<method>PUT</method><ruri>$</ruri>')), ({line}) =>
      line.startsWith('PROPFIND') ? listing(['/c/1', monday]) : {status: 200},
    );
    expect(lines.slice(1)).toEqual(['GET /c/1', 'GET /a', 'PUT /c/1']);
  });

  test('GETNEW tells two apart that were modified in the same second: by what it has found, and by ETag', async () => {
    const body = request('<method>GETNEW</method><ruri>/c/</ruri>');
    const {lines} = await run(suite(body, body, body), ({line}, asks) => {
      if (!line.startsWith('PROPFIND')) return {status: 200, headers: {etag: '"old"'}};
      return listing(['/c/1', monday, '"old"'], ['/c/2', monday, asks.length > 4 ? '"new"' : '"old"']);
    });
    expect(lines.filter(line => line.startsWith('GET'))).toEqual(['GET /c/1', 'GET /c/2', 'GET /c/2']);
  });

  test('WAITCOUNT and WAITDELETEALL ask until so many are there', async () => {
    const {lines, outcomes} = await run(
      suite(request('<method>WAITDELETEALL 1</method><ruri>/c/</ruri>'), request('<method>WAITCOUNT 5</method><ruri>/c/</ruri>')),
      ({line}, asks) => (line.startsWith('DEL') ? {status: 204} : asks.length < 3 ? listing() : listing(['/c/1', monday])),
    );
    expect(lines.slice(0, 4)).toEqual(['PROPFIND /c/', 'PROPFIND /c/', 'PROPFIND /c/', 'DELETE /c/1']);
    expect(outcomes).toEqual(['passed', 'failed']);
  });

  test('GETCONTAINS gets the one with a text in it, GETCHANGED waits for another ETag', async () => {
    const {lines, outcomes} = await run(
      suite(
        request('<method>GETCONTAINS METHOD:CANCEL</method><ruri>/c/</ruri>'),
        request('<method>GET</method><ruri>/c/1</ruri>') + request('<method>GETCHANGED</method><ruri>/c/1</ruri>'),
      ),
      ({line}, asks) => {
        if (line.startsWith('PROPFIND')) return listing(['/c/1', monday], ['/c/2', monday]);
        return {
          status: 200,
          headers: {etag: asks.length > 6 ? '"2"' : '"1"'},
          body: line === 'GET /c/2' ? 'METHOD:CAN\r\n CEL' : '',
        };
      },
    );
    expect(lines).toEqual(['PROPFIND /c/', 'GET /c/1', 'GET /c/2', 'GET /c/2', 'GET /c/1', 'HEAD /c/1', 'HEAD /c/1', 'GET /c/1']);
    expect(outcomes).toEqual(['passed', 'passed']);
  });
});
