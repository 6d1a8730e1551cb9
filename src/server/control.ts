import {lchownSync, rmSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {basename, dirname} from 'node:path';
import {UserError} from '../base/user-error.ts';
import type {Account} from './privileges.ts';

/** What a running server is asked through its control socket: one JSON document a line, `{"command": "status"}`. */
export type ControlCommand = 'status' | 'reload' | 'stop';

/** What it answers, in one line: `{"value": …}`, or `{"error": "…", "fix": "…"}`. */
interface ControlAnswer {
  readonly value?: unknown;
  readonly error?: string;
  readonly fix?: string;
}

export type ControlHandlers = Readonly<Record<ControlCommand, () => unknown>>;

/** Opens the control socket; only its owner (and root) can use it. A socket that a dead server left is replaced. */
export async function openControl(path: string, handlers: ControlHandlers, owner?: Account): Promise<{close(): void}> {
  const connections = new Set<Socket>();
  const server = createServer(socket => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => socket.destroy());
    let turn = Promise.resolve();
    onLines(socket, line => {
      turn = turn.then(async () => void socket.write(`${JSON.stringify(await reply(line, handlers))}\n`));
    });
  });
  rmSync(path, {force: true});
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', error => reject(new UserError(`The control socket ${path} cannot be opened: ${error.message}.`)));
      inFolder(path, name => server.listen(name, resolve));
    });
  } finally {
    process.umask(umask);
  }
  // Its rights came with the umask. What may have been laid in its place meanwhile is not followed: the folder may be the owner's.
  if (owner && process.geteuid?.() === 0) lchownSync(path, owner.uid, owner.gid);
  return {
    close() {
      server.close();
      for (const socket of connections) socket.destroySoon();
    },
  };
}

/**
 * Asks the server behind a control socket. Undefined: nobody answers there. Throws UserError where the server says no, or this
 * account may not ask.
 */
export function askControl(path: string, command: ControlCommand, timeOutMs = 10_000): Promise<unknown | undefined> {
  return new Promise((resolve, reject) => {
    const socket = inFolder(path, name => connect(name));
    if (!socket) {
      resolve(undefined);
      return;
    }
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new UserError('The server does not answer.', 'See its error log.'));
    }, timeOutMs);
    socket.on('connect', () => socket.write(`${JSON.stringify({command})}\n`));
    onLines(socket, line => {
      const {value = null, error, fix} = JSON.parse(line) as ControlAnswer;
      if (error === undefined) resolve(value);
      else reject(new UserError(error, fix));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES' && error.code !== 'EPERM') return;
      reject(new UserError(`This account may not use ${path}.`, 'Ask as the account that started the server, or as root.'));
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    // Nobody has that much to say here.
    if (rest.length > 64 * 1024 * 1024) socket.destroy();
    for (const line of lines) take(line);
  });
}

async function reply(line: string, handlers: ControlHandlers): Promise<ControlAnswer> {
  try {
    const {command} = JSON.parse(line) as {command: string};
    if (!Object.hasOwn(handlers, command)) return {error: `There is no control command ${JSON.stringify(command)}.`};
    return {value: (await handlers[command as ControlCommand]()) ?? null};
  } catch (error) {
    if (error instanceof UserError) return {error: error.message, fix: error.fix};
    return {error: error instanceof Error ? error.message : String(error)};
  }
}

/**
 * The name of a socket is at most 107 bytes (unix(7)), however deep the folder: a longer one is used from within its folder.
 * Undefined: there is no such folder.
 */
function inFolder<T>(path: string, use: (name: string) => T): T | undefined {
  if (Buffer.byteLength(path) < 104) return use(path);
  const before = process.cwd();
  try {
    process.chdir(dirname(path));
  } catch {
    return undefined;
  }
  try {
    return use(basename(path));
  } finally {
    process.chdir(before);
  }
}
