import {X509Certificate} from 'node:crypto';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {createAuthority, issueCertificate} from '../../src/certificates/issue.ts';
import {namesOf, renewCertificate} from '../../src/certificates/renew.ts';
import {temporaryFolder} from '../support/temporary.ts';

const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day);

describe('renewCertificate', () => {
  let folder: string;
  let tls: {certificate: string; privateKey: string};
  const current = async () => new X509Certificate(await readFile(tls.certificate));
  beforeEach(async () => {
    folder = await temporaryFolder();
    const authority = await createAuthority('test');
    const leaf = await issueCertificate({authority, names: ['cal.example', '::1']});
    tls = {certificate: join(folder, 'server.pem'), privateKey: join(folder, 'server-key.pem')};
    await writeFile(join(folder, 'ca.pem'), authority.certificate);
    await writeFile(join(folder, 'ca-key.pem'), authority.privateKey);
    await writeFile(tls.certificate, leaf.certificate);
    await writeFile(tls.privateKey, leaf.privateKey);
  });

  test('nothing is done while more than 30 days are left', async () => {
    const before = await readFile(tls.certificate, 'utf8');
    expect(await renewCertificate({tls}, {now: inDays(365)})).toBe(false);
    expect(await readFile(tls.certificate, 'utf8')).toBe(before);
  });

  test('within 30 days of its end it is made anew, with the same names and key', async () => {
    const before = await current();
    expect(await renewCertificate({tls}, {now: inDays(368)})).toBe(true);
    const after = await current();
    expect(after.validToDate.getTime() - before.validToDate.getTime()).toBeGreaterThan(360 * day);
    expect(namesOf(after)).toEqual(['cal.example', '::1']);
    expect(after.publicKey.equals(before.publicKey)).toBe(true);
    expect(after.verify(new X509Certificate(await readFile(join(folder, 'ca.pem'))).publicKey)).toBe(true);
  });

  test('force and a further name renew it at any time', async () => {
    expect(await renewCertificate({tls}, {force: true})).toBe(true);
    expect(await renewCertificate({tls}, {names: ['cal.example']})).toBe(false);
    expect(await renewCertificate({tls}, {names: ['new.example']})).toBe(true);
    expect(namesOf(await current())).toEqual(['new.example', 'cal.example', '::1']);
  });

  test('a certificate of another authority is left alone', async () => {
    await writeFile(join(folder, 'ca.pem'), (await createAuthority('test')).certificate);
    expect(await renewCertificate({tls}, {now: inDays(390)})).toBe(false);
    await expect(renewCertificate({tls}, {force: true})).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('was not signed by an authority that caldav setup made'),
    });
    await rm(join(folder, 'ca.pem'));
    expect(await renewCertificate({tls}, {now: inDays(390)})).toBe(false);
  });

  test('a server without a certificate has none to renew', async () => {
    expect(await renewCertificate({tls: {certificate: '', privateKey: ''}})).toBe(false);
    await expect(renewCertificate({tls: {certificate: '', privateKey: ''}}, {force: true})).rejects.toMatchObject({
      name: 'UserError',
    });
  });
});
