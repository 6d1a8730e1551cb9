import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {isIP} from 'node:net';
import {dirname, join} from 'node:path';
import {replaceFile} from '../base/replace-file.ts';
import {UserError} from '../base/user-error.ts';

/** A running server renews this many days before its certificate ends. */
const renewBeforeDays = 30;

const dayMs = 86_400_000;

/** What renewing has to know; Config fits. */
export interface Renewable {
  readonly tls: {readonly certificate: string; readonly privateKey: string};
}

export interface RenewOptions {
  /** However long the certificate is still valid; and say why where it cannot be done. */
  readonly force?: boolean;
  /** Names it must have besides those it has. */
  readonly names?: readonly string[];
  readonly now?: Date;
}

/**
 * Replaces the server's certificate where it ends within 30 days or lacks a name, and answers whether it did. The key stays, so one
 * file changes in one step. A certificate that the local authority beside it has not signed is left alone; with `force` that
 * throws UserError. Throws also where a file cannot be read or written.
 */
export async function renewCertificate(
  {tls}: Renewable,
  {force, names = [], now = new Date()}: RenewOptions = {},
): Promise<boolean> {
  if (!tls.certificate)
    return refuse(force, 'This server has no certificate: its plist names none', 'Type: caldav setup --renew');
  const current = new X509Certificate(await readFile(tls.certificate));
  const had = namesOf(current);
  const wanted = [...new Set([...names, ...had])];
  const daysLeft = (current.validToDate.getTime() - now.getTime()) / dayMs;
  if (!force && daysLeft > renewBeforeDays && wanted.length === had.length) return false;
  const files = authorityFiles(tls.certificate);
  const authority = await readAuthority(files);
  if (!authority || !current.verify(new X509Certificate(authority.certificate).publicKey)) {
    return refuse(
      force,
      `${tls.certificate} was not signed by an authority that caldav setup made (${files.certificate})`,
      'Renew it where it came from, then type: caldav reload',
    );
  }
  const {issueCertificate} = await import('./issue.ts');
  const privateKey = await readFile(tls.privateKey, 'utf8');
  const {certificate} = await issueCertificate({authority, names: wanted, privateKey, now});
  await replaceFile(tls.certificate, certificate);
  return true;
}

/** Where the local authority lies: beside the certificates it signs. */
export function authorityFiles(certificate: string): {certificate: string; privateKey: string} {
  return {certificate: join(dirname(certificate), 'ca.pem'), privateKey: join(dirname(certificate), 'ca-key.pem')};
}

/** The names of a certificate's subjectAltName: host names, and IP addresses in their shortest form. */
export function namesOf(certificate: X509Certificate): string[] {
  const found = (certificate.subjectAltName ?? '').matchAll(/(?:^|, )(DNS|IP Address):([^,]+)/g);
  return [...found].map(([, type, name]) => (type === 'DNS' ? name! : shortest(name!)));
}

function shortest(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

async function readAuthority(files: {certificate: string; privateKey: string}) {
  try {
    return {certificate: await readFile(files.certificate, 'utf8'), privateKey: await readFile(files.privateKey, 'utf8')};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function refuse(force: boolean | undefined, message: string, fix: string): false {
  if (force) throw new UserError(`${message}.`, fix);
  return false;
}
