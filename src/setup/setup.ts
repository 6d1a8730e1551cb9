import {stat} from 'node:fs/promises';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import {probeAttributes} from '../doctor/attributes-probe.ts';
import {type DoctorReport, runDoctor} from '../doctor/run.ts';
import type {Answers, Passwords} from './answers.ts';
import {applyPlan, type Progress} from './apply.ts';
import {look} from './look.ts';
import {nothingToDo, planSetup} from './plan.ts';
import type {Plan} from './planned.ts';
import {printPlan} from './print-plan.ts';
import {readUnfinished, removeUnfinished} from './unfinished.ts';

/** How the set-up speaks; the command line's Output fits. */
export interface SetupOutput {
  readonly json: boolean;
  readonly interactive: boolean;
  readonly animated: boolean;
  line(text?: string): void;
}

export interface SetupIo {
  readonly out: SetupOutput;
  /** The server's folder and the plist to write, absolute. */
  readonly dir: string;
  readonly configFile: string;
}

export interface SetupOptions {
  readonly answers: Answers;
  readonly passwords?: Passwords;
  /** Ask nothing: what is not answered is decided. */
  readonly yes: boolean;
  /** Plan only. */
  readonly dryRun?: boolean;
}

/** What came of it. */
export interface SetupResult {
  readonly plan: Plan;
  /** Whether anything was done; false for a dry run, and where all was there already. */
  readonly changed: boolean;
  readonly config: Config | undefined;
  /** The accounts made; a password only where it was generated, so nobody has seen it yet: to be shown once. */
  readonly accounts: readonly {readonly name: string; readonly admin: boolean; readonly password?: string}[];
  readonly doctor: DoctorReport | undefined;
}

/**
 * Makes a server in a folder, or finishes one that was begun: questions, plan, tasks, doctor. Throws UserError, before anything is
 * written, where the data would lie on a file system without extended attributes.
 */
export async function runSetup(
  {answers: given, passwords = {}, yes, dryRun = false}: SetupOptions,
  {out, dir, configFile}: SetupIo,
): Promise<SetupResult> {
  const unfinished = await readUnfinished(dir);
  let answers: Answers = {...unfinished?.answers, ...given};
  let typed = passwords;
  if (unfinished) out.line('A set-up was begun here and not finished: going on with it.');
  if (!yes && !unfinished && ((await isNew(configFile)) || answers.force)) {
    const {askQuestions} = await import('./questions.ts');
    ({answers, passwords: typed} = await askQuestions(answers, typed, await look(answers, {folder: dir, configFile})));
  }
  const plan = planSetup(answers, await look(answers, {folder: dir, configFile}));
  if (plan.accountsFile.action === 'keep' && (typed.user || typed.admin)) {
    throw new UserError(
      `${plan.accountsFile.path} is there already, and set-up changes no password in it.`,
      'Type: caldav user passwd NAME',
    );
  }
  for (const folder of foldersToTry(plan)) await requireAttributes(folder);
  if (dryRun) return {plan, changed: false, config: undefined, accounts: [], doctor: undefined};

  const changed = !nothingToDo(plan);
  let made: ReadonlyMap<string, string> = new Map();
  if (changed) {
    out.line(printPlan(plan));
    out.line();
    if (!yes && out.interactive) await (await import('./questions.ts')).confirmPlan();
    made = await applyPlan(plan, typed, progressFor(out));
    out.line();
  }
  const config = loadConfig({file: configFile, folder: dir});
  const doctor = await runDoctor({config});
  if (unfinished || changed) await removeUnfinished(dir);
  const accounts = plan.accounts.map(({name, admin}) => ({name, admin, ...(made.has(name) && {password: made.get(name)!})}));
  return {plan, changed, config, accounts, doctor};
}

/** Where the data goes; and the server's own folder, where data was put elsewhere for another reason than that somebody asked. */
function foldersToTry({folder, answers, settings, config}: Plan): Set<string> {
  const asked = answers.documentRoot !== undefined && answers.dataRoot !== undefined;
  const own = asked || config.action === 'keep' ? [] : [folder];
  return new Set([...own, settings.documentRoot, settings.dataRoot]);
}

/** Extended attributes hold the properties of calendars: without them nothing is begun. */
async function requireAttributes(folder: string): Promise<void> {
  const {works, problem, fix} = await probeAttributes(folder);
  if (!works)
    throw new UserError(
      `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. Nothing was written.`,
      `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
    );
}

function progressFor({json, animated}: SetupOutput): Progress {
  if (json) return 'silent';
  return animated ? 'animated' : 'lines';
}

async function isNew(file: string): Promise<boolean> {
  return stat(file).then(
    () => false,
    () => true,
  );
}
