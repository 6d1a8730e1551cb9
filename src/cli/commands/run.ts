import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import type {ServerStatus} from '../../server/stats.ts';
import type {Command, CommandIo, ExitCode} from '../command.ts';
import type {ServeOptions} from '../serve.ts';
import {WrongUsage} from '../wrong-usage.ts';

type Options = Readonly<Record<string, unknown>>;

export const run: Command = {
  name: 'run',
  summary: 'start the server in the foreground',
  options: [
    {flags: '-d, --daemon', description: 'start it in the background, once it answers print its process id'},
    {flags: '-k, --kill', description: 'stop the running server'},
    {flags: '-r, --restart', description: 'stop the running server and start it again in the background'},
    {
      flags: '-t, --type <type>',
      description: 'Single (one process) or Combined (a supervisor and workers), whatever the plist says',
    },
    {flags: '-K, --print-key <key>', description: 'print a configuration value and stop'},
    {flags: '-p, --print-path', description: 'print where the program, its modules and its runtime are, and stop'},
    {flags: '-s, --setup-only', description: 'set up and stop'},
    {flags: '-g, --get-only', description: 'the same: there is nothing to fetch any more'},
    {flags: '-f, --force-setup', description: 'set up anew first, keeping a backup of what is replaced'},
    {flags: '-n, --never-setup', description: 'never set up: fail where there is no configuration'},
    {
      flags: '-i, --install <dst>',
      description: 'install the program and its runtime in DST/lib/caldav and DST/bin/caldav, and stop',
    },
    {flags: '-I, --install-home <dst>', description: 'the same, in a home: readable for its owner alone'},
    {flags: '-S, --profile <dir>', description: 'write a CPU profile of each process there when the server stops'},
    {flags: '-P, --plugin <name>', description: 'no meaning any more'},
    {flags: '-R, --reactor <name>', description: 'no meaning any more'},
    {flags: '-v, --verbose', description: 'say what is done'},
  ],
  examples: [
    ['caldav run', 'serves until Ctrl-C'],
    ['caldav run -d', 'serves in the background'],
    ['caldav run -t Combined', 'uses all cores'],
    ['caldav run -i /usr/local', 'makes a caldav that no longer needs this folder'],
  ],
  async run(_args, options, io) {
    if (options.plugin !== undefined)
      io.out.note('-P has no meaning any more: the server is one program, without plug-ins for twistd.');
    if (options.reactor !== undefined) io.out.note('-R has no meaning any more: Node.js brings its own event loop.');
    const first = firstOf(options);
    if (first) return first(options, io);
    const processType = typeOf(options.type);
    const setUp = await prepare(options, io);
    if (setUp !== 0 || options.setupOnly || options.getOnly) return setUp;
    const profileDir = options.profile === undefined ? undefined : resolve(options.profile as string);
    if (profileDir !== undefined && !existsSync(profileDir)) {
      throw new UserError(`The folder for profiles, ${profileDir}, does not exist.`, `Type: mkdir -p ${profileDir}`);
    }
    const how: ServeOptions = {
      configFile: io.configFile,
      dir: io.dir,
      ...(processType ? {processType} : {}),
      ...(profileDir ? {profileDir} : {}),
    };
    return options.daemon || options.restart
      ? background(how, Boolean(options.restart), io)
      : foreground(how, Boolean(options.verbose), io);
  },
};

/** What is done instead of serving. */
function firstOf(options: Options): ((options: Options, io: CommandIo) => Promise<ExitCode>) | undefined {
  if (options.printPath) return printPath;
  if (options.printKey !== undefined)
    return async ({printKey}, io) => (await import('./config-get.ts')).configGet.run([printKey as string], {}, io);
  if (options.kill) return async (_options, io) => (await import('./stop.ts')).stop.run([], {}, io);
  const destination = options.install ?? options.installHome;
  if (destination === undefined) return undefined;
  return async ({installHome}, {out}) => {
    const {install} = await import('../install.ts');
    const {command, bytes} = await install(resolve(destination as string), {forOwnerAlone: installHome !== undefined});
    out.result({command, bytes}, `Installed (${Math.round(bytes / 1024 / 1024)} MiB). Type: ${command} --help`);
    return 0;
  };
}

async function printPath(_options: unknown, {out}: CommandIo): Promise<ExitCode> {
  const {programFolder} = await import('../install.ts');
  const program = programFolder();
  const paths = {program, modules: resolve(program, 'node_modules'), runtime: process.execPath};
  out.result(paths, `${paths.program}\n${paths.modules}\n${paths.runtime}`);
  return 0;
}

function typeOf(type: unknown): 'Single' | 'Combined' | undefined {
  if (type === undefined || type === 'Single' || type === 'Combined') return type;
  if (type === 'Master' || type === 'Slave') {
    throw new WrongUsage(
      `The process type ${type} was the original's way to share one machine.`,
      'Use Combined, or Single for one process.',
    );
  }
  throw new WrongUsage(`There is no process type ${JSON.stringify(type)}.`, 'Use Single or Combined.');
}

/** Sets up where that was asked for, or is needed and can be. */
async function prepare({setupOnly, getOnly, forceSetup, neverSetup}: Options, io: CommandIo): Promise<ExitCode> {
  const there = existsSync(io.configFile);
  if (neverSetup && !there) {
    throw new UserError(`There is no configuration at ${io.configFile}, and -n says never to set up.`, 'Type: caldav setup');
  }
  const wanted = forceSetup || ((setupOnly || getOnly) && !there);
  if (!wanted && there) {
    if (setupOnly || getOnly) {
      io.out.result({changed: false, config: io.configFile}, `It is set up already: ${io.configFile}. Add -f to set up anew.`);
    }
    return 0;
  }
  if (!wanted && !(await offered(io))) {
    throw new UserError(
      `There is no server in ${io.dir} yet: ${io.configFile} is missing.`,
      'Make one with: caldav setup (or, asking nothing: caldav setup --yes)',
    );
  }
  const {setup} = await import('./setup.ts');
  return setup.run([], {force: Boolean(forceSetup), yes: !io.out.interactive}, io);
}

async function offered({out, dir}: CommandIo): Promise<boolean> {
  if (!out.interactive) return false;
  const {default: inquirer} = await import('inquirer');
  const {yes} = await inquirer.prompt([
    {type: 'confirm', name: 'yes', message: `There is no server in ${dir} yet. Set one up now?`},
  ]);
  return yes as boolean;
}

async function foreground(how: ServeOptions, verbose: boolean, {out}: CommandIo): Promise<ExitCode> {
  const {serve} = await import('../serve.ts');
  if (verbose) out.note(`Serving what ${how.configFile} says, with ${process.execPath}.`);
  await serve(how, {
    ready(status) {
      out.result(status, `The server is ready:\n${status.addresses.map(address => `  ${address}`).join('\n')}\nCtrl-C stops it.`);
    },
    note: text => out.note(`caldav: ${text}`),
  });
  return 0;
}

/** Starts it in the background, after stopping the one that runs if `again`. */
export async function background(how: ServeOptions, again: boolean, io: CommandIo): Promise<ExitCode> {
  if (again) {
    const {stopServer} = await import('../../server/stop.ts');
    const {loadMeeting} = await import('../running.ts');
    if (await stopServer(loadMeeting(io))) io.out.line('The server has stopped.');
  }
  const {startDaemon} = await import('../daemon.ts');
  const status: ServerStatus = await startDaemon(how, text => io.out.note(`caldav: ${text}`));
  const addresses = status.addresses.map(address => `  ${address}`).join('\n');
  io.out.result(status, `The server is ready, as process ${status.pid}:\n${addresses}\ncaldav stop stops it.`);
  return 0;
}
