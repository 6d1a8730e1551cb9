import {chmod, chown, mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {execa, type ResultPromise} from 'execa';
import {describe, expect, onTestFinished, test} from 'vitest';
import {dav} from '../src/xml/names.ts';
import {Client} from './support/client.ts';

const root = process.getuid?.() === 0;
const nobody = {uid: 65534, gid: 65534};

/** Installing takes the registry and a while, so this runs where everything is run: with CI=true. */
const inCi = test.runIf(process.env.CI === 'true');

/** A clone of this checkout in a new folder below `parent`, owned by the account that will use it. */
async function clone(parent: string, owner?: {uid: number; gid: number}) {
  const home = await mkdtemp(join(parent, 'caldav-clone-'));
  onTestFinished(() => rm(home, {recursive: true, force: true}));
  await chmod(home, 0o755);
  if (owner) await chown(home, owner.uid, owner.gid);
  const folder = join(home, 'caldav');
  const env = {HOME: home, CI: 'true', npm_config_cache: join(home, '.npm'), npm_config_update_notifier: 'false'};
  await execa('git', ['clone', '-q', '--no-hardlinks', join(import.meta.dirname, '..'), folder], {
    env: {...env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*'},
    cwd: home,
    ...owner,
  });
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
async function ready(server: ResultPromise<{all: true}>): Promise<{text: string; seconds: number}> {
  const begun = Date.now();
  let text = '';
  for await (const line of server.iterable({from: 'all'})) {
    text += `${line}\n`;
    if (/ready/i.test(line)) return {text, seconds: (Date.now() - begun) / 1000};
  }
  throw new Error(`the server ended: ${text}`);
}

async function stop(server: ResultPromise) {
  process.kill(-server.pid!, 'SIGTERM');
  await server;
}

/** npm start, a look at the server as a device has it, stop; and the same once more. */
async function startTwice({folder, npm}: Awaited<ReturnType<typeof clone>>) {
  const first = npm('start');
  onTestFinished(() => void first.kill('SIGKILL'));
  const {text} = await ready(first as never);
  const address = /https?:\/\/\S+:\d+/.exec(text.slice(text.search(/ready/i)))?.[0];
  const account = /^\s*(?:user name|account)\W+(\S+)/im.exec(text)?.[1];
  const password = /^\s*password\W+(\S+)/im.exec(text)?.[1];
  expect({address, account, password}, text).toEqual({
    address: expect.any(String),
    account: expect.any(String),
    password: expect.any(String),
  });
  const http = /http:\/\/\S+?:(\d+)/.exec(text)?.[1];
  const {status, responses} = await new Client(`http://127.0.0.1:${http}`, account, password).propfind(
    '/',
    0,
    dav('current-user-principal'),
  );
  expect(status).toBe(207);
  expect(responses.get('/')?.properties.has(dav('current-user-principal'))).toBe(true);
  const running = JSON.parse((await execa(join(folder, 'bin/caldav'), ['status', '--json', '--dir', folder])).stdout);
  await stop(first);

  const second = npm('start');
  onTestFinished(() => void second.kill('SIGKILL'));
  const again = await ready(second as never);
  expect(again.seconds).toBeLessThan(5);
  expect(again.text).not.toMatch(/^\s*password\W+\S+/im);
  await stop(second);
  return running;
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
      const running = await startTwice(checkout);
      expect(running.workers.length).toBeGreaterThan(0);
      for (const worker of running.workers) expect(worker.uid).not.toBe(0);
      const {exitCode, all} = await checkout.npm('test', '--', 'test/floors.test.ts');
      expect(exitCode, all).toBe(0);
    },
  );
});
