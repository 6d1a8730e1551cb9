import type {ChildProcess} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import type {Log} from '../base/log.ts';
import {UserError} from '../base/user-error.ts';
import type {Crew, CrewLogs} from './crew.ts';
import {createHandOver} from './hand-over.ts';
import type {Material} from './material.ts';
import type {FromWorker, ToWorker} from './messages.ts';
import {endpoints} from './ports.ts';
import type {Account} from './privileges.ts';
import {type HealthFigures, healthFigures, Pulse} from './pulse.ts';
import {forkWorker, hasEnded, type Recruits} from './recruits.ts';
import type {ProcessStatus, WorkerStats} from './stats.ts';

/** A worker that lived shorter than this died of its start: the next one waits. */
const steadyMs = 10_000;
const longestPauseMs = 30_000;
/** As long as nobody else answers. */
const longestPauseOfLastMs = 1000;

interface Seat {
  worker: ChildProcess;
  since: number;
  ready: boolean;
  pauseMs: number;
  /** Once it has loaded the program. */
  pulse?: Pulse | undefined;
  timer?: NodeJS.Timeout;
}

interface Waiting {
  worker: ChildProcess;
  resolve(value: WorkerStats | undefined): void;
  reject(error: Error): void;
}

/** Workers beside this process, which has the ports: it may be root when they are bound, and the workers need not. */
export function createCombined(
  recruits: Recruits,
  logs: CrewLogs,
  log: Log,
  account: Account | undefined,
  health: HealthFigures = healthFigures,
): Crew {
  const seats: Seat[] = [];
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let material: Material;
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  let respawns = 0;
  const startId = randomUUID();
  const handOver = createHandOver<ChildProcess>(log);
  let rounds: NodeJS.Timeout | undefined;

  const tell = (worker: ChildProcess, message: ToWorker) => {
    if (worker.connected) worker.send(message, () => {});
  };

  /** Sends a question and waits for its answer; undefined where the worker is gone before it gave one. */
  function ask(worker: ChildProcess, message: (id: number) => ToWorker): Promise<WorkerStats | undefined> {
    if (hasEnded(worker) || !worker.connected) return Promise.resolve(undefined);
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

  /** Starts a worker; resolves when it answers, rejects where it cannot. */
  function start(seat: Seat): Promise<void> {
    const recruit = recruits.take();
    const worker = recruit?.worker ?? forkWorker(recruits.size);
    const welcome = () => {
      seat.pulse = new Pulse(health);
      tell(worker, {type: 'start', material, account, startId, binds: false, profile: logs.profile !== undefined});
    };
    seat.worker = worker;
    seat.since = Date.now();
    seat.pulse = undefined;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'loaded':
            if (!recruit) welcome();
            break;
          case 'ready':
            seat.ready = true;
            handOver.add(worker, (id, {socket, tls}) => {
              const message: ToWorker = {type: 'connection', id, tls};
              if (worker.connected) worker.send(message, socket, {keepOpen: true}, () => {});
            });
            resolve();
            break;
          case 'took':
            handOver.took(worker, message.id);
            break;
          case 'pong':
            if (seat.pulse?.beat()) log.warn({worker: worker.pid}, 'a worker that did not answer does so again');
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
            logs.profile?.(worker.pid!, message.text);
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
      // Not earlier: what it said last of what it has taken has been heard by now.
      worker.on('disconnect', () => handOver.remove(worker));
      const over = (code: number | null, signal: string | null) => {
        seat.ready = false;
        for (const [id, {worker: asked}] of waiting) if (asked === worker) settle(id, ({resolve}) => resolve(undefined));
        reject(new Error(`a worker ended before it was ready (${signal ?? `exit ${code}`})`));
        if (state === 'ready') replace(seat, code, signal);
      };
      worker.on('exit', over);
      worker.on('error', error => {
        log.warn({err: error}, 'a worker could not be spoken to');
        // The system has no process to give: what never was will not exit.
        if (worker.pid === undefined) over(null, null);
      });
      void recruit?.loaded.then(welcome);
    });
  }

  function replace(seat: Seat, code: number | null, signal: string | null) {
    const lived = Date.now() - seat.since;
    const longest = seats.some(({ready}) => ready) ? longestPauseMs : longestPauseOfLastMs;
    seat.pauseMs = lived > steadyMs ? 0 : Math.min(longest, Math.max(100, seat.pauseMs * 2));
    log.error({worker: seat.worker.pid, code, signal, againInMs: seat.pauseMs}, 'a worker has died and is replaced');
    respawns++;
    const heir = seats.find(one => one !== seat && one.ready);
    if (heir) tell(heir.worker, {type: 'settle'});
    seat.timer = setTimeout(() => {
      const started = start(seat).then(() => {
        if (!heir) tell(seat.worker, {type: 'settle'});
      });
      started.catch(error => {
        if (error instanceof UserError) log.error({fix: error.fix}, error.message);
        else log.error({err: error}, 'a worker could not be replaced');
        // One that says it cannot ends by itself; its end starts the next try.
      });
    }, seat.pauseMs);
  }

  const alive = () => seats.map(({worker}) => worker).filter(worker => !hasEnded(worker));

  /** Asks all for a sign of life. */
  function round() {
    for (const {worker, pulse} of seats) {
      if (!pulse || hasEnded(worker)) continue;
      const todo = pulse.round();
      if (todo === 'report') log.warn({worker: worker.pid}, 'a worker does not answer');
      if (todo === 'replace') {
        log.error({worker: worker.pid}, 'a worker has not answered for too long and is ended');
        worker.kill('SIGKILL');
      }
      tell(worker, {type: 'ping'});
    }
  }

  async function end(graceMs: number) {
    state = 'stopping';
    for (const seat of seats) clearTimeout(seat.timer);
    await handOver.close();
    const gone = alive().map(worker => new Promise<void>(resolve => worker.once('exit', () => resolve())));
    for (const worker of alive()) tell(worker, {type: 'stop', graceMs});
    // One that hangs is not waited for for ever: what it has promised is in the journal.
    const timer = setTimeout(() => {
      for (const worker of alive()) worker.kill('SIGKILL');
    }, graceMs + 15_000);
    await Promise.all(gone);
    clearTimeout(timer);
    clearInterval(rounds);
  }

  return {
    async start(first) {
      material = first;
      const bound = await handOver.listen(endpoints(first.config));
      rounds = setInterval(round, health.everyMs);
      const started = Array.from({length: recruits.size}, () => {
        const seat = {ready: false, pauseMs: 0} as Seat;
        seats.push(seat);
        return start(seat);
      });
      try {
        await Promise.all(started);
        if (state === 'starting') state = 'ready';
        return bound;
      } catch (error) {
        await Promise.all([end(0), Promise.allSettled(started)]);
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
          return hasEnded(worker) ? undefined : {role: 'worker', pid: worker.pid!, uid: -1, gid: -1, since};
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
