import {type ChildProcess, fork} from 'node:child_process';
import {availableParallelism} from 'node:os';
import {extname, join} from 'node:path';
import {workerEnvironment, workerFlags} from './memory.ts';

const program = join(import.meta.dirname, `worker-process${extname(import.meta.filename)}`);

/** The process of a worker, which loads the program and then waits to be told what it serves. */
export function forkWorker(crewSize: number): ChildProcess {
  return fork(program, [], {
    execArgv: [...workerFlags],
    serialization: 'advanced',
    // Threads for what waits for the disk: many files that are synced at the same time share a commit of the file system.
    env: {UV_THREADPOOL_SIZE: '12', ...workerEnvironment, ...process.env, CALDAV_WORKERS: String(crewSize)},
  });
}

/** Workers that load the program while what they are to serve is read; those that nobody takes end with this. */
export class Recruits implements AsyncDisposable {
  readonly size: number;
  readonly #free: {worker: ChildProcess; loaded: Promise<unknown>}[];

  /** `count` 0: one for each processor. */
  constructor(count: number) {
    this.size = count || availableParallelism();
    this.#free = Array.from({length: this.size}, () => {
      const worker = forkWorker(this.size);
      // Whoever takes it hears of what goes wrong by its end.
      worker.on('error', () => {});
      return {worker, loaded: new Promise(resolve => worker.once('message', resolve))};
    });
  }

  /** One that lives, and when it has loaded the program. */
  take(): {worker: ChildProcess; loaded: Promise<unknown>} | undefined {
    const taken = this.#free.shift();
    return taken && hasEnded(taken.worker) ? this.take() : taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.#free.splice(0).map(({worker}) => worker);
    const alive = left.filter(worker => !hasEnded(worker));
    const gone = alive.map(worker => new Promise<void>(resolve => worker.once('exit', () => resolve())));
    for (const worker of alive) worker.kill('SIGKILL');
    await Promise.all(gone);
  }
}

export function hasEnded({pid, exitCode, signalCode}: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
