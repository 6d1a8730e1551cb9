import {join, resolve} from 'node:path';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import type {Answers, TlsKind} from './answers.ts';
import type {Found} from './found.ts';
import {planAccounts} from './plan-accounts.ts';
import {checkConflicts} from './plan-conflicts.ts';
import type {Plan, PlannedPath, Settings} from './planned.ts';

const standardRealm = 'Calendars';

/** Decides all that a set-up does, and touches nothing. Throws UserError for answers that contradict what is there. */
export function planSetup(answers: Answers, found: Found): Plan {
  const {folder, configFile, config, existing, unfinished} = found;
  const force = answers.force ?? false;
  if (config && !force) checkConflicts(answers, config, found);
  const remarks: string[] = [];
  const settings = config && !force ? settingsOf(config, answers) : decide(answers, found, remarks);
  const {certificate, privateKey, kind} = settings.tls;

  const make = (path: string, mode: number, {replace = force, served = false} = {}): PlannedPath => ({
    path,
    action: existing.has(path) ? (replace ? 'replace' : 'keep') : 'make',
    mode,
    ...(served && {served}),
  });
  const pair = (paths: readonly [string, number][], replace: boolean) => {
    const whole = paths.every(([path]) => existing.has(path));
    return paths.map(([path, mode]) => make(path, mode, {replace: replace || !whole}));
  };
  const conf = join(folder, 'conf');
  const authorityKey = join(folder, 'conf/tls/ca-key.pem');
  const authority =
    kind === 'own'
      ? pair(
          [
            [authorityKey, 0o600],
            [settings.tls.authority, 0o644],
          ],
          false,
        )
      : [];
  const newAuthority = authority.some(({action}) => action !== 'keep');
  const leaf =
    kind === 'own'
      ? pair(
          [
            [privateKey, 0o600],
            [certificate, 0o644],
          ],
          force || newAuthority,
        )
      : [];
  const accountsFile = make(settings.accountsFile, 0o600, {replace: force || (unfinished?.madeAccounts ?? false)});
  const accounts = planAccounts(answers, found, accountsFile, remarks);

  return {
    answers,
    folder,
    configFile,
    settings,
    systemAccount:
      found.system && settings.userName ? {name: settings.userName, action: found.system.exists ? 'keep' : 'make'} : undefined,
    folders: foldersOf(settings, conf, kind === 'own').map(([path, mode, served]) => make(path, mode, {replace: false, served})),
    authority,
    certificate: leaf,
    accountsFile,
    accounts,
    admin: accounts.find(({admin}) => admin)?.name ?? keptAdmin(answers, found),
    config: make(configFile, 0o644),
    references: ['auth/accounts.dtd', 'caldavd.plist', 'caldavd-apple.plist']
      .map(name => join(conf, name))
      .filter(path => path !== configFile)
      .map(path => make(path, 0o644)),
    remarks,
  };
}

/** Whether a plan finds everything done. */
export function nothingToDo(plan: Plan): boolean {
  const paths = [...plan.folders, ...plan.authority, ...plan.certificate, plan.accountsFile, plan.config, ...plan.references];
  return paths.every(({action}) => action === 'keep') && plan.systemAccount?.action !== 'make';
}

/** The administrator where accounts.xml is kept: the one asked for, else whoever is called admin. */
function keptAdmin({admin}: Answers, {accounts}: Found): string {
  return admin ?? (accounts?.has('admin') ? 'admin' : '');
}

/** A new server, or one that is written anew. */
function decide(answers: Answers, found: Found, remarks: string[]): Settings {
  const {folder, configFile, machine, system, config} = found;
  const kind = answers.tls ?? (answers.tlsCertificate ? 'files' : 'own');
  const userName = answers.runAs ?? (machine.root ? 'caldav' : '');
  if (system && !system.exists && !system.canMake) {
    throw new UserError(
      `caldav does not serve as root, and the account ${userName} that it would become can not be made here: there is no useradd, adduser or dscl.`,
      `Make an account and name it: caldav setup --run-as NAME. Or set the server up from an account other than root.`,
    );
  }
  let home = folder;
  if (system && !system.canReachFolder) {
    home = join('/var/lib/caldav', escapeFolder(folder));
    remarks.push(
      `The account ${userName} can not get into ${folder}, so data, logs and run go to ${home}. The configuration stays in ${folder}/conf.`,
    );
  }
  const place = (given: string | undefined, standard: string) =>
    given === undefined ? join(home, standard) : resolve(folder, given);
  const dataRoot = place(answers.dataRoot, 'data');
  const freePort = (given: number | undefined, standard: number) => {
    const port = given ?? standard;
    const next = config || port === 0 ? undefined : found.busyPorts.get(port);
    if (next === undefined) return port;
    if (given !== undefined) {
      remarks.push(`Port ${port} is in use by another program: stop it before you start the server, or choose another port.`);
      return port;
    }
    remarks.push(`Port ${port} is in use by another program, so this server takes ${next}.`);
    return next;
  };
  const settings = {
    host: answers.host ?? machine.hostName,
    httpPort: freePort(answers.httpPort, 8008),
    sslPort: kind === 'none' ? 0 : freePort(answers.sslPort, 8443),
    bind: answers.bind ?? [],
    documentRoot: answers.documentRoot === undefined ? join(dataRoot, 'documents') : resolve(folder, answers.documentRoot),
    dataRoot,
    logDir: place(answers.logDir, 'logs'),
    runDir: place(answers.runDir, 'run'),
    accountsFile: join(folder, 'conf/auth/accounts.xml'),
    realm: answers.realm ?? standardRealm,
    userName,
    tls: tlsOf(kind, answers, folder),
  };
  if (kind === 'none') {
    remarks.push(
      'Without TLS only programs on this machine can log in. For others put a proxy with TLS in front and name it in TrustedProxies, or set Authentication.Basic.AllowedOverWireUnencrypted, which shows every password to the network.',
    );
  }
  if (machine.root) remarks.push(`Root starts the server, and it becomes ${userName} before it touches any data.`);
  if (configFile !== join(folder, 'conf/caldavd-dev.plist'))
    remarks.push(`The configuration is ${configFile}: name it to every command with --config.`);
  return settings;
}

function tlsOf(kind: TlsKind, {tlsCertificate, tlsKey}: Answers, folder: string): Settings['tls'] {
  if (kind === 'none') return {kind, certificate: '', privateKey: '', authority: ''};
  const tls = join(folder, 'conf/tls');
  if (kind === 'own') {
    return {kind, certificate: join(tls, 'server.pem'), privateKey: join(tls, 'server-key.pem'), authority: join(tls, 'ca.pem')};
  }
  if (!tlsCertificate)
    throw new UserError('There is no certificate named.', 'Type: caldav setup --tls-certificate FILE --tls-key FILE');
  const certificate = resolve(folder, tlsCertificate);
  return {kind, certificate, privateKey: tlsKey ? resolve(folder, tlsKey) : certificate, authority: ''};
}

/** A server that is there: what its plist says. */
function settingsOf(config: Config, {realm = standardRealm}: Answers): Settings {
  const {certificate, privateKey, authorityChain} = config.tls;
  const own = certificate === join(config.folder, 'conf/tls/server.pem');
  return {
    host: config.serverHostName,
    httpPort: config.httpPort,
    sslPort: config.sslPort,
    bind: config.bindAddresses,
    documentRoot: config.documentRoot,
    dataRoot: config.dataRoot,
    logDir: join(config.logs.errorLogFile, '..'),
    runDir: join(config.pidFile, '..'),
    accountsFile: config.directory.xmlFile,
    realm,
    userName: config.userName,
    tls: {
      kind: certificate === '' ? 'none' : own ? 'own' : 'files',
      certificate,
      privateKey,
      authority: own ? join(config.folder, 'conf/tls/ca.pem') : authorityChain,
    },
  };
}

function foldersOf(settings: Settings, conf: string, tls: boolean): [path: string, mode: number, served: boolean][] {
  const served = [settings.dataRoot, settings.documentRoot, settings.logDir, settings.runDir];
  return [
    [conf, 0o755, false],
    [join(conf, 'auth'), 0o700, false],
    ...(tls ? [[join(conf, 'tls'), 0o700, false] as [string, number, boolean]] : []),
    ...[...new Set(served)].map(path => [path, 0o750, true] as [string, number, boolean]),
  ];
}

/** A folder's path as the name of one folder: `/root/cal` is `root-cal`, and no two folders are the same. */
export function escapeFolder(folder: string): string {
  const names = folder.split('/').filter(Boolean);
  return names.map(name => encodeURIComponent(name).replaceAll('-', '%2D')).join('-') || '-';
}
