import {existsSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {UserError} from '../../base/user-error.ts';
import {serviceFolders} from '../../server/service-mark.ts';
import {launchdLabel, launchdPlist} from './launchd.ts';
import type {Service} from './service.ts';
import {systemdUnit} from './systemd.ts';

/** What starts services on a machine: the part of it that caldav uses, for one service. */
export interface Manager {
  /** Where the service's file lies. */
  readonly file: string;
  render(service: Service): Promise<string>;
  /** Throws UserError where it does not run this machine. */
  require(): Promise<void>;
  version(): Promise<number | undefined>;
  /** The file is there, new or changed: from now on it is started with the machine, or with the first log-in of its user. */
  enable(): Promise<void>;
  start(): Promise<void>;
  /** Stops it, and starts it no more. The file is still there. */
  disable(): Promise<void>;
  /** The file is gone. */
  forget(): Promise<void>;
  state(): Promise<{readonly enabled: boolean; readonly active: boolean}>;
  hints(): Promise<Hints>;
}

/** What to type. */
export interface Hints {
  readonly start: string;
  readonly restart: string;
  readonly look: string;
  /** Lets it run while nobody is logged in; undefined where it does. */
  readonly stay: string | undefined;
}

/** Runs a program without a shell: its exit code, and what it said. */
export type Run = (program: string, args: readonly string[]) => Promise<{readonly exitCode: number; readonly said: string}>;

export interface ManagerOptions {
  readonly name: string;
  /** The user's own manager instead of the machine's. */
  readonly own: boolean;
  /** Tests put others in their place. */
  readonly folder?: string;
  readonly run?: Run;
  readonly booted?: () => boolean;
}

/** Throws UserError on a system whose services this program does not know. */
export function findManager(options: ManagerOptions, platform: NodeJS.Platform = process.platform): Manager {
  if (platform === 'linux') return systemd(options);
  if (platform === 'darwin') return launchd(options);
  throw new UserError(`Services of ${platform} are not known here.`, 'Let its own start-up run: caldav run');
}

/** systemctl(1). */
function systemd({name, own, folder, run = runProgram, booted = isBooted}: ManagerOptions): Manager {
  const unit = `${name}.service`;
  const who = own ? ['--user'] : [];
  const ask = (...args: string[]) => run('systemctl', [...who, ...args]);
  const order = async (...args: string[]) => {
    const {exitCode, said} = await ask(...args);
    if (exitCode !== 0) throw new UserError(`systemctl ${args.join(' ')} failed: ${said}`, `See: ${look}`);
  };
  const look = `journalctl ${own ? '--user ' : ''}-u ${name}`;
  return {
    file: join(folder ?? serviceFolders('linux')[own ? 'own' : 'all'], unit),
    render: systemdUnit,
    async require() {
      if (!booted()) {
        throw new UserError(
          'systemd does not run this machine: a container, most likely.',
          'Let the container’s own command be: caldav run. Or print the unit for another machine: caldav service install --dry-run',
        );
      }
      if (own && (await ask('show-environment')).exitCode !== 0) {
        throw new UserError(
          'This account’s own systemd does not answer.',
          'Log in as this account itself, not by su or sudo; or, as root, install it for the whole machine.',
        );
      }
    },
    async version() {
      const {said} = await run('systemctl', ['--version']);
      const number = Number(/^systemd (\d+)/.exec(said)?.[1]);
      return number || undefined;
    },
    async enable() {
      await order('daemon-reload');
      await order('enable', unit);
    },
    start: () => order('start', unit),
    disable: () => order('disable', '--now', unit),
    async forget() {
      await order('daemon-reload');
      // Fails where nothing is remembered of it.
      await ask('reset-failed', unit);
    },
    async state() {
      const [enabled, active] = await Promise.all([ask('is-enabled', unit), ask('is-active', unit)]);
      return {enabled: enabled.exitCode === 0, active: active.exitCode === 0};
    },
    async hints() {
      const user = userInfo().username;
      const lingers = !own || /=yes/.test((await run('loginctl', ['show-user', user, '--property=Linger'])).said);
      return {
        start: `systemctl ${own ? '--user ' : ''}start ${name}`,
        restart: `systemctl ${own ? '--user ' : ''}restart ${name}`,
        look: `systemctl ${own ? '--user ' : ''}status ${name}, ${look}`,
        stay: lingers ? undefined : `loginctl enable-linger ${user}`,
      };
    },
  };
}

/** launchctl(1). */
function launchd({name, own, folder, run = runProgram}: ManagerOptions): Manager {
  const label = launchdLabel(name);
  const domain = own ? `gui/${process.getuid?.()}` : 'system';
  const file = join(folder ?? serviceFolders('darwin')[own ? 'own' : 'all'], `${label}.plist`);
  const order = async (...args: string[]) => {
    const {exitCode, said} = await run('launchctl', args);
    if (exitCode !== 0) throw new UserError(`launchctl ${args.join(' ')} failed: ${said}`);
  };
  const loaded = async () => (await run('launchctl', ['print', `${domain}/${label}`])).exitCode === 0;
  return {
    file,
    render: launchdPlist,
    async require() {},
    async version() {
      return undefined;
    },
    async enable() {
      // launchd reads the folder when the machine starts, or the user logs in.
      await order('enable', `${domain}/${label}`);
    },
    async start() {
      if (await loaded()) await order('bootout', `${domain}/${label}`);
      await order('bootstrap', domain, file);
    },
    async disable() {
      if (await loaded()) await order('bootout', `${domain}/${label}`);
    },
    async forget() {},
    async state() {
      const active = await loaded();
      return {enabled: existsSync(file), active};
    },
    async hints() {
      return {
        start: `launchctl bootstrap ${domain} ${file}`,
        restart: `launchctl bootout ${domain}/${label}; launchctl bootstrap ${domain} ${file}`,
        look: `launchctl print ${domain}/${label}`,
        stay: own ? 'nothing: it runs while this account is logged in; install it as root to have it run always' : undefined,
      };
    },
  };
}

/** sd_booted(3). */
function isBooted(): boolean {
  return existsSync('/run/systemd/system');
}

const runProgram: Run = async (program, args) => {
  const {exitCode, all, code} = await execa(program, [...args], {reject: false, all: true, stdin: 'ignore'});
  if (code === 'ENOENT') return {exitCode: 127, said: `${program} is not installed`};
  return {exitCode: exitCode ?? 1, said: all.trim()};
};
