import {randomUUID} from 'node:crypto';
import {isRunning} from '../base/is-running.ts';

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
