import {X509Certificate} from 'node:crypto';
import {connect, createServer} from 'node:tls';
import {beforeAll, describe, expect, test} from 'vitest';
import {createAuthority, issueCertificate, type KeyPair} from '../../src/certificates/issue.ts';
import {listen} from '../support/loopback.ts';

const day = 86_400_000;

describe('RFC 5280 certificates of a local authority', () => {
  let authority: KeyPair;
  let leaf: KeyPair;
  beforeAll(async () => {
    authority = await createAuthority('caldav on cal.example');
    leaf = await issueCertificate({authority, names: ['cal.example', 'localhost', '127.0.0.1', '::1']});
  });

  test('the authority may sign certificates, and says so', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=caldav on cal.example');
  });

  test('the server’s certificate has its names, is for servers only, and is valid for 397 days at most', () => {
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // id-kp-serverAuth (RFC 5280 §4.2.1.12)
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({namedCurve: 'prime256v1'});
    for (const name of ['cal.example', 'localhost']) expect(certificate.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost('other.example')).toBeUndefined();
    expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    const span = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
    expect(span / day).toBeLessThanOrEqual(397);
    expect(span / day).toBeGreaterThan(396);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  });

  test('a client that trusts the authority, and only such a one, shakes hands with the server', async () => {
    const server = createServer({cert: leaf.certificate, key: leaf.privateKey}, socket => socket.end());
    const port = await listen(server);
    const shake = (options: {ca?: string; servername?: string}) =>
      new Promise<string>(resolve => {
        const socket = connect({port, host: '127.0.0.1', ...options}, () => {
          resolve(socket.authorized ? 'trusted' : 'untrusted');
          socket.destroy();
        });
        socket.on('error', error => resolve((error as NodeJS.ErrnoException).code!));
      });
    expect(await shake({ca: authority.certificate})).toBe('trusted');
    expect(await shake({ca: authority.certificate, servername: 'cal.example'})).toBe('trusted');
    expect(await shake({ca: authority.certificate, servername: 'other.example'})).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await shake({})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await shake({ca: (await createAuthority('caldav on cal.example')).certificate})).not.toBe('trusted');
  });

  test('a certificate does not outlive its authority', async () => {
    const old = await createAuthority('old', new Date(Date.now() - 3600 * day));
    const certificate = new X509Certificate((await issueCertificate({authority: old, names: ['a.example']})).certificate);
    expect(certificate.validTo).toBe(new X509Certificate(old.certificate).validTo);
  });
});
