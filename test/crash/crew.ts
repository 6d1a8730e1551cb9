import {type ChildProcess, fork} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {loadConfig} from '../../src/config/load.ts';
import {type Material, readMaterial} from '../../src/server/material.ts';
import type {FromWorker, ToWorker} from '../../src/server/messages.ts';

/** The accounts of the server that is killed; each has its name for password. */
export const accounts = {ann: 'A0000000-0000-4000-8000-000000000001', bob: 'B0000000-0000-4000-8000-000000000002'} as const;
export type Account = keyof typeof accounts;

/** Who is invited besides, by the tests of that. */
const guests = {cat: 'C0000000-0000-4000-8000-000000000003'};

const users = Object.entries({...accounts, ...guests}).map(
  ([name, guid]) => `<user><uid>${name}</uid><guid>${guid}</guid><password>${name}</password><name>${name}</name>
<email-address>${name}@example.com</email-address></user>`,
);

/** A process that has loaded all of the program and waits to be told to serve; or that serves. */
interface Member {
  readonly child: ChildProcess;
  readonly loaded: Promise<unknown>;
  /** Resolves with the signal or the code. */
  readonly ended: Promise<string>;
  port: number;
  alive: boolean;
}

/**
 * The workers of a server on one data folder, each on a port of its own, so that a client knows which of them it asks. This is what
 * `caldav run` starts and replaces (server/worker-process.ts), but each binds its port itself, and the next process is loaded before
 * one is killed.
 */
export class Crew {
  readonly folder: string;
  readonly root: string;
  /** What the workers have said that they should not have to. */
  readonly complaints: string[] = [];
  readonly #env: Readonly<Record<string, string>>;
  readonly #ports: number[];
  readonly #materials: Material[];
  readonly #spare: {readonly failpoint: string; readonly member: Member}[] = [];
  readonly #members: (Member | undefined)[] = [];
  #startId = '';
  #starts = 0;

  private constructor(folder: string, ports: number[], materials: Material[], env: Readonly<Record<string, string>>) {
    this.#env = env;
    this.folder = folder;
    this.root = join(folder, 'docs');
    this.#ports = ports;
    this.#materials = materials;
  }

  /** A new data folder within `folder`, for so many workers, whose environment has `env` too, and their plist these keys. */
  static async make(folder: string, size: number, env: Readonly<Record<string, string>> = {}, keys = ''): Promise<Crew> {
    for (const name of ['docs', 'data', 'logs', 'run']) mkdirSync(join(folder, name), {recursive: true});
    writeFileSync(join(folder, 'accounts.xml'), `<accounts realm="Crash">${users.join('')}</accounts>`, {mode: 0o600});
    const ports: number[] = [];
    const materials: Material[] = [];
    for (let at = 0; at < size; at++) {
      let port = await freePort();
      while (ports.includes(port)) port = await freePort();
      const file = join(folder, `caldavd-${at}.plist`);
      writeFileSync(file, plist(port, keys));
      ports.push(port);
      materials.push(await readMaterial(loadConfig({file, folder})));
    }
    return new Crew(folder, ports, materials, env);
  }

  get size(): number {
    return this.#ports.length;
  }

  get starts(): number {
    return this.#starts;
  }

  /** Process ids of those that are alive. */
  pids(): number[] {
    return this.#members.flatMap(member => (member?.alive ? [member.child.pid!] : []));
  }

  /** Where those that are alive answer. */
  bases(): string[] {
    return this.#members.flatMap(member => (member?.alive ? [`http://127.0.0.1:${member.port}`] : []));
  }

  /** Loads processes for the next `start`, beside what goes on. */
  prepare(failpoint = ''): void {
    const ready = this.#spare.filter(spare => spare.failpoint === failpoint).length;
    for (let more = ready; more < this.size; more++) this.#spare.push({failpoint, member: this.#fork(failpoint)});
  }

  /** Starts workers where there are none. A start of them all is a new start of the server, which compares files with indexes. */
  async start(failpoint = ''): Promise<void> {
    if (this.bases().length === 0) this.#startId = randomUUID();
    const free = this.#ports.map((_, at) => at).filter(at => !this.#members[at]?.alive);
    await Promise.all(free.map(at => this.#startOne(at, failpoint)));
  }

  async #startOne(at: number, failpoint: string): Promise<void> {
    const found = this.#spare.findIndex(spare => spare.failpoint === failpoint);
    const member = found < 0 ? this.#fork(failpoint) : this.#spare.splice(found, 1)[0]!.member;
    await Promise.race([member.loaded, member.ended]);
    const ready = new Promise<void>((resolve, reject) => {
      member.child.on('message', (message: FromWorker) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'failed') reject(new Error(message.message));
        else if (message.type === 'log' && JSON.parse(message.line).level === 'error') this.complaints.push(message.line);
      });
    });
    member.port = this.#ports[at]!;
    member.alive = true;
    this.#members[at] = member;
    this.#starts++;
    const material = this.#materials[at]!;
    tell(member, {type: 'start', material, account: undefined, startId: this.#startId, binds: true, profile: false});
    await Promise.race([ready, member.ended]);
  }

  /** kill -9 of one, which the others are told of, or of all at once; comes back when they are gone. */
  async kill(at?: number): Promise<void> {
    const killed = this.#members.filter((member, index) => member?.alive && (at === undefined || at === index));
    for (const member of killed) member!.child.kill('SIGKILL');
    for (const member of killed) await member!.ended;
  }

  /** As the supervisor does when one has died. */
  tellHeirs(): void {
    for (const member of this.#members) if (member?.alive) tell(member, {type: 'settle'});
  }

  /** Resolves when one of them has ended. */
  async anyEnded(): Promise<void> {
    await Promise.race(this.#members.flatMap(member => (member?.alive ? [member.ended] : [])));
  }

  /** Ends them in good order. Throws where one does not. */
  async stop(): Promise<void> {
    const members = this.#members.filter(member => member?.alive);
    for (const member of members) tell(member!, {type: 'stop', graceMs: 5_000});
    for (const member of members) {
      const how = await member!.ended;
      if (how !== '0') throw new Error(`a worker that was told to stop ended with ${how}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    for (const {member} of this.#spare) {
      member.child.kill('SIGKILL');
      await member.ended;
    }
  }

  #fork(failpoint: string): Member {
    const child = fork(join(import.meta.dirname, '../../src/server/worker-process.ts'), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {...process.env, ...this.#env, CALDAV_WORKERS: String(this.size), CALDAV_FAILPOINT: failpoint},
    });
    const loaded = new Promise(resolve => child.once('message', resolve));
    const ended = new Promise<string>(resolve => {
      child.once('exit', (code, signal) => {
        member.alive = false;
        if (code !== 0 && signal !== 'SIGKILL') this.complaints.push(`a worker ended by itself: ${signal ?? code}`);
        resolve(signal ?? String(code));
      });
    });
    const member: Member = {child, loaded, ended, port: 0, alive: false};
    return member;
  }
}

function tell({child}: Member, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}

function plist(port: number, keys: string): string {
  return `<plist version="1.0"><dict>${keys}
<key>BindAddresses</key><array><string>127.0.0.1</string></array>
<key>HTTPPort</key><integer>${port}</integer><key>SSLPort</key><integer>0</integer>
<key>SSLCertificate</key><string/><key>SSLPrivateKey</key><string/><key>SSLAuthorityChain</key><string/>
<key>DocumentRoot</key><string>docs</string><key>DataRoot</key><string>data</string>
<key>AccessLogFile</key><string>logs/access.log</string><key>ErrorLogFile</key><string>logs/error.log</string>
<key>PIDFile</key><string>run/caldavd.pid</string><key>ControlSocket</key><string>run/caldavd.sock</string>
<key>DirectoryService</key><dict><key>params</key><dict><key>xmlFile</key><string>accounts.xml</string></dict></dict>
<key>UserName</key><string/>
</dict></plist>`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as {port: number};
  await new Promise(resolve => server.close(resolve));
  return port;
}
