import {createServer} from 'node:https';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {createAuthority, issueCertificate, type KeyPair} from '../../src/certificates/issue.ts';
import {createClient} from '../../src/tester/client.ts';
import {listen} from '../support/loopback.ts';
import {testInfo} from './info.ts';

describe('a serverinfo without nonsslport', () => {
  let authority: KeyPair;
  let leaf: KeyPair;
  beforeAll(async () => {
    authority = await createAuthority('caldav on localhost');
    leaf = await issueCertificate({authority, names: ['localhost']});
  });

  /** Asks an HTTPS server with a certificate of that authority. */
  async function ask(trusted?: string) {
    const server = createServer({cert: leaf.certificate, key: leaf.privateKey}, (_, response) => response.end('there'));
    const sslPort = await listen(server);
    const client = createClient(testInfo({port: 0, sslPort, ...(trusted && {authority: trusted})}));
    onTestFinished(() => {
      client.close();
      server.close();
    });
    return client.send({method: 'GET', uri: '/', headers: {}});
  }

  test('is spoken to by HTTPS, trusting the authority given', async () => {
    expect(await ask(authority.certificate)).toMatchObject({status: 200, text: 'there'});
  });

  test('is not trusted without it', async () => {
    await expect(ask()).rejects.toThrow(/certificate.*--authority/);
  });
});
