import {describe, expect, test} from 'vitest';
import {createAuthority, issueCertificate} from '../../src/certificates/issue.ts';
import type {PlistValue} from '../../src/config/key.ts';
import {parseConfig} from '../../src/config/load.ts';
import {strictTransport} from '../../src/server/strict-transport.ts';

const authority = await createAuthority('Known Authority');
const {certificate, privateKey} = await issueCertificate({authority, names: ['cal.example.com']});
const known = {certificate, privateKey, authorityChain: ''};
const own = {certificate, privateKey, authorityChain: authority.certificate};
const selfSigned = {certificate: authority.certificate, privateKey: authority.privateKey, authorityChain: ''};

const config = (plist: Record<string, PlistValue>) =>
  parseConfig({plist: {SSLPort: 8443, ...plist}, file: '/nowhere/conf/caldavd.plist', folder: '/nowhere'});

describe('RFC 6797 §6.1: Strict-Transport-Security', () => {
  test.each([
    ['TLS is the only way in: a week', {}, known, 'max-age=604800'],
    ['the clear port leads to TLS', {HTTPPort: 8008, RedirectHTTPToHTTPS: true}, known, 'max-age=604800'],
    ['it is set', {StrictTransportSecuritySeconds: 60}, known, 'max-age=60'],
    ['it is switched off', {StrictTransportSecuritySeconds: 0}, known, undefined],
    ['a clear port serves', {HTTPPort: 8008}, known, undefined],
    ['a clear port of a list serves', {BindHTTPPorts: [8008]}, known, undefined],
    ['the certificate comes with a root of the server’s own', {}, own, undefined],
    ['the certificate has signed itself', {}, selfSigned, undefined],
    ['there is no certificate', {}, undefined, undefined],
  ] as const)('where %s', (_, plist, tls, said) => {
    expect(strictTransport(config(plist as unknown as Record<string, PlistValue>), tls)).toBe(said);
  });
});
