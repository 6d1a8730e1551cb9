import {closeSync, openSync} from 'node:fs';

/**
 * TERM and INT stop, HUP reloads; but when the terminal that the server was started from is gone, HUP means that, and stops. The
 * signals are this process's own again once it is closed.
 */
export function onSignals({stop, reload}: {stop(): void; reload(): void}): {close(): void} {
  const watched = process.stdin.isTTY === true;
  const hangUp = () => (watched && !hasTerminal() ? stop() : reload());
  // What is written to a terminal that is gone must not end the server.
  const ignore = () => {};
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', hangUp);
  return {
    close() {
      process.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', hangUp);
      for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore);
    },
  };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
