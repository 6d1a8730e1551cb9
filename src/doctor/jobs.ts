import {tryAccess} from './access.ts';
import {probeAttributes} from './attributes-probe.ts';
import {inspectDelegates} from './delegates.ts';
import {inspectHomes} from './homes.ts';
import {measureSync} from './sync-speed.ts';

/** What the doctor does as the account that serves the data, each with one argument that can be sent to another process. */
export const jobs = {
  attributes: probeAttributes,
  sync: measureSync,
  access: tryAccess,
  homes: inspectHomes,
  delegates: inspectDelegates,
};

export type Jobs = typeof jobs;
