import {resolve} from 'node:path';
import {UserError} from '../../base/user-error.ts';
import {openBackup, printTime} from '../backup/read-backup.ts';
import {planServer, restoreServer, type ServerPlan} from '../backup/restore-server.ts';
import {planUser, restoreUser, type UserPlan} from '../backup/restore-user.ts';
import type {Command, CommandIo, ExitCode} from '../command.ts';
import {WrongUsage} from '../wrong-usage.ts';

export const restore: Command = {
  name: 'restore <file>',
  summary: 'bring back a server, or one account, from a backup',
  options: [
    {flags: '--user <name>', description: 'only the calendars of this account; the server may run'},
    {flags: '--dry-run', description: 'read the backup and say what would be done; change nothing'},
    {flags: '--force', description: 'do not ask: what is there makes way for what the backup has'},
  ],
  examples: [
    ['caldav --dir /srv/calendars restore calendars.tar.gz', 'makes a server of the backup, in an empty folder or a new set-up'],
    ['caldav restore calendars.tar.gz --user ann', "gives ann's calendars back as they were; asks first"],
    ['caldav restore calendars.tar.gz --user ann --dry-run', 'says how many objects would come back, change and go'],
  ],
  async run([given], options, io) {
    const file = resolve(given as string);
    await using handle = await openBackup(file);
    const user = options.user as string | undefined;
    if (user === undefined) {
      const plan = await planServer(handle, file, io);
      return await runServer(plan, options, io, () => restoreServer(handle, file, plan, io));
    }
    const plan = await planUser(handle, file, user, io);
    return await runUser(user, plan, options, io, () => restoreUser(handle, file, plan, io));
  },
};

type Options = Readonly<Record<string, unknown>>;

async function runServer(
  {contents, places, replaced, overData}: ServerPlan,
  {dryRun, force}: Options,
  io: CommandIo,
  work: () => Promise<{aside: string[]}>,
): Promise<ExitCode> {
  const {homes, objects, manifest} = contents;
  const {documentRoot, dataRoot} = places.config;
  const result = {made: manifest.made, homes, objects, config: io.configFile, documentRoot, dataRoot, replaced, overData};
  const what = `the server of ${printTime(manifest.made)}: ${homes} ${homes === 1 ? 'home' : 'homes'}, ${objects} objects`;
  if (dryRun) {
    const lines = [
      `This would restore ${what}.`,
      `Calendars go to ${documentRoot}, the configuration to ${io.configFile}.`,
      ...(overData ? [`The calendars that are there would be put aside, in a folder beside them.`] : []),
      ...replaced.map(path => `${path} would be replaced, and the old one kept beside it.`),
    ];
    io.out.result(result, lines.join('\n'));
    return 0;
  }
  if (overData && !force) {
    await confirm(io, `There are calendars in ${documentRoot}. Put them aside and restore ${what}?`, [
      `There are calendars in ${documentRoot} already.`,
      'Restore into another folder (--dir), one account (--user), or add --force: then what is there is put aside.',
    ]);
  }
  const {aside} = await work();
  const kept = aside.length > 0 ? `\nWhat was there is kept:\n${aside.map(path => `  ${path}`).join('\n')}` : '';
  io.out.result({...result, aside}, `Restored ${what}.${kept}\nCheck it with caldav doctor, and start it: caldav run -d`);
  return 0;
}

async function runUser(
  user: string,
  {contents, counts}: UserPlan,
  {dryRun, force}: Options,
  io: CommandIo,
  work: () => Promise<void>,
): Promise<ExitCode> {
  const {added, changed, removed, unchanged} = counts;
  const {made} = contents.manifest;
  const sums = `${added} come back, ${changed} change, ${removed} go, ${unchanged} stay`;
  if (dryRun) {
    io.out.result(
      {user, made, ...counts},
      `This would make the calendars of ${user} what they were on ${printTime(made)}: ${sums}.`,
    );
    return 0;
  }
  if (changed + removed > 0 && !force) {
    await confirm(io, `Make the calendars of ${user} what they were on ${printTime(made)}? Of its objects ${sums}.`, [
      `The calendars of ${user} have changed since the backup: of its objects ${sums}.`,
      'Add --force to do it, or --dry-run to see the same as this.',
    ]);
  }
  await work();
  io.out.result({user, made, ...counts}, `The calendars of ${user} are what they were on ${printTime(made)}: ${sums}.`);
  return 0;
}

/** Throws where the person would rather not, or cannot be asked: then with these words. */
async function confirm({out}: CommandIo, message: string, [problem, fix]: [problem: string, fix: string]): Promise<void> {
  if (!out.interactive) throw new WrongUsage(problem, fix);
  const {default: inquirer} = await import('inquirer');
  const {yes} = await inquirer.prompt([{type: 'confirm', name: 'yes', message, default: false}]);
  if (!yes) throw new UserError('Stopped: nothing was changed.');
}
