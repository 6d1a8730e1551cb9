import {chmod, chown, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {execa, type ResultPromise} from 'execa';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {ServerStatus} from '../src/server/stats.ts';
import {dav} from '../src/xml/names.ts';
import {Client} from './support/client.ts';

const root = process.getuid?.() === 0;
const nobody = {uid: 65534, gid: 65534};

/** Installing takes the registry and a while, so this runs where everything is run: with CI=true. */
const inCi = test.runIf(process.env.CI === 'true');

/** A password that was made up, as it is shown once. */
const shown = '(?:[0-9a-z]{4}-){3}[0-9a-z]{4}';

/** A clone of this checkout in a new folder below `parent`, owned by the account that will use it. */
async function clone(parent: string, owner?: {uid: number; gid: number}) {
  const home = await mkdtemp(join(parent, 'caldav-clone-'));
  onTestFinished(() => rm(home, {recursive: true, force: true}));
  await chmod(home, 0o755);
  if (owner) await chown(home, owner.uid, owner.gid);
  const folder = join(home, 'caldav');
  const env = {HOME: home, CI: 'true', npm_config_cache: join(home, '.npm'), npm_config_update_notifier: 'false'};
  // Another account's checkout is cloned only where git is told that it may be; it takes no word of that from the environment.
  await writeFile(join(home, '.gitconfig'), '[safe]\n\tdirectory = *\n', {mode: 0o644});
  await execa('git', ['clone', '-q', '--no-hardlinks', join(import.meta.dirname, '..'), folder], {env, cwd: home, ...owner});
  /** `npm …` as a newcomer types it, from another folder and without a terminal. */
  const npm = (...args: string[]) =>
    execa('npm', ['--prefix', folder, ...args], {
      cwd: '/',
      env,
      stdin: 'ignore',
      reject: false,
      all: true,
      detached: true,
      ...owner,
    });
  return {folder, npm};
}

/** Waits until a started server has said that it is ready; answers what it printed and how long that took. */
async function ready(server: ReturnType<Awaited<ReturnType<typeof clone>>['npm']>): Promise<{text: string; seconds: number}> {
  const begun = Date.now();
  let text = '';
  return await new Promise((resolve, reject) => {
    server.all.on('data', data => {
      text += data;
      if (/is ready:(\n +http.*)+\n.*stops it/.test(text)) resolve({text, seconds: (Date.now() - begun) / 1000});
    });
    server.then(() => reject(new Error(`the server ended: ${text}`)));
  });
}

/** Ends a server with all that it has started: npm alone would leave it behind. */
async function end(server: ResultPromise) {
  try {
    process.kill(-server.pid!, 'SIGKILL');
  } catch {} // gone
  await server;
}

async function stop(server: ResultPromise) {
  process.kill(-server.pid!, 'SIGTERM');
  await server;
}

/** npm start, a look at the server as a device has it, stop; and the same once more. */
async function startTwice({folder, npm}: Awaited<ReturnType<typeof clone>>) {
  const first = npm('start');
  onTestFinished(() => end(first));
  const {text} = await ready(first);
  const address = /https?:\/\/\S+:\d+/.exec(text.slice(text.search(/is ready/)))?.[0];
  const account = /^ {2}User Name +(\S+)$/m.exec(text)?.[1];
  const password = new RegExp(`^ {2}${account} +(${shown})$`, 'm').exec(text)?.[1];
  expect({address, account, password}, text).toEqual({
    address: expect.any(String),
    account: expect.any(String),
    password: expect.any(String),
  });
  const http = /http:\/\/localhost:(\d+)/.exec(text)?.[1];
  const {status, responses} = await new Client(`http://127.0.0.1:${http}`, account, password).propfind(
    '/',
    0,
    dav('current-user-principal'),
  );
  expect(status).toBe(207);
  expect(responses.get('/')?.properties.has(dav('current-user-principal'))).toBe(true);
  const {processes} = JSON.parse((await execa(join(folder, 'bin/caldav'), ['status', '--json', '--dir', folder])).stdout);
  await stop(first);

  const second = npm('start');
  onTestFinished(() => end(second));
  const again = await ready(second);
  expect(again.seconds).toBeLessThan(5);
  expect(again.text).not.toMatch(new RegExp(shown));
  await stop(second);
  return processes as ServerStatus['processes'];
}

describe('a fresh clone, with the README alone', () => {
  const account = root ? 'a normal user' : userInfo().username;

  inCi(`npm start and npm test work for ${account}, twice`, {timeout: 300_000}, async () => {
    const checkout = await clone(tmpdir(), root ? nobody : undefined);
    await startTwice(checkout);
    for (const time of ['first', 'second']) {
      const {exitCode, all} = await checkout.npm('test', '--', 'test/floors.test.ts');
      expect(exitCode, `${time}: ${all}`).toBe(0);
      expect(all).toMatch(/^\d+ passed, 0 failed/m);
    }
  });

  test.runIf(process.env.CI === 'true' && root)(
    'npm start works for root in a home that nobody else can read, and no worker is root',
    {timeout: 300_000},
    async () => {
      const before = await readdir('/var/lib/caldav').catch((): string[] => []);
      const checkout = await clone(userInfo().homedir);
      await chmod(join(checkout.folder, '..'), 0o700);
      onTestFinished(async () => {
        for (const name of await readdir('/var/lib/caldav').catch((): string[] => [])) {
          if (!before.includes(name)) await rm(join('/var/lib/caldav', name), {recursive: true, force: true});
        }
      });
      const workers = (await startTwice(checkout)).filter(({role}) => role !== 'supervisor');
      expect(workers.length).toBeGreaterThan(0);
      for (const worker of workers) expect(worker.uid).not.toBe(0);
      const {exitCode, all} = await checkout.npm('test', '--', 'test/floors.test.ts');
      expect(exitCode, all).toBe(0);
    },
  );
});
