import {existsSync, realpathSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {authorityFiles} from '../../certificates/renew.ts';
import type {Config} from '../../config/config.ts';
import {asAccount} from '../../doctor/as-account.ts';
import type {Account} from '../../server/privileges.ts';
import {programFolder} from '../install.ts';
import {hasLowPort, type Service} from './service.ts';

export interface ServiceWishes {
  readonly name: string;
  readonly own: boolean;
  readonly managerVersion?: number | undefined;
}

/** The service of a configuration. `account`: whom root becomes; undefined where it stays what it is. Touches nothing. */
export async function planService(
  config: Config,
  account: Account | undefined,
  {name, own, managerVersion}: ServiceWishes,
): Promise<Service> {
  const program = programFolder();
  const script = join(program, 'bin/caldav');
  const node = realpathSync(process.execPath);
  const {tls, directory, logs} = config;
  const secrets = [tls.certificate, tls.privateKey, tls.authorityChain].filter(Boolean);
  const read = [config.file, directory.xmlFile, ...secrets];
  const reached = account ? await asAccount(account, 'access', [...read, node, script, join(program, 'dist/cli/main.js')]) : [];
  const user = account && reached.every(({readable}) => readable) ? account.name : undefined;
  return {
    name,
    own,
    folder: config.folder,
    config: config.file,
    node,
    script,
    user: own ? undefined : user,
    group: own || user === undefined ? undefined : config.groupName || undefined,
    pidFile: config.pidFile,
    errorLog: logs.errorLogFile,
    umask: config.umask,
    lowPort: hasLowPort(config),
    writable: writable(config),
    readable: [program, node, config.folder, ...read],
    ...(managerVersion === undefined ? {} : {managerVersion}),
  };
}

/** The folders of all that the running server writes; among them that of a certificate it renews. */
function writable({documentRoot, dataRoot, logs, pidFile, controlSocket, serverStatsFile, tls}: Config): string[] {
  const files = [logs.accessLogFile, logs.errorLogFile, pidFile, controlSocket, serverStatsFile].filter(Boolean);
  const renewed = tls.certificate && existsSync(authorityFiles(tls.certificate).privateKey) ? [tls.certificate] : [];
  return [...new Set([documentRoot, dataRoot, ...[...files, ...renewed].map(file => dirname(file))])];
}
