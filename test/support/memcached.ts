import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect, createServer, type Server, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import type {Log} from '../../src/base/log.ts';
import {freePort, listen} from './loopback.ts';

/** A memcached on a free port, or on that one, until the test ends. */
export async function startMemcached({
  port,
  options = [],
}: {
  port?: number;
  options?: readonly string[];
} = {}): Promise<{address: {host: string; port: number}; child: ChildProcess}> {
  const address = {host: '127.0.0.1', port: port ?? (await freePort())};
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('memcached', ['-l', address.host, '-p', String(address.port), '-U', '0', ...account, ...options], {
    stdio: 'ignore',
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  while (!(await answers(address.port))) {
    if (child.exitCode !== null) throw new Error(`memcached has ended: ${child.exitCode}`);
  }
  return {address, child};
}

/** Ends it and waits until it is gone. */
export async function stopMemcached(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Whether somebody listens on a port of this machine. */
export async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return await new Promise<boolean>(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}

/** What looks like a memcached from afar: does with each connection as it is told. */
export async function pretendMemcached(serve: (socket: Socket) => void): Promise<{host: string; port: number}> {
  const server: Server = createServer(socket => {
    socket.on('error', () => {});
    onTestFinished(() => {
      socket.destroy();
    });
    serve(socket);
  });
  return {host: '127.0.0.1', port: await listen(server)};
}

/** A log that keeps its messages. */
export function keeping(): Log & {messages: string[]} {
  const messages: string[] = [];
  const keep = (_: object, message: string) => void messages.push(message);
  return {debug: keep, info: keep, warn: keep, error: keep, messages};
}
