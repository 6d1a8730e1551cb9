import {takeOrder} from '../server/as-account.ts';
import type {Order} from './as-account.ts';
import {jobs} from './jobs.ts';

/** The program of the process that `asAccount` starts. */
takeOrder(async ({job, argument}: Order) => {
  const work = await jobs[job]();
  return () => work(argument as never);
});
