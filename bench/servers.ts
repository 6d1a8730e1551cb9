import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {user} from './load.ts';

const repository = join(import.meta.dirname, '..');

/** The n-th account, counted from 0; its password is its name. */
export const userAt = (at: number): string => (at === 0 ? user : `${user}${at}`);

/** An account's GUID: spread as random ones are. */
export function guidOf(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 32)
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export interface OursOptions {
  readonly workers: number;
  /** More keys of the plist, in XML. */
  readonly plist?: string;
  /** How many accounts there are that `userAt` names, and more by their names. */
  readonly users?: number;
  readonly others?: readonly string[];
  /** Fills the DocumentRoot before the server starts. */
  seed?(root: string): Promise<void>;
}

export interface Running extends AsyncDisposable {
  readonly port: number;
  /** From the start of the program to the first answer. */
  readonly readyMs: number;
  /** Of all its processes, shared pages counted in each. */
  memoryBytes(): number;
  /** Time on processors that its processes have taken; undefined where the system does not tell it so. */
  cpuMs(): number | undefined;
}

export interface Ours extends Running {
  /** A file of its DataRoot. */
  dataFile(name: string): string;
}

/** Our server in a new folder below `base`, which goes with it. */
export async function startOurs(base: string, {workers, plist = '', users = 1, others = [], seed}: OursOptions): Promise<Ours> {
  const folder = mkdtempSync(join(base, 'caldav-bench-'));
  const port = await freePort();
  const root = process.geteuid?.() === 0;
  for (const name of ['conf', 'data/documents', 'logs', 'run']) mkdirSync(join(folder, name), {recursive: true});
  // Root becomes another account, one that every system has.
  if (root) {
    const [uid, gid] = ['-u', '-g'].map(what => Number(execFileSync('id', [what, 'daemon'], {encoding: 'utf8'})));
    for (const name of ['.', 'data', 'data/documents', 'logs', 'run']) chownSync(join(folder, name), uid!, gid!);
  }
  const names = [...Array.from({length: users}, (_, at) => userAt(at)), ...others];
  writeFileSync(join(folder, 'conf/accounts.xml'), `<accounts realm="Bench">${names.map(account).join('\n')}</accounts>`, {
    mode: 0o600,
  });
  writeFileSync(
    join(folder, 'conf/caldavd-dev.plist'),
    `<plist version="1.0"><dict>
<key>BindAddresses</key><array><string>127.0.0.1</string></array>
<key>HTTPPort</key><integer>${port}</integer><key>SSLPort</key><integer>0</integer>
<key>SSLCertificate</key><string/><key>SSLPrivateKey</key><string/><key>SSLAuthorityChain</key><string/>
<key>DocumentRoot</key><string>data/documents</string><key>DataRoot</key><string>data</string>
<key>AccessLogFile</key><string>logs/access.log</string><key>ErrorLogFile</key><string>logs/error.log</string>
<key>ServerStatsFile</key><string/>
<key>PIDFile</key><string>run/caldavd.pid</string><key>ControlSocket</key><string>run/caldavd.sock</string>
<key>DirectoryService</key><dict><key>params</key><dict><key>xmlFile</key><string>conf/accounts.xml</string></dict></dict>
<key>UserName</key><string>${root ? 'daemon' : ''}</string>
<key>ProcessType</key><string>Combined</string>
<key>MultiProcess</key><dict><key>ProcessCount</key><integer>${workers}</integer></dict>
${plist}</dict></plist>`,
  );
  const remove = () => rmSync(folder, {recursive: true, force: true});
  try {
    await seed?.(join(folder, 'data/documents'));
    if (root) execFileSync('chown', ['-R', 'daemon:', join(folder, 'data/documents')]);
  } catch (error) {
    remove();
    throw error;
  }
  const launcher = join(repository, 'bin/caldav');
  const began = performance.now();
  const child = spawn(process.execPath, [launcher, 'run', '--dir', folder, '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  const processes = () => {
    const said = execFileSync(process.execPath, [launcher, 'status', '--dir', folder, '--json'], {encoding: 'utf8'});
    return (JSON.parse(said) as {processes: {pid: number; memoryBytes?: number}[]}).processes;
  };
  try {
    await firstLine(child);
  } catch (error) {
    remove();
    throw error;
  }
  const readyMs = performance.now() - began;
  const pids = processes().map(({pid}) => pid);
  return {
    port,
    readyMs,
    memoryBytes: () => processes().reduce((sum, {memoryBytes = 0}) => sum + memoryBytes, 0),
    cpuMs: () => cpuMs(pids),
    dataFile: name => join(folder, 'data', name),
    async [Symbol.asyncDispose]() {
      await stop(child);
      remove();
    },
  };
}

function account(name: string): string {
  return `<user><uid>${name}</uid><guid>${guidOf(name)}</guid><password>${name}</password><name>${name}</name><email-address>${name}@example.com</email-address></user>`;
}

/** Bare node:http. */
export async function startHello(): Promise<Running> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hello.ts')], {stdio: ['ignore', 'pipe', 'inherit']});
  const port = Number(await firstLine(child));
  return {
    port,
    readyMs: performance.now() - began,
    memoryBytes: () => 0,
    cpuMs: () => cpuMs([child.pid!]),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

/** proc(5): utime and stime, the 14th and 15th field, in hundredths of a second. */
function cpuMs(pids: readonly number[]): number | undefined {
  try {
    const ticks = pids.map(pid => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((sum, each) => sum + each, 0) * 10;
  } catch {
    return undefined;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => resolve(text.split('\n')[0]!));
    child.on('error', reject).on('exit', code => reject(new Error(`a server ended with ${code} before it was ready`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise(resolve => {
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return (address as {port: number}).port;
}
