import {createServer} from 'node:http';
import {describe, expect, test} from 'vitest';
import {checkChallenges, checkRedirect, checkWay} from '../../../src/doctor/checks/discovery.ts';
import {listen} from '../../support/loopback.ts';
import {serve} from '../../support/serve.ts';

async function other(status: number): Promise<URL> {
  const server = createServer((_, answer) => answer.writeHead(status).end());
  return new URL(`http://127.0.0.1:${await listen(server)}/`);
}

describe('the paths that clients walk', () => {
  test('on our server each asks for a password', async () => {
    const {base} = await serve({ann: []});
    expect(await checkChallenges(new URL(base))).toMatchObject([{status: 'ok'}]);
  });

  test('another server on the port is found out, path by path', async () => {
    const results = await checkChallenges(await other(404));
    expect(results.map(({details}) => details)).toEqual([
      {path: '/.well-known/caldav', status: 404},
      {path: '/', status: 404},
      {path: '/principals/', status: 404},
    ]);
    expect(await checkChallenges(await other(401))).toMatchObject([
      {status: 'fail', message: expect.stringContaining('without a challenge')},
      {},
      {},
    ]);
  });

  test('a port in the clear that leads to HTTPS is as it should be: RFC 6764 §5', async () => {
    const server = createServer(({url}, answer) => {
      const isLed = url === '/.well-known/caldav';
      answer.writeHead(isLed ? 301 : 401, isLed ? {location: 'https://calendar.example.com:8443/'} : {}).end();
    });
    const base = new URL(`http://127.0.0.1:${await listen(server)}/`);
    const message = `${base.origin} leads to https://calendar.example.com:8443`;
    expect(await checkRedirect(base, undefined, false)).toMatchObject({status: 'ok', message});
    expect(await checkRedirect(base, undefined, true)).toMatchObject({status: 'fail'});
    const plain = new URL((await serve({ann: []})).base);
    expect(await checkRedirect(plain, undefined, false)).toBeUndefined();
  });

  test('with a password the way leads from the host name to the calendars, under @ in the user name too', async () => {
    const {base} = await serve({'ann@example.com': []});
    const result = await checkWay(new URL(base), {}, {user: 'ann@example.com', password: 'ann@example.com'});
    expect(result).toMatchObject({
      status: 'ok',
      details: {calendars: expect.arrayContaining([expect.stringMatching(/\/calendar\/$/)])},
    });
  });

  test('a wrong password is told apart from a broken way', async () => {
    const {base} = await serve({ann: []});
    const refused = await checkWay(new URL(base), {}, {user: 'ann', password: 'wrong'});
    expect(refused).toMatchObject({status: 'fail', fix: '`caldav user passwd ann`'});
    const broken = await checkWay(await other(500), {}, {user: 'ann', password: 'ann'});
    expect(broken).toMatchObject({status: 'fail', message: expect.stringContaining('stopped at current-user-principal')});
  });
});
