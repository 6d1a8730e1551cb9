import {takeOrder} from '../server/as-account.ts';
import type {Order} from './as-account.ts';
import {jobs} from './jobs.ts';

/** The program of the process that `asAccount` starts. */
takeOrder(({job, argument}: Order) => jobs[job](argument as never));
