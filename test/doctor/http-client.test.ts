import {createServer as createHttpServer} from 'node:http';
import {createServer} from 'node:https';
import {beforeAll, describe, expect, test} from 'vitest';
import {createAuthority, issueCertificate, type KeyPair} from '../../src/certificates/issue.ts';
import {ask, explainConnection} from '../../src/doctor/http-client.ts';
import {listen} from '../support/loopback.ts';

let authority: KeyPair;
beforeAll(async () => {
  authority = await createAuthority('Test');
});

async function secure(names: readonly string[], now = new Date()): Promise<number> {
  const {certificate, privateKey} = await issueCertificate({authority, names, now});
  return listen(createServer({cert: certificate, key: privateKey}, (_, answer) => answer.end('hello')));
}

async function complaint(url: URL, route = {}): Promise<string> {
  const error = await ask(url, {method: 'GET'}, {address: '127.0.0.1', ...route}).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(Error);
  return explainConnection(error, url).problem;
}

describe('asking a server', () => {
  test('the local authority is trusted where it is named, under the name that clients use', async () => {
    const url = new URL(`https://cal.example.com:${await secure(['cal.example.com'])}/`);
    const answer = await ask(url, {method: 'GET'}, {address: '127.0.0.1', authorities: authority.certificate});
    expect(answer).toMatchObject({status: 200, body: 'hello'});
  });

  test('a server may be known by its address alone', async () => {
    const url = new URL(`https://192.0.2.7:${await secure(['192.0.2.7'])}/`);
    const route = {address: '127.0.0.1', authorities: authority.certificate};
    expect(await ask(url, {method: 'GET'}, route)).toMatchObject({status: 200});
    expect(await complaint(new URL(`https://192.0.2.8:${url.port}/`), route)).toContain('for another name');
  });

  test('what is wrong with a certificate is said in words', async () => {
    const authorities = authority.certificate;
    const port = await secure(['cal.example.com']);
    expect(await complaint(new URL(`https://cal.example.com:${port}/`))).toContain('not signed by an authority');
    expect(await complaint(new URL(`https://other.example.com:${port}/`), {authorities})).toContain('for another name');
    const old = await secure(['cal.example.com'], new Date(Date.now() - 500 * 86_400_000));
    expect(await complaint(new URL(`https://cal.example.com:${old}/`), {authorities})).toContain('has run out');
  });

  test('clear HTTP on an https port, a name that nobody knows, and a port without anybody', async () => {
    const clear = await listen(createHttpServer((_, answer) => answer.end()));
    expect(await complaint(new URL(`https://cal.example.com:${clear}/`))).toContain('does not speak what the address says');
    const nowhere = Object.assign(new Error(), {code: 'ENOTFOUND'});
    expect(explainConnection(nowhere, new URL('https://cal.example.com/')).problem).toContain('no such host name');
    const silent = Object.assign(new Error('odd'), {code: 'EODD'});
    expect(explainConnection(silent, new URL('https://cal.example.com/')).problem).toContain('cannot be reached: odd');
  });
});
