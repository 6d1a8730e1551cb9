import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';
import {beforeAll, describe, expect, test} from 'vitest';
import {createAuthority, issueCertificate} from '../../../src/certificates/issue.ts';
import {type CertificateFiles, judgeCertificates} from '../../../src/doctor/checks/certificates.ts';

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const now = Date.UTC(2026, 10, 22);
const day = 24 * 60 * 60 * 1000;

interface Issued {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}
type CryptoKeyPair = Awaited<ReturnType<typeof makeKeys>>;

async function makeKeys() {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function pemOf(keys: CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

async function makeAuthority(name: string): Promise<Issued> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys: keys as never,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - day),
    notAfter: new Date(now + 3650 * day),
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {certificate, keys};
}

interface LeafOptions {
  readonly names?: string[];
  readonly from?: number;
  readonly days?: number;
  readonly purpose?: boolean;
}

async function makeLeaf(
  authority: Issued,
  {names = ['cal.example.com'], from = now - day, days = 300, purpose = true}: LeafOptions = {},
): Promise<Issued> {
  const keys = await makeKeys();
  const extensions: x509.Extension[] = [new x509.BasicConstraintsExtension(false)];
  if (purpose) extensions.push(new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']));
  if (names.length > 0) {
    extensions.push(new x509.SubjectAlternativeNameExtension(names.map(value => ({type: 'dns' as const, value}))));
  }
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=cal.example.com',
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey as never,
    signingKey: authority.keys.privateKey as never,
    signingAlgorithm: algorithm,
    notBefore: new Date(from),
    notAfter: new Date(from + days * day),
    extensions,
  });
  return {certificate, keys};
}

let authority: Issued;
beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as never);
  authority = await makeAuthority('Ann’s authority');
});

async function files(leaf: Issued, more: Partial<CertificateFiles> = {}): Promise<CertificateFiles> {
  const chain = authority.certificate.toString('pem');
  return {leaf: leaf.certificate.toString('pem'), key: await pemOf(leaf.keys), chain, host: 'cal.example.com', now, ...more};
}

describe('the chain of certificates', () => {
  test('a leaf that its authority signed is well, and its days are counted', async () => {
    const results = judgeCertificates(await files(await makeLeaf(authority)));
    expect(results).toMatchObject([{status: 'ok', details: {daysLeft: 299}}]);
    expect(results[0]!.message).toContain('signed by Ann’s authority');
  });

  test('an authority of the same name that did not sign it is found', async () => {
    const other = await makeAuthority('Ann’s authority');
    const results = judgeCertificates(await files(await makeLeaf(authority), {chain: other.certificate.toString('pem')}));
    expect(results).toMatchObject([{status: 'fail', message: expect.stringContaining('was not signed by')}]);
    expect(results[0]!.fix).toContain('caldav setup --renew');
  });

  test('a key that is another certificate’s is found', async () => {
    const key = await pemOf(await makeKeys());
    const results = judgeCertificates(await files(await makeLeaf(authority), {key}));
    expect(results).toMatchObject([{status: 'fail', message: 'the private key does not belong to the certificate'}]);
  });

  test('a name that is not covered is found, with the names that are', async () => {
    const results = judgeCertificates(await files(await makeLeaf(authority, {names: ['other.example.com']})));
    expect(results).toMatchObject([{status: 'fail', details: {host: 'cal.example.com'}}]);
    expect(results[0]!.message).toContain('DNS:other.example.com, not for cal.example.com');
  });

  test('one that has run out is found, and one that is about to', async () => {
    const old = await files(await makeLeaf(authority, {from: now - 100 * day, days: 99}));
    expect(judgeCertificates(old)).toMatchObject([{status: 'fail', message: expect.stringContaining('ran out on 2026-11-21')}]);
    const soon = await files(await makeLeaf(authority, {days: 8}));
    expect(judgeCertificates(soon)).toMatchObject([{status: 'warn', message: expect.stringContaining('runs out in 7 days')}]);
  });

  test('one that is not valid yet points at the clock', async () => {
    const results = judgeCertificates(await files(await makeLeaf(authority, {from: now + day})));
    expect(results).toMatchObject([{status: 'fail', fix: expect.stringContaining('clock')}]);
  });

  test.each([
    [397, 'ok'],
    [500, 'warn'],
    [900, 'fail'],
  ])('made for %i days: %s', async (days, status) => {
    expect(judgeCertificates(await files(await makeLeaf(authority, {days})))).toMatchObject([{status}]);
  });

  test('one without subjectAltName, and one that is not for servers', async () => {
    const nameless = judgeCertificates(await files(await makeLeaf(authority, {names: []})));
    expect(nameless).toMatchObject([{status: 'fail', message: expect.stringContaining('subjectAltName')}]);
    const aimless = judgeCertificates(await files(await makeLeaf(authority, {purpose: false})));
    expect(aimless).toMatchObject([{status: 'fail', message: expect.stringContaining('serverAuth')}]);
  });

  test('a leaf signed by a leaf is no chain', async () => {
    const middle = await makeLeaf(authority);
    const leaf = await makeLeaf(middle);
    const chain = middle.certificate.toString('pem') + authority.certificate.toString('pem');
    expect(judgeCertificates(await files(leaf, {chain}))).toMatchObject([
      {status: 'fail', message: expect.stringContaining('is no authority')},
    ]);
  });

  test('a missing authority is a warning: the chain leads nowhere', async () => {
    const results = judgeCertificates(await files(await makeLeaf(authority), {chain: ''}));
    expect(results).toMatchObject([{status: 'warn', fix: expect.stringContaining('SSLAuthorityChain')}]);
  });

  test('text that is no certificate, and a damaged one', async () => {
    const good = await files(await makeLeaf(authority));
    expect(judgeCertificates({...good, leaf: 'hello'})).toMatchObject([
      {status: 'fail', message: expect.stringContaining('PEM')},
    ]);
    const damaged = good.leaf.replace(/\n(....)/, '\nAAAA');
    expect(judgeCertificates({...good, leaf: damaged})).toMatchObject([
      {status: 'fail', message: expect.stringContaining('damaged')},
    ]);
    expect(judgeCertificates({...good, key: 'hello'})).toMatchObject([
      {status: 'fail', message: expect.stringContaining('private key')},
    ]);
  });

  test('what set-up makes is well', async () => {
    const own = await createAuthority('Calendars');
    const leaf = await issueCertificate({authority: own, names: ['cal.example.com', '192.0.2.1']});
    const given = {leaf: leaf.certificate, key: leaf.privateKey, chain: own.certificate, now: Date.now()};
    expect(judgeCertificates({...given, host: 'cal.example.com'})).toMatchObject([{status: 'ok'}]);
    expect(judgeCertificates({...given, host: '192.0.2.1'})).toMatchObject([{status: 'ok'}]);
    expect(judgeCertificates({...given, host: '192.0.2.2'})).toMatchObject([{status: 'fail'}]);
  });
});
