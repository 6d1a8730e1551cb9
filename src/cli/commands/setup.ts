import {UserError} from '../../base/user-error.ts';
import type {Command, Option} from '../command.ts';
import {WrongUsage} from '../wrong-usage.ts';

const port = (value: string) => (/^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : value);
const list = (value: string, before: unknown) => [
  ...((before as string[] | undefined) ?? []),
  ...value.split(',').map(one => one.trim()),
];

const options: readonly Option[] = [
  {flags: '--yes', description: 'ask nothing: take the options given, and defaults for the rest'},
  {flags: '--host <name>', description: 'the name or address that clients use'},
  {flags: '--http-port <port>', description: 'port for HTTP, 0 for none (default: 8008, or the next free one)', parse: port},
  {flags: '--ssl-port <port>', description: 'port for HTTPS, 0 for none (default: 8443, or the next free one)', parse: port},
  {flags: '--bind <address>', description: 'IP address to listen on; may be given several times (default: all)', parse: list},
  {flags: '--document-root <dir>', description: 'where the calendars go (default: data/documents)'},
  {flags: '--data-root <dir>', description: 'where other data goes (default: data)'},
  {flags: '--log-dir <dir>', description: 'where logs go (default: logs)'},
  {flags: '--run-dir <dir>', description: 'where the PID file and the control socket go (default: run)'},
  {flags: '--realm <text>', description: 'what clients show when they ask for a password (default: Calendars)'},
  {flags: '--admin <name>', description: 'the administrator (default: admin)'},
  {flags: '--user <name>', description: 'the first user (default: your login name)'},
  {
    flags: '--password-stdin',
    description: "read the first user's password, and the administrator's, from standard input, a line each",
  },
  {flags: '--run-as <account>', description: 'the system account that the server becomes when root starts it (default: caldav)'},
  {flags: '--no-tls', description: 'no certificate and no HTTPS'},
  {flags: '--tls-certificate <file>', description: 'a certificate you have, PEM'},
  {flags: '--tls-key <file>', description: 'its private key, PEM'},
  {flags: '--dry-run', description: 'show the plan and change nothing'},
  {flags: '--force', description: 'write everything anew, keeping each file it replaces as *.bak'},
  {flags: '--renew', description: "renew the server's certificate and do nothing else"},
];

export const setup: Command = {
  name: 'setup',
  summary: 'make a server in this folder',
  options,
  examples: [
    ['caldav setup', 'ask, show the plan, then do it'],
    ['caldav setup --yes', 'a server with defaults; shows its passwords once'],
    ['caldav setup --yes --host calendar.example.com --user ann', 'a name for clients, and the first user'],
    ['caldav setup --dry-run --json', 'the plan as data'],
    ['sudo caldav --dir /srv/calendars setup --yes --run-as caldav', 'a server that root starts and that becomes caldav'],
  ],
  async run(_args, given, io) {
    const {out} = io;
    if (given.renew) {
      const {renew} = await import('../../setup/renew.ts');
      const renewed = await renew(io, typeof given.host === 'string' ? [given.host] : []);
      out.result(
        {renewed: renewed.certificate, until: renewed.until},
        `${renewed.certificate} is renewed, until ${renewed.until}.`,
      );
      return 0;
    }
    const [{readAnswers, readPasswords}, {runSetup}, {printPlan}, {welcome, addressesOf}] = await Promise.all([
      import('../../setup/read-answers.ts'),
      import('../../setup/setup.ts'),
      import('../../setup/print-plan.ts'),
      import('../../setup/welcome.ts'),
    ]);
    const answers = asUsage(() => readAnswers(given));
    const passwords = given.passwordStdin ? await readPasswords(process.stdin) : {};
    const yes = Boolean(given.yes) || Boolean(given.dryRun);
    if (!yes && !out.interactive) {
      throw new WrongUsage('There is no terminal to ask questions on.', 'Add --yes to take defaults; see caldav setup --help.');
    }
    const result = await runSetup({answers, passwords, yes, dryRun: Boolean(given.dryRun)}, io);
    if (given.dryRun) {
      out.result(result.plan, printPlan(result.plan));
      return 0;
    }
    const {printReport} = await import('../../doctor/report.ts');
    const {plan, changed, accounts, doctor} = result;
    const failed = doctor?.status === 'fail';
    const said = [
      ...(changed ? [] : [`Everything is there already in ${plan.folder}: nothing was changed.`]),
      ...(doctor && doctor.status !== 'ok' ? [printReport(doctor, {colours: out.animated})] : []),
      ...(accounts.length > 0 ? [welcome(result)] : []),
      failed ? 'The server is set up, but the doctor found what must be mended first.' : 'To start it: caldav run',
    ];
    out.result(
      {changed, folder: plan.folder, config: plan.configFile, addresses: addressesOf(plan), accounts, doctor},
      said.join('\n\n'),
    );
    return failed ? 1 : 0;
  },
};

/** What is wrong with a value on the command line is wrong usage. */
function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UserError ? new WrongUsage(error.message, error.fix) : error;
  }
}
