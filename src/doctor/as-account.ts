import {fork} from 'node:child_process';
import {extname} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Account} from '../server/privileges.ts';
import type {Jobs} from './jobs.ts';
import {jobs} from './jobs.ts';

/** What is sent to the process that does a job, and what it sends back. */
export interface Order {
  readonly account: Account;
  readonly job: keyof Jobs;
  readonly argument: unknown;
}
export type Answer = {readonly value: unknown} | {readonly error: string};

/**
 * Does a job as another account, in a process of its own that loads the program first and then becomes that account: so it works
 * where the program itself lies in a folder that the account cannot read. Undefined: as this account, in this process.
 */
export async function asAccount<Job extends keyof Jobs>(
  account: Account | undefined,
  job: Job,
  argument: Parameters<Jobs[Job]>[0],
): Promise<Awaited<ReturnType<Jobs[Job]>>> {
  if (account === undefined || account.uid === process.geteuid?.()) {
    return (await jobs[job](argument as never)) as Awaited<ReturnType<Jobs[Job]>>;
  }
  const program = new URL(`./account-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const child = fork(program, {
    execArgv: [],
    cwd: '/',
    env: {PATH: process.env.PATH ?? ''},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', chunk => {
    complaint += chunk;
  });
  const answer = await new Promise<Answer>((resolve, reject) => {
    child.once('message', message => resolve(message as Answer));
    child.once('error', reject);
    child.once('close', code => reject(new Error(`the process for ${account.name} ended with ${code}: ${complaint.trim()}`)));
    child.send({account, job, argument} satisfies Order);
  });
  if (child.connected) child.disconnect();
  if ('error' in answer) throw new Error(answer.error);
  return answer.value as Awaited<ReturnType<Jobs[Job]>>;
}
