import cluster, {type Worker as ClusterWorker} from 'node:cluster';
import {randomUUID} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {extname, join} from 'node:path';
import type {Log} from '../base/log.ts';
import {UserError} from '../base/user-error.ts';
import type {Bound} from '../http/listener.ts';
import type {Crew, CrewLogs} from './crew.ts';
import type {Material} from './material.ts';
import type {FromWorker, ToWorker} from './messages.ts';
import type {Account} from './privileges.ts';
import type {ProcessStatus, WorkerStats} from './stats.ts';

/** A worker that lived shorter than this died of its start: the next one waits. */
const steadyMs = 10_000;
const longestPauseMs = 30_000;

interface Seat {
  worker: ClusterWorker;
  since: number;
  ready: boolean;
  pauseMs: number;
  timer?: NodeJS.Timeout;
}

interface Waiting {
  worker: ClusterWorker;
  resolve(value: WorkerStats | undefined): void;
  reject(error: Error): void;
}

/** Workers of node:cluster: the ports are this process's, so that it may be root when they are bound and the workers need not. */
export function createCombined(count: number, logs: CrewLogs, log: Log, account: Account | undefined): Crew {
  const seats: Seat[] = [];
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let material: Material;
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  let respawns = 0;
  const crewSize = count || availableParallelism();
  const startId = randomUUID();

  const tell = (worker: ClusterWorker, message: ToWorker) => {
    if (worker.isConnected()) worker.send(message, () => {});
  };

  /** Sends a question and waits for its answer; undefined where the worker is gone before it gave one. */
  function ask(worker: ClusterWorker, message: (id: number) => ToWorker): Promise<WorkerStats | undefined> {
    if (worker.isDead() || !worker.isConnected()) return Promise.resolve(undefined);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, {worker, resolve, reject});
      tell(worker, message(id));
    });
  }

  function settle(id: number, how: (entry: Waiting) => void) {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (entry) how(entry);
  }

  /** Starts a worker; resolves with where it listens, rejects where it cannot. */
  function fork(seat: Seat): Promise<readonly Bound[]> {
    const worker = cluster.fork({CALDAV_WORKERS: String(crewSize)});
    seat.worker = worker;
    seat.since = Date.now();
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'loaded':
            tell(worker, {type: 'start', material, account, startId, profile: logs.profile !== undefined});
            break;
          case 'ready':
            seat.ready = true;
            resolve(message.bound);
            break;
          case 'failed':
            reject(new UserError(message.message, message.fix));
            break;
          case 'access':
            logs.access(message.lines);
            break;
          case 'log':
            logs.error(message.line);
            break;
          case 'profile':
            logs.profile?.(worker.process.pid!, message.text);
            break;
          case 'reloaded':
            settle(message.id, ({resolve, reject}) => {
              if (message.error) reject(new UserError(message.error.message, message.error.fix));
              else resolve(undefined);
            });
            break;
          case 'stats':
            settle(message.id, entry => entry.resolve(message.stats));
            break;
        }
      });
      worker.on('exit', (code, signal) => {
        seat.ready = false;
        for (const [id, {worker: asked}] of waiting) if (asked === worker) settle(id, ({resolve}) => resolve(undefined));
        reject(new Error(`a worker ended before it was ready (${signal ?? `exit ${code}`})`));
        if (state === 'ready') replace(seat, code, signal);
      });
      worker.on('error', error => log.warn({err: error}, 'a worker could not be spoken to'));
    });
  }

  function replace(seat: Seat, code: number, signal: string) {
    const lived = Date.now() - seat.since;
    seat.pauseMs = lived > steadyMs ? 0 : Math.min(longestPauseMs, Math.max(100, seat.pauseMs * 2));
    log.error({worker: seat.worker.process.pid, code, signal, againInMs: seat.pauseMs}, 'a worker has died and is replaced');
    respawns++;
    const heir = seats.find(one => one !== seat && one.ready);
    if (heir) tell(heir.worker, {type: 'settle'});
    seat.timer = setTimeout(() => {
      const forked = fork(seat).then(() => {
        if (!heir) tell(seat.worker, {type: 'settle'});
      });
      forked.catch(error => {
        if (error instanceof UserError) log.error({fix: error.fix}, error.message);
        else log.error({err: error}, 'a worker could not be replaced');
        // One that says it cannot ends by itself; its end starts the next try.
      });
    }, seat.pauseMs);
  }

  const alive = () => seats.map(({worker}) => worker).filter(worker => !worker.isDead());

  async function end(graceMs: number) {
    state = 'stopping';
    for (const seat of seats) clearTimeout(seat.timer);
    const gone = alive().map(worker => new Promise<void>(resolve => worker.once('exit', () => resolve())));
    for (const worker of alive()) tell(worker, {type: 'stop', graceMs});
    // One that hangs is not waited for for ever: what it has promised is in the journal.
    const timer = setTimeout(() => {
      for (const worker of alive()) worker.process.kill('SIGKILL');
    }, graceMs + 15_000);
    await Promise.all(gone);
    clearTimeout(timer);
  }

  return {
    async start(first) {
      material = first;
      const extension = extname(import.meta.filename);
      cluster.setupPrimary({
        exec: join(import.meta.dirname, `worker-process${extension}`),
        args: [],
        execArgv: [],
        serialization: 'advanced',
      });
      const bound = Array.from({length: crewSize}, () => {
        const seat = {pauseMs: 0} as Seat;
        seats.push(seat);
        return fork(seat);
      });
      try {
        const [one] = await Promise.all(bound);
        state = 'ready';
        return one!;
      } catch (error) {
        await Promise.all([end(0), Promise.allSettled(bound)]);
        throw error;
      }
    },
    async reload(next) {
      const before = material;
      material = next;
      try {
        await Promise.all(alive().map(worker => ask(worker, id => ({type: 'reload', id, material: next}))));
      } catch (error) {
        material = before;
        await Promise.allSettled(alive().map(worker => ask(worker, id => ({type: 'reload', id, material: before}))));
        throw error;
      }
    },
    async processes() {
      const found = await Promise.all(
        seats.map(async ({worker, since}): Promise<ProcessStatus | undefined> => {
          const stats = await Promise.race([
            ask(worker, id => ({type: 'stats', id})),
            new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), 2000)),
          ]);
          if (stats) return {role: 'worker', ...stats};
          return worker.isDead() ? undefined : {role: 'worker', pid: worker.process.pid!, uid: -1, gid: -1, since};
        }),
      );
      return found.filter(status => status !== undefined);
    },
    get respawns() {
      return respawns;
    },
    stop: end,
  };
}
