import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createSecureContext} from 'node:tls';
import {type Accounts, parseAccountRecords, readAccounts} from '../accounts/load.ts';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {trustedProxies} from '../http/forwarded.ts';
import type {TlsMaterial} from '../http/listener.ts';
import {memcachedAddresses} from './memcached.ts';

/**
 * All that a worker needs to know, as the supervisor read it: a worker that has given up root may not be able to read these files.
 * It goes from process to process, so it is data only.
 */
export interface Material {
  readonly config: Config;
  /** What accounts.xml says, without fault. */
  readonly accounts: Accounts;
  /** Undefined: no TLS. */
  readonly tls: TlsMaterial | undefined;
}

/** Reads all that `config` names. Throws UserError for the first thing that cannot be used. */
export async function readMaterial(config: Config): Promise<Material> {
  checkProxies(config);
  memcachedAddresses(config);
  return {config, accounts: await readAccountRecords(config), tls: await readTls(config)};
}

/** Throws UserError where TrustedProxies names what is no address. */
export function checkProxies(config: Config): void {
  try {
    trustedProxies(config.trustedProxies);
  } catch (error) {
    throw new UserError(
      `In TrustedProxies of ${config.file}, ${(error as Error).message}.`,
      'Write it as 192.0.2.1 or 192.0.2.0/24.',
    );
  }
}

/** What accounts.xml says. Throws UserError where it cannot be read or is wrong. */
export async function readAccountRecords({directory: {xmlFile}}: Config): Promise<Accounts> {
  return parseAccountRecords(await readAccounts(xmlFile), xmlFile);
}

/** The certificate, its key and its chain. Throws UserError where they cannot be read, are damaged or do not belong together. */
export async function readTls({tls}: Config): Promise<TlsMaterial | undefined> {
  if (!tls.certificate) return undefined;
  const keyFile = tls.privateKey || tls.certificate;
  const certificate = await readPem(tls.certificate, 'certificate', 'SSLCertificate');
  if (!certificate.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UserError(
      `The file ${tls.certificate} holds no certificate in PEM form.`,
      'Name the right one in SSLCertificate, or make a new one with: caldav setup --renew',
    );
  }
  const privateKey = await readPem(keyFile, 'private key', 'SSLPrivateKey');
  const authorityChain = tls.authorityChain ? await readPem(tls.authorityChain, 'certificate chain', 'SSLAuthorityChain') : '';
  const material = {certificate, privateKey, authorityChain};
  try {
    createSecureContext({cert: [certificate, authorityChain].filter(Boolean).join('\n'), key: privateKey});
  } catch (error) {
    throw unusable(error as Error, tls.certificate, keyFile);
  }
  return material;
}

/** What to say of a certificate that has run out; undefined: it has not. */
export function expiryNote({certificate}: TlsMaterial, file: string, now = Date.now()): string | undefined {
  const end = Date.parse(new X509Certificate(certificate).validTo);
  if (end > now) return undefined;
  const day = new Date(end).toISOString().slice(0, 10);
  return `The certificate ${file} ran out on ${day}, and devices refuse it. Renew it, or replace it with: caldav setup --renew`;
}

async function readPem(file: string, what: string, key: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    const again = 'Make a new one with: caldav setup --renew';
    if (code === 'ENOENT') throw new UserError(`There is no ${what} at ${file}.`, `Mend ${key} in the configuration. ${again}`);
    if (code === 'EACCES') {
      throw new UserError(
        `This account may not read the ${what} ${file}.`,
        `Give it the right, or start the server as root with UserName set.`,
      );
    }
    throw new UserError(`The ${what} ${file} cannot be read: ${message}.`, again);
  }
}

function unusable(error: Error & {code?: string}, certificateFile: string, keyFile: string): UserError {
  if (/key values mismatch/i.test(error.message)) {
    return new UserError(
      `The private key ${keyFile} does not belong to the certificate ${certificateFile}.`,
      'Name the key it was made with in SSLPrivateKey, or make both anew with: caldav setup --renew',
    );
  }
  if (/passphrase|password|bad decrypt/i.test(error.message)) {
    return new UserError(
      `The private key ${keyFile} is protected by a passphrase, which nobody can type while a server starts.`,
      `Write it without one: openssl pkey -in ${keyFile} -out FILE`,
    );
  }
  return new UserError(
    `The certificate ${certificateFile} with the key ${keyFile} cannot be used (${error.message}).`,
    'Both must be PEM files. Make new ones with: caldav setup --renew',
  );
}
