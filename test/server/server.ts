import {spawn} from 'node:child_process';
import {chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'plist';
import {onTestFinished} from 'vitest';
import type {ServerStatus} from '../../src/server/stats.ts';
import {findStatus} from '../../src/server/stop.ts';
import {freePort} from '../support/loopback.ts';

export const isRoot = process.getuid?.() === 0;

/** The account that serves where root runs the tests. */
export const serving = {name: 'daemon', uid: 1, gid: 1};

export const accountsXml = (...names: string[]) =>
  `<accounts realm="Test Realm">${names.map(name => `<user><uid>${name}</uid><password>${name}</password><name>${name}</name></user>`).join('')}</accounts>`;

/** A server's folder as setup leaves it, on a free port, and the command to use it. Whatever runs there is ended with the test. */
export async function serverFolder(plist: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'caldav-server-'));
  const port = await freePort();
  for (const name of ['conf/auth', 'docs', 'data', 'logs', 'run']) mkdirSync(join(folder, name), {recursive: true});
  if (isRoot) {
    chmodSync(folder, 0o755);
    for (const name of ['docs', 'data', 'logs', 'run']) chownSync(join(folder, name), serving.uid, serving.gid);
  }
  const write = (keys: Readonly<Record<string, unknown>>) =>
    writeFileSync(
      join(folder, 'conf/caldavd-dev.plist'),
      build({...standard, HTTPPort: port, ...keys} as Parameters<typeof build>[0]),
    );
  write(plist);
  writeFileSync(join(folder, 'conf/auth/accounts.xml'), accountsXml('ann'));
  const path = (name: string) => join(folder, name);
  const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');
  onTestFinished(async () => {
    const {processes} = await status();
    for (const {pid} of processes) end(pid);
    rmSync(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 100});
  });

  const run = (...args: string[]) => caldav(...args, '--dir', folder);
  const meeting = {controlSocket: path('run/caldavd.sock'), pidFile: path('run/caldavd.pid')};
  /** As `caldav status --json` tells it, without starting that each time. */
  const status = async (): Promise<Pick<ServerStatus, 'processes'> & Partial<ServerStatus>> => ({
    processes: [],
    ...(await findStatus(meeting)),
  });
  const ask = (path: string, name: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/calendars/users/${name}/calendar/${path}`, {
      ...init,
      headers: {authorization: `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`, 'content-type': 'text/calendar'},
    });
  const get = (name = 'ann') => ask('', name);
  const put = (uid: string) => ask(`${uid}.ics`, 'ann', {method: 'PUT', body: event(uid)});
  return {folder, port, write, path, read, run, status, get, put, url: `http://127.0.0.1:${port}`};
}

const standard = {
  SSLPort: 0,
  BindAddresses: ['127.0.0.1'],
  DocumentRoot: 'docs',
  DataRoot: 'data',
  ProcessType: 'Single',
  MultiProcess: {ProcessCount: 2},
  ...(isRoot ? {UserName: serving.name} : {}),
};

/** `caldav …` in a process of its own. */
export function caldav(...args: string[]) {
  return caldavFrom(join(import.meta.dirname, '../..'), ...args);
}

/** The same of another checkout. */
export function caldavFrom(checkout: string, ...args: string[]) {
  const program = `import {main} from ${JSON.stringify(join(checkout, 'src/cli/main.ts'))};
process.exitCode = await main(process.argv.slice(1));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  const done = new Promise<{code: number | null; signal: string | null; stdout: string; stderr: string}>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
  return {child, done, output: () => stdout + stderr};
}

function end(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** An event as a client puts it. */
export function event(uid: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
  ];
  return [...lines, 'DTSTART:20260102T100000Z', 'DTEND:20260102T110000Z', 'SUMMARY:x', 'END:VEVENT', 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}
