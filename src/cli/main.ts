import {resolve} from 'node:path';
import {CommanderError, Command as Parser} from 'commander';
import {UserError} from '../base/user-error.ts';
import type {Command, ExitCode} from './command.ts';
import {type CommandRow, commands} from './commands.ts';
import {createOutput} from './output.ts';
import {programVersion} from './version.ts';
import {WrongUsage} from './wrong-usage.ts';

const footer = `
Every command explains itself: caldav <command> --help
Exit codes: 0 done, 1 failed, 64 wrong usage.`;

/**
 * Runs the command that `args` (without the program's name) asks for, and says what went wrong where something did.
 * Resolves to the exit code.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  try {
    const row = find(args);
    if (!row) return await general(args);
    return await runCommand(row, await row.load(), args);
  } catch (error) {
    return fail(error, args.includes('--json'));
  }
}

/** The row whose words the arguments begin with; options that belong to the program may stand before them. */
function find(args: readonly string[]): CommandRow | undefined {
  const words = wordsOf(args);
  return commands.findLast(({name}) => name.split(' ').every((word, at) => words[at] === word));
}

const programOptions = ['--dir', '--config'];
const names = commands.map(({name}) => name);
const groups = new Set(names.filter(name => name.includes(' ')).map(name => name.split(' ')[0]!));

function wordsOf(args: readonly string[]): string[] {
  return args.filter((arg, at) => !arg.startsWith('-') && !programOptions.includes(args[at - 1] ?? ''));
}

/** `caldav --help`, `caldav --version`, `caldav help user add`, half a command (`caldav user`) and unknown ones. */
async function general(args: readonly string[]): Promise<ExitCode> {
  const words = wordsOf(args);
  if (words[0] === 'help' && words.length > 1) return main([...words.slice(1), '--help']);
  if (words.length === 0 && (args.includes('--version') || args.includes('-V'))) {
    process.stdout.write(`${programVersion()}\n`);
    return 0;
  }
  const group = commands.filter(({name}) => name.startsWith(`${words[0]} `));
  const known = words.length === 0 || words[0] === 'help' || (group.length > 0 && words.length === 1);
  const stray = args.find(
    arg => arg.startsWith('-') && !['-h', '--help', '--json', ...programOptions].includes(arg.split('=')[0]!),
  );
  if (known && !stray) {
    const asked = args.some(arg => arg === '-h' || arg === '--help') || words[0] === 'help';
    (asked ? process.stdout : process.stderr).write(help(group.length > 0 ? group : commands));
    return asked ? 0 : 64;
  }
  const {nearest} = await import('../base/nearest.ts');
  const [wrong, near] =
    stray && known
      ? [`option “${stray}”`, nearest(stray, ['--help', '--version', ...programOptions])]
      : [
          `command “${words.slice(0, 2).join(' ')}”`,
          nearest(words.slice(0, 2).join(' '), names) ?? nearest(words[0]!, [...names, ...groups]),
        ];
  throw new WrongUsage(`there is no ${wrong}.${near ? ` Did you mean “${near}”?` : ''}`, 'Type caldav --help for the list.');
}

function help(rows: readonly CommandRow[]): string {
  const width = Math.max(...rows.map(({name}) => name.length));
  const list = rows.map(({name, summary}) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
  return `Usage: caldav [--dir DIR] [--config FILE] <command> [options]

A CalDAV server that sets itself up.

Commands:
${list}

Options:
  --dir DIR       the server's folder, with conf/, data/, logs/ and run/ (default: the current folder)
  --config FILE   the configuration (default: conf/caldavd-dev.plist there; also the environment variable "config")
  --json          print results as JSON, where a command has results
  -V, --version   print the version
  -h, --help      print this help

To begin: caldav setup, then caldav run.
${footer.trimStart()}
`;
}

async function runCommand(row: CommandRow, command: Command, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const parser = new Parser(`caldav ${row.name}`)
    .description(command.summary)
    .exitOverride()
    .configureOutput({outputError: () => {}}) // fail() says it
    .configureHelp({showGlobalOptions: false})
    .option('--dir <dir>', "the server's folder (default: the current folder)")
    .option('--config <file>', 'the configuration (default: conf/caldavd-dev.plist in the folder)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples(command) + footer + ownExitCodes(command));
  for (const argument of command.name.slice(row.name.length).trim().split(' ').filter(Boolean)) parser.argument(argument);
  for (const {flags, description, parse, default: standard} of command.options) {
    if (parse) parser.option(flags, description, parse, standard);
    else parser.option(flags, description, standard as string | boolean | string[] | undefined);
  }
  parser.action(async (...given: unknown[]) => {
    const values = given.slice(0, -2) as (string | string[] | undefined)[];
    const {dir: folder, config, json, ...options} = parser.opts<{dir?: string; config?: string; json?: boolean}>();
    const dir = resolve(folder ?? '.');
    const configFile = config ?? process.env.config;
    const io = {
      out: createOutput(json ?? false),
      dir,
      configFile: configFile ? resolve(configFile) : resolve(dir, 'conf/caldavd-dev.plist'),
    };
    code = await command.run(values, options, io);
  });
  try {
    await parser.parseAsync(withoutName(row, args), {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw new WrongUsage(error.message.replace(/^error: /, ''), `Type caldav ${row.name} --help for what there is.`);
  }
  return code;
}

/** The arguments behind the command's words; options that stood before them stay. */
function withoutName(row: CommandRow, args: readonly string[]): string[] {
  const words = row.name.split(' ');
  return args.filter((arg, at) => {
    if (arg !== words[0] || programOptions.includes(args[at - 1] ?? '')) return true;
    words.shift();
    return false;
  });
}

function ownExitCodes({exitCodes = []}: Command): string {
  return exitCodes.map(([code, meaning]) => `\n  ${code}: ${meaning}`).join('');
}

function examples({examples}: Command): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map(([line, does]) => `  ${line}\n      ${does}`).join('\n')}\n`;
}

/** Says what went wrong, in one sentence and one fix; only our own faults come with a stack. */
function fail(error: unknown, json: boolean): ExitCode {
  if (error instanceof UserError) {
    if (json) process.stdout.write(`${JSON.stringify({error: error.message, fix: error.fix}, null, 2)}\n`);
    process.stderr.write(`caldav: ${error.message}\n${error.fix ? `${error.fix}\n` : ''}`);
    return error instanceof WrongUsage ? 64 : 1;
  }
  if (error instanceof Error && error.name === 'ExitPromptError') {
    process.stderr.write('caldav: stopped; nothing was changed.\n');
    return 1;
  }
  process.stderr.write(
    `caldav: this is a fault of the program itself; please report it.\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}
