import {accessSync, constants, existsSync, lchownSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {Log} from '../base/log.ts';
import {UserError} from '../base/user-error.ts';
import {renewCertificate} from '../certificates/renew.ts';
import type {Config} from '../config/config.ts';
import type {Bound} from '../http/bind.ts';
import {openControl} from './control.ts';
import type {Crew, CrewLogs} from './crew.ts';
import {createLog, forTerminal} from './error-log.ts';
import {type LogFile, openLogFile} from './log-file.ts';
import {expiryNote, type Material, readMaterial} from './material.ts';
import {startMemcached} from './memcached-process.ts';
import {claimPidFile} from './pid-file.ts';
import {checkPorts, endpoints, printAddresses} from './ports.ts';
import {type Account, currentIdentity, type Identity, planAccount} from './privileges.ts';
import {Recruits} from './recruits.ts';
import {type ReloadReport, readAgain} from './reload.ts';
import {onSignals} from './signals.ts';
import {type ServerStatus, writeStats} from './stats.ts';
import {watchFiles} from './watch.ts';

export interface SuperviseOptions {
  /** Reads the configuration, at the start and for every reload. Throws UserError. */
  loadConfig(): Config;
  /** Told once everything answers. */
  ready(status: ServerStatus): void;
  /** Takes remarks and, while a person watches, warnings. */
  note(text: string): void;
  /** Looks at what the configuration names before anything is opened, as the account that will serve. Throws UserError. */
  check?(config: Config, account: Account | undefined): Promise<void>;
  /** A folder to write a CPU profile of each process to when the server stops. */
  readonly profileDir?: string;
  readonly identity?: Identity;
}

/** How long requests under way get to end, and how long when the server is asked a second time. */
const graceMs = 30_000;
const hurriedGraceMs = 1000;
const statsEveryMs = 60_000;
const renewEveryMs = 6 * 60 * 60 * 1000;

/**
 * Runs the server until it is told to stop. Rejects with UserError where it cannot start; then nothing is left: no port, no PID file,
 * no process.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const config = options.loadConfig();
  const account = planAccount(config, options.identity ?? currentIdentity(), options.note);
  await using undo = new AsyncDisposableStack();
  const recruits = config.processType === 'Single' ? undefined : undo.use(new Recruits(config.processCount));
  const material = await readMaterial(config);
  await options.check?.(config, account);

  makeFolders(config, account);
  const pidFile = claimPidFile(config.pidFile);
  undo.defer(() => pidFile.release());
  if (pidFile.note) options.note(pidFile.note);
  const expired = material.tls && expiryNote(material.tls, config.tls.certificate);
  if (expired) options.note(expired);
  await checkPorts(endpoints(config));

  const logs = openLogs(config, account, options);
  undo.defer(() => logs.close());
  const log = createLog(config.logs.level, logs.crew.error);
  // Only a process that answers itself loads all that answering takes.
  const crew = recruits
    ? (await import('./combined.ts')).createCombined(recruits, logs.crew, log, account)
    : (await import('./single.ts')).createSingle(logs.crew, account);
  const {clientEnabled, serverEnabled} = config.memcached;
  if (clientEnabled && serverEnabled) undo.use(startMemcached(config, account, log));
  const server = createServer(config, crew, material, {log, loadConfig: options.loadConfig, reopen: logs.reopen});

  const control = await openControl(config.controlSocket, server, account);
  undo.defer(() => control.close());
  const signals = onSignals({stop: server.stop, reload: () => void server.reload().then(logs.reopen)});
  undo.defer(() => signals.close());
  process.title = `caldav: ${config.processType === 'Single' ? 'server' : 'supervisor'} ${config.folder}`;

  await server.start();
  undo.defer(() => crew.stop(hurriedGraceMs));
  options.ready(await server.status());
  log.info({addresses: (await server.status()).addresses}, 'the server is ready');
  undo.use(server.lookAfter());
  await server.stopped;
  log.info({}, 'the server has stopped');
}

/** What a running server can be asked. */
function createServer(
  config: Config,
  crew: Crew,
  first: Material,
  {log, loadConfig, reopen}: {log: Log; loadConfig: () => Config; reopen: () => void},
) {
  const since = Date.now();
  let state: ServerStatus['state'] = 'starting';
  let material = first;
  let bound: readonly Bound[] = [];
  let asked = false;
  let reloading: Promise<unknown> = Promise.resolve();
  const {promise: stopped, resolve: finish, reject: fail} = Promise.withResolvers<void>();

  async function status(): Promise<ServerStatus> {
    const workers = await crew.processes();
    const self = {
      pid: process.pid,
      uid: process.geteuid?.() ?? -1,
      gid: process.getegid?.() ?? -1,
      since,
      memoryBytes: process.memoryUsage.rss(),
    };
    return {
      state,
      pid: process.pid,
      folder: config.folder,
      config: config.file,
      processType: config.processType,
      since,
      addresses: printAddresses(bound, config.serverHostName),
      bound,
      respawns: crew.respawns,
      processes: config.processType === 'Single' ? workers : [{role: 'supervisor', ...self}, ...workers],
    };
  }

  async function reloadNow(): Promise<ReloadReport> {
    const before = material;
    const {material: next, report} = await readAgain(before, loadConfig);
    const changed = (['config', 'accounts', 'tls'] as const).filter(part => !isDeepStrictEqual(next[part], before[part]));
    const problems = [...report.problems];
    if (changed.length > 0) {
      try {
        await crew.reload(next);
        material = next;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problems.push({message: error.message, fix: error.fix});
      }
    }
    for (const {message, fix} of problems) log.error({fix}, `${message} What was read before stays in force.`);
    for (const note of report.notes) log.warn({}, note);
    const names = {config: 'configuration', accounts: 'accounts', tls: 'certificate'};
    if (changed.length > 0) log.info({changed}, 'read anew');
    return {changed: changed.map(part => names[part]), problems, notes: report.notes};
  }

  /** One at a time. */
  function reload(): Promise<ReloadReport> {
    const turn = reloading.then(reloadNow);
    reloading = turn.catch(error => log.error({err: error}, 'reading anew failed'));
    return turn;
  }

  function stop(): void {
    const done = crew.stop(asked || state === 'starting' ? hurriedGraceMs : graceMs);
    if (asked) return;
    asked = true;
    state = 'stopping';
    done.then(finish, fail);
  }

  function lookAfter(): AsyncDisposable {
    const files = () => [
      material.config.file,
      material.config.directory.xmlFile,
      ...[material.config.tls.certificate, material.config.tls.privateKey, material.config.tls.authorityChain].filter(Boolean),
    ];
    const watch = watchFiles(files, async () => {
      await reload().catch(() => {}); // logged
    });
    let complained = false;
    const stats = async () => {
      if (!config.serverStatsFile) return;
      try {
        writeStats(config.serverStatsFile, await status());
        complained = false;
      } catch (error) {
        if (complained) return;
        complained = true;
        log.warn({file: config.serverStatsFile, reason: (error as Error).message}, 'the stats file cannot be written');
      }
    };
    const renew = async () => {
      try {
        if (await renewCertificate(material.config)) {
          log.info({file: material.config.tls.certificate}, 'the certificate was about to end and has been renewed');
        }
      } catch (error) {
        log.error({reason: (error as Error).message}, 'the certificate cannot be renewed; try caldav setup --renew');
      }
    };
    const timers = [setInterval(stats, statsEveryMs).unref()];
    void stats();
    try {
      accessSync(config.file, constants.R_OK);
    } catch {
      // Only a single process that root has started comes here: it is root no more, and its folder is root's alone.
      log.warn({}, `This account may no longer read ${config.file}: changes to it take effect when the server is restarted.`);
    }
    if (config.tls.certificate) {
      void renew();
      timers.push(setInterval(renew, renewEveryMs).unref());
    }
    return {
      async [Symbol.asyncDispose]() {
        watch.close();
        for (const timer of timers) clearInterval(timer);
        await reloading;
        await stats();
      },
    };
  }

  return {
    status,
    /** For the control socket: a log moved away is noticed too. */
    reload: async () => {
      const report = await reload();
      reopen();
      return report;
    },
    stop,
    stopped,
    lookAfter,
    async start() {
      bound = await crew.start(material);
      if (state === 'starting') state = 'ready';
    },
  };
}

/** The folders of what this process writes: made where they are missing, for the account that serves. */
function makeFolders({pidFile, controlSocket, logs, serverStatsFile}: Config, owner: Account | undefined): void {
  const files = [pidFile, controlSocket, logs.accessLogFile, logs.errorLogFile, serverStatsFile].filter(Boolean);
  for (const folder of new Set(files.map(file => dirname(file)))) {
    try {
      if (existsSync(folder)) continue;
      mkdirSync(folder, {recursive: true, mode: 0o750});
      if (owner) lchownSync(folder, owner.uid, owner.gid);
    } catch (error) {
      throw unwritable(folder, error as Error);
    }
  }
}

function openLogs(config: Config, owner: Account | undefined, {note, profileDir}: SuperviseOptions) {
  const {accessLogFile, errorLogFile, rotateAccessLog} = config.logs;
  const open: LogFile[] = [];
  const file = (name: string, options: Omit<Parameters<typeof openLogFile>[1], 'owner'>) => {
    try {
      const log = openLogFile(name, {...options, owner});
      open.push(log);
      return log;
    } catch (error) {
      throw unwritable(name, error as Error);
    }
  };
  const access = file(accessLogFile, {gatherMs: 100, rotate: rotateAccessLog, daily: true});
  const errors = file(errorLogFile, {gatherMs: 0, rotate: true});
  const crew: CrewLogs = {
    access: access.write,
    error(line) {
      errors.write(line);
      const text = forTerminal(line);
      if (text) note(text.trimEnd().replace(/^caldav: /, ''));
    },
    ...(profileDir
      ? {profile: (pid, text) => writeFileSync(join(profileDir, `caldav-${pid}.cpuprofile`), text, {mode: 0o600})}
      : {}),
  };
  return {
    crew,
    reopen() {
      for (const log of open) log.reopen();
    },
    close() {
      for (const log of open) log.close();
    },
  };
}

function unwritable(path: string, {message}: Error): UserError {
  return new UserError(
    `${path} cannot be written (${message}).`,
    'Give this account the right, or mend the path in the configuration.',
  );
}
