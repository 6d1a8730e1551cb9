import {rmSync} from 'node:fs';

/** What this process has made for a moment, to be gone whichever way it ends. */
const made = new Set<string>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `work` with a path that it may make a file or folder at; whatever is there is removed after it, on a signal too. */
export async function withTemporary<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
  using _ = temporary(path);
  return await work(path);
}

/** Has what is at a path removed when it is disposed of, or on a signal. */
export function temporary(path: string): Disposable {
  if (made.size === 0) listen();
  made.add(path);
  return {
    [Symbol.dispose]() {
      remove(path);
      made.delete(path);
      if (made.size === 0) unlisten();
    },
  };
}

function listen() {
  for (const signal of signals) process.on(signal, removeAndEnd);
  process.on('exit', removeAll);
}

function unlisten() {
  for (const signal of signals) process.off(signal, removeAndEnd);
  process.off('exit', removeAll);
}

function removeAndEnd(signal: NodeJS.Signals) {
  removeAll();
  unlisten();
  process.kill(process.pid, signal);
}

function removeAll() {
  for (const path of made) remove(path);
}

function remove(path: string) {
  rmSync(path, {recursive: true, force: true});
}
