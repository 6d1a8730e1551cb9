import {Socket} from 'node:net';
import {failpoint} from '../base/failpoint.ts';
import {UserError} from '../base/user-error.ts';
import {createLog} from './error-log.ts';
import type {FromWorker, ToWorker} from './messages.ts';
import {becomeAccount} from './privileges.ts';
import {startProfile} from './profile.ts';
import {startWorker, type Worker} from './worker.ts';

/** The program of a worker of `Combined`. Whatever it needs of a file comes from the supervisor, but for the data. */
process.title = 'caldav: worker';

let worker: Worker | undefined;
/** Rejects never. */
let started: Promise<void> | undefined;
let ending = false;
let endProfile: (() => Promise<string>) | undefined;

const tell = (message: FromWorker) => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};
const log = createLog('debug', line => tell({type: 'log', line}));

// The terminal's Ctrl-C and its end go to every process of the group: what they mean, the supervisor says.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => void stop(30_000));
process.on('disconnect', () => void stop(30_000));
process.on('uncaughtException', error => {
  log.error({err: error}, 'a fault of the program: this worker ends');
  setTimeout(() => process.exit(1), 100);
});

process.on('message', async (message: ToWorker, handle: unknown) => {
  switch (message.type) {
    case 'start':
      started = start(message);
      break;
    case 'connection':
      failpoint('connection handed over');
      tell({type: 'took', id: message.id});
      if (handle instanceof Socket) worker?.take(handle, message.tls);
      break;
    case 'ping':
      tell({type: 'pong'});
      break;
    case 'reload':
      // One that is starting does so with what was in force then.
      await started;
      try {
        worker?.reload(message.material);
        tell({type: 'reloaded', id: message.id});
      } catch (error) {
        tell({type: 'reloaded', id: message.id, error: sentence(error)});
      }
      break;
    case 'settle':
      await worker?.settle().catch(error => log.error({err: error}, 'what a dead worker owed could not be written out'));
      break;
    case 'stats':
      if (worker) tell({type: 'stats', id: message.id, stats: await worker.stats()});
      break;
    case 'stop':
      await stop(message.graceMs);
      break;
  }
});

async function start({material, account, startId, binds, profile}: Extract<ToWorker, {type: 'start'}>) {
  try {
    if (profile) endProfile = await startProfile();
    worker = await startWorker({
      material,
      log: createLog(material.config.logs.level, line => tell({type: 'log', line})),
      access: gather,
      startId,
      share: Number(process.env.CALDAV_WORKERS ?? 1),
      binds,
      ...(account ? {drop: () => becomeAccount(account)} : {}),
    });
    tell({type: 'ready'});
  } catch (error) {
    if (!(error instanceof UserError)) log.error({err: error}, 'a worker could not start');
    tell({type: 'failed', ...sentence(error)});
    finish(1);
  }
}

async function stop(graceMs: number) {
  if (ending) {
    // Asked again: now it is in a hurry.
    await worker?.stop(graceMs);
    return;
  }
  ending = true;
  try {
    await worker?.stop(graceMs);
    if (endProfile) tell({type: 'profile', text: await endProfile()});
    sendAccess();
    finish(0);
  } catch (error) {
    log.error({err: error}, 'a worker could not end well');
    finish(1);
  }
}

/** Ends once the supervisor has what was said last. */
function finish(code: number) {
  if (!process.connected) process.exit(code);
  process.send?.({type: 'access', lines: ''}, undefined, undefined, () => process.exit(code));
}

let lines = '';
let timer: NodeJS.Timeout | undefined;

/** Lines go to the supervisor, who alone writes the log, many at a time. */
function gather(more: string) {
  lines += more;
  if (lines.length > 64 * 1024) sendAccess();
  else timer ??= setTimeout(sendAccess, 200);
}

function sendAccess() {
  clearTimeout(timer);
  timer = undefined;
  if (lines) tell({type: 'access', lines});
  lines = '';
}

function sentence(error: unknown): {message: string; fix: string} {
  if (error instanceof UserError) return {message: error.message, fix: error.fix};
  return {
    message: `The server could not start: ${error instanceof Error ? error.message : String(error)}.`,
    fix: 'See its error log.',
  };
}

tell({type: 'loaded'});
