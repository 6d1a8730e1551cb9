import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {Listr} from 'listr2';
import type {Passwords} from './answers.ts';
import type {Plan} from './planned.ts';
import type {Work} from './step.ts';
import {steps} from './steps.ts';
import {findSystemAccount} from './system-accounts.ts';
import {writeUnfinished} from './unfinished.ts';

/** How the list of tasks is shown: moving on a terminal, line by line elsewhere, not at all. */
export type Progress = 'animated' | 'lines' | 'silent';

/**
 * Does what the plan says, step by step; a step whose work is done is skipped. Leaves the note behind that a set-up is under way:
 * whoever calls takes it away when all is said. Answers with the passwords it generated.
 */
export async function applyPlan(
  plan: Plan,
  typed: Passwords,
  progress: Progress,
  now = new Date(),
): Promise<ReadonlyMap<string, string>> {
  const owner = plan.systemAccount && findSystemAccount(plan.systemAccount.name);
  const work: Work = {
    passwords: new Map(),
    typed,
    owner,
    backupEnd: plan.answers.force ? `${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.bak` : undefined,
  };
  await mkdir(join(plan.folder, 'conf'), {recursive: true, mode: 0o755});
  await writeUnfinished(plan.folder, {
    answers: plan.answers,
    madeAccounts: plan.accountsFile.action === 'replace' && !plan.answers.force,
  });
  const tasks = steps.map(step => ({
    title: capital(step.title(plan)),
    enabled: () => step.applies?.(plan) ?? true,
    skip: () => step.done(plan) && 'done already',
    task: () => step.run(plan, work),
  }));
  const renderer = {animated: 'default', lines: 'simple', silent: 'silent'} as const;
  await new Listr(tasks, {renderer: renderer[progress], fallbackRenderer: renderer[progress], concurrent: false}).run();
  return work.passwords;
}

function capital(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
