import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {onTestFinished} from 'vitest';

/** A process that does nothing, with `name` in its command line, until the test ends. */
export async function named(name: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'process.send(1); setInterval(() => {}, 1e6)', name], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}
