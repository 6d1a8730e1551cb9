import {becomeAccount} from '../server/privileges.ts';
import type {Answer, Order} from './as-account.ts';
import {loadAttributes} from './attributes-probe.ts';
import {jobs} from './jobs.ts';

/** The program of the process that `asAccount` starts. */
await loadAttributes().catch(() => undefined);

process.once('message', async message => {
  const {account, job, argument} = message as Order;
  let answer: Answer;
  try {
    becomeAccount(account);
    answer = {value: await jobs[job](argument as never)};
  } catch (error) {
    answer = {error: error instanceof Error ? error.message : String(error)};
  }
  process.send?.(answer);
});
process.once('disconnect', () => process.exit());
