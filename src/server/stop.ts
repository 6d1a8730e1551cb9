import {UserError} from '../base/user-error.ts';
import {askControl} from './control.ts';
import {findServer, isAlive} from './pid-file.ts';
import type {ServerStatus} from './stats.ts';

/** Where a server can be met; Config fits. */
export interface Meeting {
  readonly controlSocket: string;
  readonly pidFile: string;
}

const timeOutMs = 60_000;

/** What a running server tells of itself; undefined: none runs here. Throws UserError where it does not answer or may not be asked. */
export async function findStatus({controlSocket}: Meeting): Promise<ServerStatus | undefined> {
  return (await askControl(controlSocket, 'status')) as ServerStatus | undefined;
}

/**
 * Tells the server to stop and waits until all its processes are gone. Answers false where none runs. Throws UserError where it takes
 * longer than a minute.
 */
export async function stopServer(meeting: Meeting): Promise<boolean> {
  const status = await findStatus(meeting);
  const pids = status ? [status.pid, ...status.processes.map(({pid}) => pid)] : [];
  if (!status || (await askControl(meeting.controlSocket, 'stop')) === undefined) {
    const pid = findServer(meeting.pidFile);
    if (pid === undefined) return false;
    signal(pid);
    pids.push(pid);
  }
  const end = Date.now() + timeOutMs;
  while (pids.some(isAlive)) {
    if (Date.now() > end) {
      throw new UserError(
        `The server (process ${pids[0]}) is still finishing what is under way.`,
        'Type caldav stop again to hurry it.',
      );
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return true;
}

function signal(pid: number) {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new UserError(`This account may not stop process ${pid}.`, 'Do it as the account that started the server, or as root.');
  }
}
