import {spawn} from 'node:child_process';
import {closeSync} from 'node:fs';
import {extname, join} from 'node:path';
import {UserError} from '../base/user-error.ts';
import {openToAppend} from '../server/log-file.ts';
import type {ServerStatus} from '../server/stats.ts';
import {configOf, type ServeOptions} from './serve.ts';

/** What the server in the background tells whoever started it. */
export type FromDaemon =
  | {readonly ready: ServerStatus}
  | {readonly note: string}
  | {readonly failed: {readonly message: string; readonly fix: string}};

/** Starts the server in the background and waits until it answers. Throws UserError where it cannot start. */
export async function startDaemon(options: ServeOptions, note: (text: string) => void): Promise<ServerStatus> {
  const {logs} = configOf(options.configFile, options.dir, options.processType);
  const output = openIfThere(logs.errorLogFile);
  const program = join(import.meta.dirname, `daemon-process${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  if (typeof output === 'number') closeSync(output);
  try {
    return await new Promise<ServerStatus>((resolve, reject) => {
      child.on('message', (message: FromDaemon) => {
        if ('ready' in message) resolve(message.ready);
        else if ('note' in message) note(message.note);
        else reject(new UserError(message.failed.message, message.failed.fix));
      });
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        reject(new UserError(`The server ended while it started (${signal ?? `exit ${code}`}).`, `See ${logs.errorLogFile}`)),
      );
    });
  } finally {
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Where the last words of a process that dies go; nowhere as long as there is no folder for logs. */
function openIfThere(file: string): number | 'ignore' {
  try {
    return openToAppend(file, {followsLinks: process.geteuid?.() !== 0});
  } catch {
    return 'ignore';
  }
}
