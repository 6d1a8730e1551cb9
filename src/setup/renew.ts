import {X509Certificate} from 'node:crypto';
import {chmod, mkdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {replaceFile} from '../base/replace-file.ts';
import {hostNames} from '../certificates/host-names.ts';
import {createAuthority, issueCertificate} from '../certificates/issue.ts';
import {authorityFiles, renewCertificate} from '../certificates/renew.ts';
import type {Config} from '../config/config.ts';
import {setConfigValue} from '../config/edit.ts';
import {loadConfig} from '../config/load.ts';

/** What `--renew` answers: the certificate's file, and the day it ends, `2027-12-24`. */
export interface Renewed {
  readonly certificate: string;
  readonly until: string;
}

/**
 * `caldav setup --renew`: a new certificate of the local authority, with the names it had and `names`. Where the server has none, or
 * the file or its key is gone, one is made and the plist told of it. Throws UserError for one that another authority has signed.
 */
export async function renew({dir, configFile}: {dir: string; configFile: string}, names: readonly string[]): Promise<Renewed> {
  const config = loadConfig({file: configFile, folder: dir});
  const wanted = [...names, config.serverHostName];
  if (await isUsable(config)) await renewCertificate(config, {force: true, names: wanted});
  else await make(config, names);
  const {tls} = loadConfig({file: configFile, folder: dir});
  const {validToDate} = new X509Certificate(await readFile(tls.certificate));
  return {certificate: tls.certificate, until: validToDate.toISOString().slice(0, 10)};
}

/** Whether there are a certificate and a key, so that renewing can go by what they say. */
async function isUsable({tls}: Config): Promise<boolean> {
  try {
    return new X509Certificate(await readFile(tls.certificate)) !== undefined && (await readFile(tls.privateKey)).length > 0;
  } catch {
    return false;
  }
}

async function make({file, folder, serverHostName, tls}: Config, names: readonly string[]): Promise<void> {
  const certificate = tls.certificate || join(folder, 'conf/tls/server.pem');
  const privateKey = tls.privateKey || join(dirname(certificate), 'server-key.pem');
  const files = authorityFiles(certificate);
  await mkdir(dirname(certificate), {recursive: true});
  if (!tls.certificate) await chmod(dirname(certificate), 0o700);
  let authority = await readPair(files);
  if (!authority) {
    authority = await createAuthority(`Calendars on ${serverHostName} (caldav)`);
    await replaceFile(files.privateKey, authority.privateKey, {mode: 0o600});
    await replaceFile(files.certificate, authority.certificate, {mode: 0o644});
  }
  const made = await issueCertificate({authority, names: [...new Set([...names, ...hostNames(serverHostName)])]});
  await replaceFile(privateKey, made.privateKey, {mode: 0o600});
  await replaceFile(certificate, made.certificate, {mode: 0o644});
  if (tls.certificate) return;
  await setConfigValue(file, 'SSLAuthorityChain', files.certificate);
  await setConfigValue(file, 'SSLPrivateKey', privateKey);
  await setConfigValue(file, 'SSLCertificate', certificate);
}

async function readPair(files: {certificate: string; privateKey: string}) {
  try {
    return {certificate: await readFile(files.certificate, 'utf8'), privateKey: await readFile(files.privateKey, 'utf8')};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
