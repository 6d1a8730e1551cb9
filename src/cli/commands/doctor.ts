import {existsSync} from 'node:fs';
import {isAbsolute, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {UserError} from '../../base/user-error.ts';
import {printReport} from '../../doctor/report.ts';
import {runDoctor} from '../../doctor/run.ts';
import type {Command, CommandIo} from '../command.ts';
import {printRepairs, repairData} from '../doctor-repair.ts';

export const doctor: Command = {
  name: 'doctor [paths...]',
  summary: 'check everything a server needs',
  options: [
    {flags: '--url <url>', description: 'also try every method at this address, as clients reach it through a proxy'},
    {flags: '--user <name>', description: 'walk the discovery paths as this user; asks for the password'},
    {
      flags: '--repair',
      description: 'mend what can be mended without losing anything; shows what, and asks; the server has to be stopped',
    },
    {flags: '--yes', description: 'with --repair: do not ask'},
    {flags: '--dry-run', description: 'with --repair: only say what would be mended'},
    {flags: '--password-stdin', description: 'read that password from standard input'},
  ],
  examples: [
    ['caldav doctor', "checks this folder's server, or what a server here would need"],
    ['caldav doctor /srv/calendars', 'checks whether a folder is fit to hold calendars'],
    ['caldav doctor --url https://cal.example.com/ --user ann', 'finds out what a proxy keeps from the server'],
    ['caldav doctor --repair', 'mends indexes, journals and leftovers of a server that is stopped'],
    ['caldav doctor --json', 'gives each result with its numbers, for programs'],
  ],
  async run([paths], options, io) {
    const folders = ((paths as string[] | undefined) ?? []).map(path => (isAbsolute(path) ? path : resolve(path)));
    const what = whatToCheck(folders, io);
    const repairs = options.repair ? await repair(what, options, io) : undefined;
    const report = await runDoctor({
      ...what,
      url: options.url as string | undefined,
      credentials: await credentials(options, io),
      ...progress(io),
    });
    const text = printReport(report, {colours: io.out.animated && !process.env.NO_COLOR, columns: process.stdout.columns});
    io.out.result(repairs ? {...report, repairs} : report, repairs ? `${printRepairs(repairs)}\n\n${text}` : text);
    return report.status === 'fail' || repairs?.some(({state}) => state === 'failed') ? 1 : 0;
  },
};

/** Folders that were named are looked at alone; where no server is set up yet, the folder that would be its own. */
function whatToCheck(
  folders: readonly string[],
  {dir, configFile, out}: CommandIo,
): {paths?: readonly string[]; plist?: {file: string; folder: string}} {
  if (folders.length > 0) return {paths: folders};
  if (!existsSync(configFile)) {
    out.note(`There is no configuration at ${configFile} yet: looking only at what a server in ${dir} would rest on.`);
    return {paths: [dir]};
  }
  return {plist: {file: configFile, folder: dir}};
}

function repair(what: ReturnType<typeof whatToCheck>, options: Readonly<Record<string, unknown>>, io: CommandIo) {
  const {plist} = what;
  if (!plist) {
    throw new UserError(
      'Only the data of a server can be mended, and none is named.',
      'Name its folder: caldav --dir FOLDER doctor --repair',
    );
  }
  return repairData({plist, ...progress(io)}, {agreed: Boolean(options.yes), dryRun: Boolean(options.dryRun)}, io);
}

async function credentials({user, passwordStdin}: Readonly<Record<string, unknown>>, io: CommandIo) {
  if (user === undefined) return undefined;
  const password = passwordStdin ? (await text(process.stdin)).split(/\r?\n/)[0]! : await askPassword(user as string, io);
  return {user: user as string, password};
}

async function askPassword(user: string, {out}: CommandIo): Promise<string> {
  if (!out.interactive) {
    throw new UserError('There is no terminal to ask for the password on.', 'Give it on standard input: --password-stdin');
  }
  const {default: inquirer} = await import('inquirer');
  const {password} = await inquirer.prompt([{type: 'password', name: 'password', message: `Password of ${user}:`, mask: '*'}]);
  return password as string;
}

/** On a terminal, says what is being looked at while it takes its time. */
function progress({out}: CommandIo) {
  return out.animated ? {onCheck: ({what}: {what: string}) => void process.stderr.write(`\r\x1b[K${what} …\r`)} : {};
}
