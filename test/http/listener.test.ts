import {once} from 'node:events';
import http from 'node:http';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import tls from 'node:tls';
import {gunzipSync, gzipSync} from 'node:zlib';
import {beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest';
import {silent} from '../../src/base/log.ts';
import {createAuthority, issueCertificate} from '../../src/certificates/issue.ts';
import type {TlsMaterial} from '../../src/http/listener.ts';
import type {HttpRequest, HttpResponse} from '../../src/http/message.ts';
import {exchangeOptions, listening, raw} from './listening.ts';

const echo = async ({method, path, query, body, address, secure}: HttpRequest): Promise<HttpResponse> => ({
  status: 200,
  headers: {'content-type': 'application/json', etag: '"e"'},
  body: JSON.stringify({method, path, query, body: Buffer.from(body).toString(), address, secure}),
});

const close = 'Connection: close\r\n';

describe('requests', () => {
  test('every method that Node parses reaches the app, with the target as it was sent', async () => {
    await using server = await listening({app: echo});
    for (const method of http.METHODS.filter(name => name !== 'CONNECT' && name !== 'HEAD')) {
      const answer = await raw(server.bound.port, `${method} /a%2fb/%zz/../c?x=1?2 HTTP/1.1\r\nHost: h\r\n${close}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
        method,
        path: '/a%2fb/%zz/../c',
        query: 'x=1?2',
      });
    }
  });

  test('methods that are no methods are 501, whatever is no HTTP 400', async () => {
    await using server = await listening({app: echo});
    expect(await raw(server.bound.port, 'FROBNICATE / HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/^HTTP\/1\.1 501 /);
    expect(await raw(server.bound.port, 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/^HTTP\/1\.1 501 /);
    expect(await raw(server.bound.port, '\x16\x03\x01\x02\x00\x01\x00')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(server.bound.port, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a target in absolute form is taken by its path', async () => {
    await using server = await listening({app: echo});
    expect(await raw(server.bound.port, `GET http://h:1/p?q HTTP/1.1\r\nHost: h\r\n${close}\r\n`)).toContain(
      '"path":"/p","query":"q"',
    );
    expect(await raw(server.bound.port, `OPTIONS * HTTP/1.1\r\nHost: h\r\n${close}\r\n`)).toContain('"path":"*"');
  });

  test('a body comes whole, chunked as from macOS Finder, of any type or none, also with GET', async () => {
    await using server = await listening({app: echo});
    const chunked = `PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-Expected-Entity-Length: 6\r\n${close}\r\n`;
    expect(await raw(server.bound.port, `${chunked}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`)).toContain('"body":"abcdef"');
    for (const type of ['', 'Content-Type: \r\n', 'Content-Type: ;;=\r\n', 'Content-Type: text/xml; charset=klingon\r\n']) {
      const head = `REPORT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n${type}${close}\r\n`;
      expect(await raw(server.bound.port, `${head}abc`)).toContain('"body":"abc"');
    }
    expect(await raw(server.bound.port, `GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n${close}\r\nabc`)).toContain(
      '"body":"abc"',
    );
  });

  test('a body in gzip is unpacked; other codings are 415, a bomb is 413, garbage 400', async () => {
    await using server = await listening({app: echo});
    const put = (body: Uint8Array, coding: string) =>
      fetch(server.url, {method: 'PUT', body: new Uint8Array(body), headers: {'content-encoding': coding}});
    expect(await (await put(gzipSync('abc'), 'gzip')).json()).toMatchObject({body: 'abc'});
    const unknown = await put(Buffer.from('abc'), 'br');
    expect([unknown.status, unknown.headers.get('accept-encoding')]).toEqual([415, 'gzip, deflate']);
    expect((await put(gzipSync(Buffer.alloc(200_000)), 'gzip')).status).toBe(413);
    expect((await put(Buffer.from('abc'), 'gzip')).status).toBe(400);
  });

  test('pipelined requests are answered in order, each begun when the one before is over', async () => {
    const begun: string[] = [];
    let during = 0;
    await using server = await listening({
      app: async request => {
        begun.push(request.path);
        expect(++during).toBe(1);
        await new Promise(resolve => setTimeout(resolve, request.path === '/1' ? 30 : 1));
        during--;
        return {status: 200, body: request.path};
      },
    });
    const request = (path: string, more = '') => `PUT ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n${more}\r\nab`;
    const answer = await raw(server.bound.port, request('/1') + request('/2') + request('/3', close));
    expect(begun).toEqual(['/1', '/2', '/3']);
    expect(answer.match(/\/\d$|\/\d(?=HTTP)/g)).toEqual(['/1', '/2', '/3']);
    expect(server.entries).toHaveLength(3);
  });
});

describe('limits', () => {
  test('a body beyond the limit is 413, and a client that sends it all gets to read that', async () => {
    await using server = await listening({app: echo, maxBodyBytes: 1000});
    const declared = await fetch(server.url, {method: 'PUT', body: new Uint8Array(5_000_000)});
    expect([declared.status, declared.headers.get('connection')]).toEqual([413, 'close']);
    expect(await declared.text()).toBe('The body is larger than the 1000 bytes that this server takes.\n');
    const head = 'PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunked = await raw(server.bound.port, `${head}${'1f4\r\n'.concat('x'.repeat(500), '\r\n').repeat(5)}0\r\n\r\n`);
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('Expect: 100-continue is asked to go on, or told 413 at once', async () => {
    await using server = await listening({app: echo, maxBodyBytes: 1000});
    const head = (size: number) => `PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n${close}Content-Length: ${size}\r\n\r\n`;
    const small = await raw(server.bound.port, socket => {
      socket.write(head(3));
      socket.once('data', () => socket.write('abc'));
    });
    expect(small).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [\s\S]*"body":"abc"/);
    const large = await raw(server.bound.port, head(2000), received => received.includes('takes.'));
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('more requests at once than allowed are 503 with Retry-After, and the next one is served', async () => {
    const {promise: gate, resolve: open} = Promise.withResolvers<void>();
    await using server = await listening({
      app: async request => gate.then(() => echo(request)),
      maxRequests: 2,
      retryAfterSeconds: 7,
    });
    const waiting = [fetch(server.url), fetch(server.url)];
    await expect.poll(() => server.listener.underWay).toBe(2);
    const refused = await fetch(server.url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '7']);
    open();
    for (const answer of waiting) expect((await answer).status).toBe(200);
    expect((await fetch(server.url)).status).toBe(200);
  });

  test('more connections than allowed are told 503 with Retry-After and closed; those there before go on', async () => {
    await using server = await listening({app: async request => echo(request)}, {limits: {maxConnections: 2}});
    const request = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
    const first = Promise.withResolvers<Socket>();
    const early = raw(
      server.bound.port,
      socket => first.resolve(socket),
      received => received.includes('200 OK'),
    );
    const other = raw(server.bound.port, '');
    await expect.poll(() => server.listener.connections()).toBe(2);
    const late = await raw(server.bound.port, request);
    expect(late).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nretry-after: 180\r\n[\s\S]*\r\nconnection: close\r\n/i);
    const [third, fourth] = [raw(server.bound.port, ''), raw(server.bound.port, '')];
    await expect.poll(() => server.listener.connections()).toBe(4);
    expect(await raw(server.bound.port, '')).toBe('');
    (await first.promise).write(request);
    expect(await early).toMatch(/^HTTP\/1.1 200/);
    await server.listener.close(0);
    await Promise.all([other, third, fourth]);
  });

  test('bodies that wait take no more memory than allowed', async () => {
    await using server = await listening({app: echo, maxWaitingBytes: 2000});
    expect((await fetch(server.url, {method: 'PUT', body: new Uint8Array(5000)})).status).toBe(503);
    expect((await fetch(server.url, {method: 'PUT', body: new Uint8Array(1000)})).status).toBe(200);
  });

  test('a client that sends hundreds of requests before it has one answer is cut off', async () => {
    const {promise: gate, resolve: open} = Promise.withResolvers<void>();
    await using server = await listening({app: async request => gate.then(() => echo(request))});
    const request = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
    await raw(server.bound.port, request.repeat(101));
    open();
    await expect.poll(() => server.listener.underWay).toBe(0);
    const many = await raw(server.bound.port, request.repeat(99) + request.replace('\r\n\r\n', `\r\n${close}\r\n`));
    expect(many.match(/HTTP\/1.1 200/g)).toHaveLength(100);
  });

  test('answers that nobody reads take no more memory than allowed: who has waited longest is cut off', async () => {
    const large = Buffer.alloc(16_000_000);
    await using server = await listening({
      app: async ({path}) => ({status: 200, body: path === '/large' ? large : 'small'}),
      maxWaitingBytes: 20_000_000,
    });
    const unread = async () => {
      const socket = connect(server.bound.port, '127.0.0.1').on('error', () => {});
      socket.write('GET /large HTTP/1.1\r\nHost: h\r\n\r\n');
      onTestFinished(() => void socket.destroy());
      await once(socket, 'readable');
      return socket;
    };
    const first = await unread();
    await unread();
    await expect.poll(() => server.entries.length).toBe(1);
    expect(await server.listener.connections()).toBe(1);
    expect(await (await fetch(server.url)).text()).toBe('small');
    expect(first.destroyed).toBe(false);
  });

  test('a request whose body does not come takes no place of those that did', async () => {
    await using server = await listening({app: echo, maxRequests: 2});
    const slow = () => raw(server.bound.port, 'PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc', () => false);
    const waiting = [slow(), slow(), slow()];
    await expect.poll(() => server.listener.connections()).toBe(3);
    expect((await fetch(server.url)).status).toBe(200);
    await server.listener.close(0);
    await Promise.all(waiting);
  });

  test('a large body is not read of who is refused without it', async () => {
    const admit = vi.fn(async ({path, body}: HttpRequest) =>
      path === '/mine' ? undefined : {status: 401, body: String(body.length)},
    );
    await using server = await listening({app: Object.assign((request: HttpRequest) => echo(request), {admit})});
    const head = (path: string, more: string) => `PUT ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n\r\n`;
    for (const more of ['Content-Length: 90000', 'Transfer-Encoding: chunked', 'Content-Length: 90000\r\nExpect: 100-continue']) {
      const answer = await raw(server.bound.port, head('/', more), received => received.includes('\r\n\r\n0'));
      expect(answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*\r\n\r\n0$/);
    }
    expect((await fetch(`${server.url}/mine`, {method: 'PUT', body: new Uint8Array(90_000)})).status).toBe(200);
    expect(admit).toHaveBeenCalledTimes(4);
    expect((await fetch(server.url, {method: 'PUT', body: 'abc'})).status).toBe(200);
    expect(admit).toHaveBeenCalledTimes(4);
  });

  test('headers too large are 431, headers that trickle 408', async () => {
    await using server = await listening({app: echo}, {limits: {headersTimeOutMs: 200}});
    const large = await raw(server.bound.port, `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    expect(await raw(server.bound.port, 'GET / HTTP/1.1\r\nHost: h\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a body that trickles is 408 and reaches no app', async () => {
    const app = vi.fn(echo);
    await using server = await listening({app}, {limits: {headersTimeOutMs: 200, requestTimeOutMs: 400}});
    const answer = await raw(server.bound.port, 'PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc');
    expect(answer).toMatch(/^(?:HTTP\/1\.1 408 [\s\S]*)?$/);
    expect(app).not.toHaveBeenCalled();
    await expect.poll(() => server.listener.underWay).toBe(0);
  });

  test('an idle connection is closed', async () => {
    await using server = await listening({app: echo}, {limits: {idleTimeOutMs: 100}});
    expect(await raw(server.bound.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('a client that goes away in the middle of its body reaches no app and leaves nothing under way', async () => {
    const app = vi.fn(echo);
    await using server = await listening({app});
    await raw(server.bound.port, socket => {
      socket.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc', () => setTimeout(() => socket.destroy(), 20));
    });
    await expect.poll(() => server.entries.map(({status}) => status)).toEqual([499]);
    expect(app).not.toHaveBeenCalled();
    expect(server.listener.underWay).toBe(0);
  });

  test('clients named by RejectClients are 403', async () => {
    await using server = await listening({app: echo, rejectClients: [/BadAgent\/1/]});
    expect((await fetch(server.url, {headers: {'user-agent': 'x BadAgent/1.2'}})).status).toBe(403);
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe('answers', () => {
  test('HEAD has the length and no body, 304 and 204 neither', async () => {
    const app = async ({path}: HttpRequest): Promise<HttpResponse> => ({
      status: path === '/304' ? 304 : path === '/204' ? 204 : 200,
      body: 'body',
    });
    await using server = await listening({app});
    const head = await raw(server.bound.port, `HEAD /200 HTTP/1.1\r\nHost: h\r\n${close}\r\n`);
    expect(head).toMatch(/Content-Length: 4\r\n/i);
    expect(head).toMatch(/\r\n\r\n$/);
    for (const status of [204, 304]) {
      const answer = await raw(server.bound.port, `GET /${status} HTTP/1.1\r\nHost: h\r\n${close}\r\n`);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).not.toMatch(/content-length|body/i);
    }
  });

  test('parts are gathered; few of them go out in one answer with a length', async () => {
    async function* parts() {
      yield 'a';
      yield Buffer.from('ü');
    }
    await using server = await listening({app: async () => ({status: 207, body: parts()})});
    const answer = await fetch(server.url);
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([207, '3', 'aü']);
  });

  test('a stream waits for a client that does not read, and ends when the client goes', async () => {
    let made = 0;
    let ended = false;
    async function* parts() {
      try {
        for (; made < 10_000; made++) yield Buffer.alloc(65_536);
      } finally {
        ended = true;
      }
    }
    await using server = await listening({app: async () => ({status: 200, body: parts()})});
    await raw(server.bound.port, socket => {
      socket.pause();
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      let before = -1;
      const timer = setInterval(() => {
        // Nothing more is made once the buffers of the system are full.
        if (made > 0 && made === before) {
          clearInterval(timer);
          socket.destroy();
        }
        before = made;
      }, 100);
    });
    await expect.poll(() => ended).toBe(true);
    expect(made).toBeLessThan(1000);
    await expect.poll(() => server.listener.underWay).toBe(0);
  });

  test('an answer that breaks off midway is not taken for a whole one; one that was not begun is 500', async () => {
    async function* parts(size: number) {
      yield 'x'.repeat(size);
      throw new Error('the disk is gone');
    }
    await using server = await listening({app: async ({path}) => ({status: 200, body: parts(path === '/late' ? 100_000 : 10)})});
    await expect(fetch(`${server.url}/late`).then(answer => answer.text())).rejects.toThrow();
    expect((await fetch(`${server.url}/early`)).status).toBe(500);
    expect(server.entries.map(({status}) => status)).toEqual([500, 500]);
  });

  test('an app that throws, or answers headers that are none, is 500', async () => {
    await using server = await listening({
      app: async ({path}) => {
        if (path === '/throws') throw new Error('ours');
        return {status: 200, headers: {location: 'a\r\nb'}, body: ''};
      },
    });
    expect((await fetch(`${server.url}/throws`)).status).toBe(500);
    expect((await fetch(`${server.url}/header`)).status).toBe(500);
  });

  test('the log of what failed has no link by which an invitation that was mailed is answered (RFC 6047 §3)', async () => {
    const paths: unknown[] = [];
    const log = {...silent, error: (fields: {path?: unknown}) => void paths.push(fields.path)};
    await using server = await listening({app: () => Promise.reject(new Error('ours')), log: log as typeof silent});
    expect((await fetch(`${server.url}/reply/abcdefghijklmnop`)).status).toBe(500);
    expect(paths).toEqual(['/reply/…']);
  });

  test('text goes out in gzip where the client takes it, with the same ETag; small, coded and binary answers do not', async () => {
    const large = '<multistatus/>'.repeat(1000);
    async function* parts() {
      for (let at = 0; at < 1000; at++) yield '<multistatus/>';
    }
    const answers: Record<string, HttpResponse> = {
      '/xml': {status: 207, headers: {'content-type': 'text/xml; charset=utf-8', etag: '"e"'}, body: large},
      '/parts': {status: 207, headers: {'content-type': 'application/xml', etag: '"e"'}, body: parts()},
      '/small': {status: 200, headers: {'content-type': 'text/calendar'}, body: 'BEGIN'},
      '/png': {status: 200, headers: {'content-type': 'image/png'}, body: large},
      '/range': {status: 206, headers: {'content-type': 'text/plain'}, body: large},
    };
    await using server = await listening({app: async ({path}) => answers[path]!, compression: true});
    const get = (path: string, accept = 'br, gzip;q=0.5') =>
      new Promise<{headers: http.IncomingHttpHeaders; body: Buffer}>(resolve =>
        http.get(`${server.url}${path}`, {headers: {'accept-encoding': accept}}, async answer => {
          resolve({headers: answer.headers, body: Buffer.concat(await answer.toArray())});
        }),
      );
    for (const path of ['/xml', '/parts']) {
      const {headers, body} = await get(path);
      expect(headers).toMatchObject({'content-encoding': 'gzip', etag: '"e"', vary: 'Accept-Encoding'});
      expect(body.length).toBeLessThan(2000);
      expect(gunzipSync(body).toString()).toBe(large);
    }
    const plain = await get('/xml', 'gzip;q=0, identity');
    expect([plain.headers['content-encoding'], plain.headers.vary, plain.body.length]).toEqual([
      undefined,
      'Accept-Encoding',
      large.length,
    ]);
    for (const path of ['/small', '/png', '/range']) expect((await get(path)).headers['content-encoding']).toBeUndefined();
  });

  test('there is a Date, a short Server, and no cookie', async () => {
    await using server = await listening({app: echo});
    const {headers} = await fetch(server.url);
    expect(headers.get('server')).toBe('caldav');
    expect(Date.parse(headers.get('date') ?? '')).not.toBeNaN();
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('without keep-alive each answer closes its connection', async () => {
    await using server = await listening({app: echo, keepAlive: false});
    expect(await raw(server.bound.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/\r\nConnection: close\r\n/i);
  });
});

describe('behind a proxy', () => {
  test('the client is who a trusted proxy says, and only then', async () => {
    await using server = await listening({app: echo, trustedProxies: ['127.0.0.0/8', '10.0.0.1']});
    const headers = {'x-forwarded-for': '1.1.1.1, 192.0.2.7, 10.0.0.1', 'x-forwarded-proto': 'https'};
    expect(await (await fetch(server.url, {headers})).json()).toMatchObject({address: '192.0.2.7', secure: true});
    await using open = await listening({app: echo});
    expect(await (await fetch(open.url, {headers})).json()).toMatchObject({address: '127.0.0.1', secure: false});
  });

  test('clear requests from elsewhere are sent to TLS; those from this machine are served', async () => {
    const redirectToTls = {host: 'cal.example.com', port: 8443};
    await using server = await listening({app: echo, trustedProxies: ['127.0.0.1'], redirectToTls});
    const from = (headers: Record<string, string>) => fetch(`${server.url}/a%2Fb?c`, {headers, redirect: 'manual'});
    const elsewhere = await from({'x-forwarded-for': '192.0.2.7'});
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([301, 'https://127.0.0.1:8443/a%2Fb?c']);
    expect((await from({'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https'})).status).toBe(200);
    expect((await from({})).status).toBe(200);
  });
});

describe('RFC 6797 §7.2', () => {
  test('Strict-Transport-Security is said over TLS, with refusals too, and never in the clear', async () => {
    const options = {app: echo, trustedProxies: ['127.0.0.1'], strictTransport: 'max-age=60', rejectClients: [/^bad/]};
    await using server = await listening(options);
    const said = async (headers: Record<string, string>) =>
      (await fetch(server.url, {headers})).headers.get('strict-transport-security');
    expect(await said({'x-forwarded-proto': 'https'})).toBe('max-age=60');
    expect(await said({'x-forwarded-proto': 'https', 'user-agent': 'bad'})).toBe('max-age=60');
    expect(await said({})).toBeNull();
    await using none = await listening({app: echo, trustedProxies: ['127.0.0.1']});
    expect(
      (await fetch(none.url, {headers: {'x-forwarded-proto': 'https'}})).headers.get('strict-transport-security'),
    ).toBeNull();
  });
});

describe('closing', () => {
  test('what is under way is finished, new connections are refused, idle ones closed', async () => {
    const {promise: gate, resolve: open} = Promise.withResolvers<void>();
    await using server = await listening({app: async request => gate.then(() => echo(request))});
    const answer = fetch(server.url);
    await expect.poll(() => server.listener.underWay).toBe(1);
    const closed = server.listener.close(10_000);
    await expect(fetch(server.url)).rejects.toThrow();
    open();
    expect([(await answer).status, (await answer).headers.get('connection')]).toEqual([200, 'close']);
    await closed;
  });

  test('a request that is on its way on an open connection is still answered, and ends it', async () => {
    await using server = await listening({app: async request => echo(request)});
    const request = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
    let closed: Promise<void> | undefined;
    const answers = await raw(server.bound.port, socket => {
      socket.write(request);
      socket.once('data', () => {
        closed = server.listener.close(10_000);
        socket.write(request);
      });
    });
    expect(answers.match(/HTTP\/1.1 \d+|^connection: .*(?=\r)/gim)).toEqual([
      'HTTP/1.1 200',
      'Connection: keep-alive',
      'HTTP/1.1 200',
      'connection: close',
    ]);
    await closed;
  });

  test('a connection on which nothing comes is closed soon, and not only at the end of the grace', async () => {
    await using server = await listening(
      {app: async request => echo(request)},
      {limits: {headersTimeOutMs: 60_000, requestTimeOutMs: 60_000}},
    );
    const silent = raw(server.bound.port, '');
    const idle = raw(server.bound.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await expect.poll(() => server.listener.counts.requests).toBe(1);
    await expect.poll(() => server.listener.connections()).toBe(2);
    await server.listener.close(60_000);
    expect([await silent, (await idle).slice(0, 12)]).toEqual(['', 'HTTP/1.1 200']);
  });

  test('what does not end in time is cut', async () => {
    await using server = await listening({app: () => new Promise(() => {})});
    const answer = fetch(server.url);
    await expect.poll(() => server.listener.underWay).toBe(1);
    await Promise.all([expect(answer).rejects.toThrow(), server.listener.close(50)]);
  });
});

describe('TLS', () => {
  const material: Record<string, TlsMaterial> = {};
  beforeAll(async () => {
    const authority = await createAuthority('test');
    for (const name of ['one', 'two'])
      material[name] = {...(await issueCertificate({authority, names: [name]})), authorityChain: ''};
  });

  const meet = (port: number, options: tls.ConnectionOptions = {}) =>
    new Promise<{name: string; version: string | null; socket: tls.TLSSocket}>((resolve, reject) => {
      const socket = tls.connect({port, host: '127.0.0.1', rejectUnauthorized: false, ...options}, () =>
        resolve({name: String(socket.getPeerCertificate().subject.CN), version: socket.getProtocol(), socket}),
      );
      socket.on('error', reject);
    });

  test('a certificate is replaced without dropping a connection', async () => {
    await using server = await listening({app: echo}, {tls: material.one!});
    const {socket, name} = await meet(server.bound.port);
    expect(name).toBe('one');
    server.listener.updateTls(material.two!);
    const next = await meet(server.bound.port);
    expect(next.name).toBe('two');
    next.socket.destroy();
    const answer = new Promise<string>(resolve => socket.once('data', data => resolve(data.toString())));
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await answer).toContain('"secure":true');
    socket.destroy();
  });

  test('a key that does not fit is refused and the old one stays', async () => {
    await using server = await listening({app: echo}, {tls: material.one!});
    expect(() => server.listener.updateTls({...material.two!, privateKey: material.one!.privateKey})).toThrow(
      /key values mismatch/i,
    );
    const {name, socket} = await meet(server.bound.port);
    expect(name).toBe('one');
    socket.destroy();
  });

  test('TLS 1.1 is refused', async () => {
    await using server = await listening({app: echo}, {tls: material.one!});
    await expect(
      meet(server.bound.port, {minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0'}),
    ).rejects.toThrow();
    const {version, socket} = await meet(server.bound.port, {maxVersion: 'TLSv1.2'});
    expect(version).toBe('TLSv1.2');
    socket.destroy();
  });
});

test('connections that another process has accepted are served as those that are its own, their time-outs kept', async () => {
  await using server = await listening({app: async request => echo(request)}, {limits: {headersTimeOutMs: 200}});
  const receive = server.listener.receive(false);
  await using door = createServer(receive).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const {port} = door.address() as AddressInfo;
  expect(await raw(port, `GET / HTTP/1.1\r\nHost: h\r\n${close}\r\n`)).toMatch(/^HTTP\/1.1 200/);
  expect(await raw(port, 'GET / HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1.1 408/);
});

test('options can be replaced while running', async () => {
  await using server = await listening({app: async () => ({status: 200, body: 'old'})});
  server.listener.update(exchangeOptions({app: async () => ({status: 200, body: 'new'})}));
  expect(await (await fetch(server.url)).text()).toBe('new');
});
