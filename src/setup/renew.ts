import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {renewCertificate} from '../certificates/renew.ts';
import {loadConfig} from '../config/load.ts';

/** `caldav setup --renew`: a new certificate of the local authority, with the names it had and `names`. Throws UserError. */
export async function renew({dir, configFile}: {dir: string; configFile: string}, names: readonly string[]) {
  const config = loadConfig({file: configFile, folder: dir});
  await renewCertificate(config, {force: true, names: [...names, config.serverHostName]});
  const {validToDate} = new X509Certificate(await readFile(config.tls.certificate));
  return {certificate: config.tls.certificate, until: validToDate.toISOString().slice(0, 10)};
}
