import {stat} from 'node:fs/promises';
import {createServer} from 'node:net';
import {hostname, userInfo} from 'node:os';
import {delimiter, dirname, join, resolve} from 'node:path';
import {loadDirectory} from '../accounts/load.ts';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import type {Account} from '../server/privileges.ts';
import type {Answers} from './answers.ts';
import type {Found} from './found.ts';
import {checkGivenCertificate} from './given-certificate.ts';
import {findSystemAccount} from './system-accounts.ts';
import {readUnfinished} from './unfinished.ts';

/** Looks at what is there, and changes nothing. Throws UserError for a plist, an accounts.xml or a certificate that cannot be used. */
export async function look(answers: Answers, {folder, configFile}: {folder: string; configFile: string}): Promise<Found> {
  const config = await existingConfig(configFile, folder, answers.force ?? false);
  const conf = join(folder, 'conf');
  const root = process.geteuid?.() === 0;
  const accountsFile = (!answers.force && config?.directory.xmlFile) || join(conf, 'auth/accounts.xml');
  if (answers.tlsCertificate) {
    const certificate = resolve(folder, answers.tlsCertificate);
    await checkGivenCertificate(certificate, answers.tlsKey ? resolve(folder, answers.tlsKey) : certificate);
  }
  const userName = (answers.force ? undefined : config?.userName) || answers.runAs || (root ? 'caldav' : '');
  const account = root && userName ? findSystemAccount(userName) : undefined;
  const candidates = [
    configFile,
    accountsFile,
    ...['', 'auth', 'tls', 'auth/accounts.dtd', 'caldavd.plist', 'caldavd-apple.plist'].map(name => join(conf, name)),
    ...['ca.pem', 'ca-key.pem', 'server.pem', 'server-key.pem'].map(name => join(conf, 'tls', name)),
    ...(await servedFolders(answers, config, folder)),
  ];
  return {
    folder,
    configFile,
    config,
    existing: new Set((await Promise.all(candidates.map(async path => ((await exists(path)) ? [path] : [])))).flat()),
    machine: {hostName: hostname() || 'localhost', login: loginName(), root},
    busyPorts: config ? new Map() : await busyPorts([answers.httpPort ?? 8008, answers.sslPort ?? 8443], answers.bind ?? []),
    accounts: await accountsIn(accountsFile, answers.force ?? false),
    system: root
      ? {
          exists: account !== undefined,
          canMake: await hasProgram(['useradd', 'adduser', 'dscl']),
          canReachFolder: await canReach(folder, account),
        }
      : undefined,
    unfinished: await readUnfinished(folder),
  };
}

async function existingConfig(file: string, folder: string, force: boolean): Promise<Config | undefined> {
  if (!(await exists(file))) return undefined;
  try {
    return loadConfig({file, folder});
  } catch (error) {
    if (force) return undefined;
    throw error instanceof UserError
      ? new UserError(error.message, `${error.fix} Or write everything anew: caldav setup --force`)
      : error;
  }
}

async function accountsIn(file: string, force: boolean): Promise<Found['accounts']> {
  if (!(await exists(file))) return undefined;
  try {
    const directory = await loadDirectory(file);
    return new Map(
      [...directory.list('users')].flatMap(({uids, guid, fullName}) => uids.map(uid => [uid, {guid, fullName}] as const)),
    );
  } catch (error) {
    if (force) return undefined;
    throw error;
  }
}

/** Every place where data, logs and run may go. */
async function servedFolders(answers: Answers, config: Config | undefined, folder: string): Promise<string[]> {
  const {escapeFolder} = await import('./plan.ts');
  const homes = [folder, join('/var/lib/caldav', escapeFolder(folder))];
  const given = [answers.documentRoot, answers.dataRoot, answers.logDir, answers.runDir].flatMap(path =>
    path ? [resolve(folder, path)] : [],
  );
  return [
    ...homes.flatMap(home => ['', 'data', 'data/documents', 'logs', 'run'].map(name => join(home, name))),
    ...given,
    ...(answers.dataRoot ? [resolve(folder, answers.dataRoot, 'documents')] : []),
    ...(config ? [config.documentRoot, config.dataRoot, dirname(config.logs.errorLogFile), dirname(config.pidFile)] : []),
  ];
}

function loginName(): string | undefined {
  const name = process.env.SUDO_USER || ownName();
  return name === 'root' ? undefined : name;
}

function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER; // an account without an entry in the system's list, as in containers
  }
}

/** Which ports are taken, each with the next free one above it. */
export async function busyPorts(ports: readonly number[], bind: readonly string[]): Promise<Map<number, number>> {
  const busy = new Map<number, number>();
  for (const port of ports) {
    if (port === 0 || (await isFree(port, bind))) continue;
    let next = port + 1;
    while (next < 65_535 && (ports.includes(next) || [...busy.values()].includes(next) || !(await isFree(next, bind)))) next++;
    busy.set(port, next);
  }
  return busy;
}

async function isFree(port: number, bind: readonly string[]): Promise<boolean> {
  for (const host of bind.length > 0 ? bind : [undefined]) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>(done => {
      const server = createServer().once('error', done);
      server.listen({port, ...(host && {host})}, () => server.close(() => done(undefined)));
    });
    if (error?.code === 'EADDRINUSE') return false;
  }
  return true;
}

/** Whether an account (undefined: one that is yet to be made) may enter a folder, going by the modes of all folders above it. */
export async function canReach(folder: string, account: Account | undefined): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const {mode, uid, gid} = (await stat(path).catch(() => undefined)) ?? {mode: 0o755, uid: 0, gid: 0};
    const bit = account?.uid === uid ? 0o100 : account?.gid === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

async function hasProgram(names: readonly string[]): Promise<boolean> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const name of names) for (const folder of folders) if (folder && (await exists(join(folder, name)))) return true;
  return false;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
