import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import type {Bound, Endpoint} from '../http/bind.ts';
import {askControl} from '../server/control.ts';
import {findServer} from '../server/pid-file.ts';
import type {ServerStatus} from '../server/stats.ts';

/** The server of this configuration, at work. */
export interface Running {
  readonly pid: number;
  /** Where it listens; undefined where this account may not ask it. */
  readonly bound: readonly Bound[] | undefined;
}

/** Asks its control socket, then its PID file. Undefined: it does not run. */
export async function findRunning({controlSocket, pidFile}: Config): Promise<Running | undefined> {
  try {
    const status = (await askControl(controlSocket, 'status', 3000)) as ServerStatus | undefined;
    if (status) return {pid: status.pid, bound: status.bound};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  const pid = findServer(pidFile);
  return pid === undefined ? undefined : {pid, bound: undefined};
}

/** An address of this machine that reaches what listens there. */
export function reachableAt({host}: Pick<Endpoint, 'host'>): string {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
