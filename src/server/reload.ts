import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {checkProxies, type Material, readAccountRecords, readTls} from './material.ts';
import {memcachedAddresses} from './memcached.ts';

/** What a reload came to. */
export interface ReloadReport {
  /** What was read anew and was another: `configuration`, `accounts`, `certificate`. */
  readonly changed: readonly string[];
  /** What could not be used; the old stays in force. */
  readonly problems: readonly {readonly message: string; readonly fix: string}[];
  /** What takes effect at the next start only. */
  readonly notes: readonly string[];
}

/** Keys that are used once, when the server starts. */
const onlyAtStart: readonly (readonly [key: string, of: (config: Config) => unknown])[] = [
  ['HTTPPort', config => config.httpPort],
  ['SSLPort', config => config.sslPort],
  ['BindAddresses', config => config.bindAddresses],
  ['BindHTTPPorts', config => config.bindHttpPorts],
  ['BindSSLPorts', config => config.bindSslPorts],
  ['DocumentRoot', config => config.documentRoot],
  ['DataRoot', config => config.dataRoot],
  ['UserName', config => config.userName],
  ['GroupName', config => config.groupName],
  ['umask', config => config.umask],
  ['ProcessType', config => config.processType],
  ['MultiProcess.ProcessCount', config => config.processCount],
  ['PIDFile', config => config.pidFile],
  ['ControlSocket', config => config.controlSocket],
  ['AccessLogFile', config => config.logs.accessLogFile],
  ['ErrorLogFile', config => config.logs.errorLogFile],
  ['DefaultLogLevel', config => config.logs.level],
  ['Memcached', config => config.memcached],
  ['ListenBacklog', config => config.listenBacklog],
  ['IdleConnectionTimeOut', config => config.idleConnectionTimeOutSeconds],
];

/** Reads configuration, accounts and certificates anew, each for itself: one that cannot be used leaves the others their change. */
export async function readAgain(
  before: Material,
  loadConfig: () => Config,
): Promise<{material: Material; report: Omit<ReloadReport, 'changed'>}> {
  const problems: {message: string; fix: string}[] = [];
  const attempt = async <T>(read: () => T | Promise<T>, old: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push({message: error.message, fix: error.fix});
      return old;
    }
  };
  const config = await attempt(() => {
    const next = loadConfig();
    checkProxies(next);
    memcachedAddresses(next);
    return next;
  }, before.config);
  const accounts = await attempt(() => readAccountRecords(config), before.accounts);
  const tls = await attempt(() => readTls(config), before.tls);
  const notes = onlyAtStart
    .filter(([, of]) => JSON.stringify(of(config)) !== JSON.stringify(of(before.config)))
    .map(([key]) => `${key} takes effect when the server is restarted.`);
  return {material: {config, accounts, tls: tls ?? before.tls}, report: {problems, notes}};
}
