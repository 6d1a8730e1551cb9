import {randomUUID} from 'node:crypto';

/** What a process is called that sees to deliveries: others of the same start of the server can tell whether it is still there. */
export type Holder = string;

export function newHolder(startId: string): Holder {
  return `${startId} ${process.pid} ${randomUUID()}`;
}

/** Whether it is no more: it was of an earlier start of the server, or its process has ended. */
export function isGone(holder: Holder, startId: string): boolean {
  const [start, pid] = holder.split(' ');
  return start !== startId || !isRunning(Number(pid));
}

/** Whether there is a process with this id. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
