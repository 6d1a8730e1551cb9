import {extname} from 'node:path';
import {askAsAccount} from '../server/as-account.ts';
import type {Account} from '../server/privileges.ts';
import {type Jobs, jobs} from './jobs.ts';

/** What the process that does a job is asked. */
export interface Order {
  readonly job: keyof Jobs;
  readonly argument: unknown;
}

/** Does a job as another account, in a process of its own. Undefined: as this account, in this process. */
export async function asAccount<Job extends keyof Jobs>(
  account: Account | undefined,
  job: Job,
  argument: Parameters<Jobs[Job]>[0],
): Promise<Awaited<ReturnType<Jobs[Job]>>> {
  type Answer = Awaited<ReturnType<Jobs[Job]>>;
  if (account === undefined || account.uid === process.geteuid?.()) {
    const work = await jobs[job]();
    return (await work(argument as never)) as Answer;
  }
  const program = new URL(`./account-process${extname(import.meta.filename)}`, import.meta.url);
  return (await askAsAccount(program, account, {job, argument} satisfies Order)) as Answer;
}
