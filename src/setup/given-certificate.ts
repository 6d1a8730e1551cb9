import {createPrivateKey, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {UserError} from '../base/user-error.ts';

/** Throws UserError where a person's own certificate and key cannot be read, do not belong together, or have ended. */
export async function checkGivenCertificate(certificateFile: string, keyFile: string): Promise<void> {
  const certificate = await read(certificateFile, 'certificate', text => new X509Certificate(text));
  const key = await read(keyFile, 'private key', text => createPrivateKey(text));
  if (!certificate.checkPrivateKey(key)) {
    throw new UserError(
      `The private key ${keyFile} does not belong to the certificate ${certificateFile}.`,
      'Name the two that do.',
    );
  }
  if (certificate.validToDate < new Date()) {
    throw new UserError(`The certificate ${certificateFile} ended on ${certificate.validTo}.`, 'Renew it first.');
  }
}

async function read<T>(file: string, what: string, parse: (text: Buffer) => T): Promise<T> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    throw new UserError(
      `The ${what} ${file} cannot be read: ${(error as Error).message}.`,
      'Name a file in PEM form that this account may read.',
    );
  }
  try {
    return parse(text);
  } catch {
    throw new UserError(`${file} holds no ${what} that can be used.`, 'It must be in PEM form, a key without a pass phrase.');
  }
}
