import {type ChildProcess, spawn} from 'node:child_process';
import type {Log} from '../base/log.ts';
import type {Config} from '../config/config.ts';
import type {Account} from './privileges.ts';

/** One that lived shorter than this died of its start. */
const steadyMs = 10_000;
const shortestPauseMs = 250;
const longestPauseMs = 30_000;

/**
 * Starts memcached and ends it when the pipe on descriptor 3 closes: that happens whichever way the program at its other end dies. Ends
 * with it.
 */
const script = `exec 3<&0
"$0" "$@" </dev/null 3<&- &
memcached=$!
{ read -r _ <&3; kill "$memcached"; } 2>/dev/null &
wait "$memcached"
status=$?
kill $! 2>/dev/null
exit $status`;

/**
 * A memcached of the server's own, for this machine alone and never as root; it is started again when it dies. What keeps it from
 * running is logged once: the server does without.
 */
export function startMemcached({memcached}: Config, account: Account | undefined, log: Log): AsyncDisposable {
  const {bindAddress, port, program, maxMemoryMegabytes} = memcached;
  const memory = maxMemoryMegabytes > 0 ? ['-m', String(maxMemoryMegabytes)] : [];
  const args = ['-l', bindAddress, '-p', String(port), '-U', '0', ...memory];
  let child: ChildProcess;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let ended = Promise.resolve();
  let closed = false;

  function start() {
    const since = Date.now();
    child = spawn('/bin/sh', ['-c', script, program, ...args], {
      cwd: '/',
      // A terminal's Ctrl-C is for the server to answer.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      ...(account ? {uid: account.uid, gid: account.gid} : {}),
    });
    let said = '';
    child.stdin!.on('error', () => {});
    child.stderr!.setEncoding('utf8').on('data', text => {
      said = (said + text).slice(0, 300);
    });
    ended = new Promise(resolve => {
      const end = (reason: string) => {
        resolve();
        if (closed) return;
        failures = Date.now() - since > steadyMs ? 1 : failures + 1;
        if (failures === 1) log.error({program, reason}, 'memcached has ended; it is started again now and then');
        timer = setTimeout(start, Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(failures, 10)));
      };
      child.once('error', error => end(error.message));
      child.once('close', (code, signal) => end(said.trim() || (signal ?? `exit ${code}`)));
    });
  }

  start();
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      child.stdin!.end();
      await ended;
    },
  };
}
