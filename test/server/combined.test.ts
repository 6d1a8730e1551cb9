import {mkdirSync, writeFileSync} from 'node:fs';
import {Agent, request} from 'node:http';
import {join} from 'node:path';
import {build} from 'plist';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import type {Log} from '../../src/base/log.ts';
import {loadConfig} from '../../src/config/load.ts';
import {createCombined} from '../../src/server/combined.ts';
import {readMaterial} from '../../src/server/material.ts';
import type {HealthFigures} from '../../src/server/pulse.ts';
import {Recruits} from '../../src/server/recruits.ts';
import {freePort} from '../support/loopback.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {accountsXml} from './server.ts';

vi.setConfig({testTimeout: 90_000});

const poll = (what: () => unknown) => expect.poll(what, {timeout: 60_000, interval: 50});

/** Two workers as `caldav run` has them, in this test's hands. Those of the first start are armed with `failpoint`, their heirs are not. */
async function crew({failpoint = '', health}: {failpoint?: string; health?: HealthFigures} = {}) {
  const folder = await temporaryFolder();
  for (const name of ['docs', 'data']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'accounts.xml'), accountsXml('ann'));
  const file = join(folder, 'caldavd.plist');
  const plist = {
    HTTPPort: await freePort(),
    BindAddresses: ['127.0.0.1'],
    SSLPort: 0,
    SSLCertificate: '',
    SSLPrivateKey: '',
    SSLAuthorityChain: '',
    UserName: '',
  };
  const directory = {params: {xmlFile: 'accounts.xml'}};
  writeFileSync(file, build({...plist, DocumentRoot: 'docs', DataRoot: 'data', DirectoryService: directory}));
  const material = await readMaterial(loadConfig({file, folder}));
  const said: {details: Record<string, unknown>; message: string}[] = [];
  const say = (details: object, message: string) => void said.push({details: {...details}, message});
  const log: Log = {debug: say, info: say, warn: say, error: say};
  vi.stubEnv('CALDAV_FAILPOINT', failpoint);
  const combined = createCombined(new Recruits(2), {access: () => {}, error: () => {}}, log, undefined, health);
  onTestFinished(() => combined.stop(0));
  const [bound] = await combined.start(material);
  vi.unstubAllEnvs();
  const pids = async () => (await combined.processes()).map(({pid}) => pid);
  return {combined, material, port: bound!.port, said, pids, messages: () => said.map(({message}) => message)};
}

/** One request; the status, or the error's code with whether the connection had served before. */
function ask(port: number, agent?: Agent): Promise<number | string> {
  return new Promise(resolve => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/calendars/users/ann/',
      method: 'PROPFIND',
      auth: 'ann:ann',
      headers: {depth: 0},
    };
    const sent = request({...options, agent: agent ?? new Agent()}, answer => {
      answer.on('error', error => resolve(error.message)).on('end', () => resolve(answer.statusCode!));
      answer.resume();
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve(`${error.code}${sent.reusedSocket ? ' of an open connection' : ''}`),
    );
    sent.end();
  });
}

/** Clients with open connections and with new ones that ask all the time until they are told to stop; what they got, and how often. */
function load(port: number) {
  const seen = new Map<number | string, number>();
  let over = false;
  const agents = Array.from({length: 6}, () => new Agent({keepAlive: true, maxSockets: 1}));
  const work = [...agents, undefined, undefined].map(async agent => {
    while (!over) {
      const got = await ask(port, agent);
      seen.set(got, (seen.get(got) ?? 0) + 1);
      if (typeof got === 'string') break;
    }
  });
  return {
    seen,
    answered: () => seen.get(207) ?? 0,
    async end() {
      over = true;
      await Promise.all(work);
      for (const agent of agents) agent.destroy();
      return seen;
    },
  };
}

describe('a worker that dies', () => {
  test('in the moment a connection is handed to it does not lose that: another answers', async () => {
    const {combined, port} = await crew({failpoint: 'connection handed over'});
    expect(await ask(port)).toBe(207);
    expect(combined.respawns).toBeGreaterThanOrEqual(1);
  });

  test('again and again is replaced ever more slowly, and the other goes on answering', async () => {
    const {combined, port, said, pids} = await crew();
    const [first, other] = await pids();
    process.kill(first!, 'SIGKILL');
    for (let time = 1; time < 4; time++) {
      await poll(() => combined.respawns).toBe(time);
      let heir: number | undefined;
      await poll(async () => {
        heir = (await pids()).find(pid => pid !== other);
        return heir !== undefined;
      }).toBe(true);
      expect(await ask(port)).toBe(207);
      process.kill(heir!, 'SIGKILL');
    }
    await poll(() => combined.respawns).toBe(4);
    const pauses = said.flatMap(({details}) => (typeof details.againInMs === 'number' ? [details.againInMs] : []));
    expect(pauses.slice(1)).toEqual(pauses.slice(1).map((_, at) => 200 * 2 ** at));
  });
});

test('a worker whose event loop stands still is reported, then replaced, and what it had not taken another answers', async () => {
  const health = {everyMs: 500, reportAfter: 2, replaceAfter: 10};
  const {combined, port, messages} = await crew({failpoint: 'connection handed over:1:hang', health});
  expect(await ask(port)).toBe(207);
  expect(combined.respawns).toBeGreaterThanOrEqual(1);
  const reported = messages().indexOf('a worker does not answer');
  expect(reported).toBeGreaterThanOrEqual(0);
  expect(messages().indexOf('a worker has not answered for too long and is ended')).toBeGreaterThan(reported);
});

describe('under load', () => {
  test('a reload drops no connection', async () => {
    const {combined, material, port} = await crew();
    const clients = load(port);
    for (let time = 1; time <= 8; time++) {
      await poll(clients.answered).toBeGreaterThan(time * 10);
      await combined.reload({...material, config: {...material.config, httpRetryAfterSeconds: time}});
    }
    expect([...(await clients.end()).keys()]).toEqual([207]);
  });

  test('stopping answers whatever was accepted, and cuts no open connection', async () => {
    const {combined, port} = await crew();
    const clients = load(port);
    await poll(clients.answered).toBeGreaterThan(50);
    await combined.stop(30_000);
    const seen = await clients.end();
    // A connection that the system had, and the server not yet, is reset when the port goes: that is no request that was accepted.
    expect([...seen.keys()].filter(got => got !== 'ECONNRESET').sort()).toEqual([207, 'ECONNREFUSED']);
  });

  test('a worker started while the rest read anew answers by what is new', async () => {
    const {combined, material, port, pids} = await crew();
    const [first, other] = await pids();
    process.kill(first!, 'SIGKILL');
    await poll(() => combined.respawns).toBe(1);
    await combined.reload({...material, config: {...material.config, rejectClients: [/^Old/]}});
    const statuses = async () => {
      const all = Array.from({length: 4}, () =>
        fetch(`http://127.0.0.1:${port}/`, {headers: {'user-agent': 'Old/1', connection: 'close'}}),
      );
      return new Set((await Promise.all(all)).map(({status}) => status));
    };
    expect(await statuses()).toEqual(new Set([403]));
    await poll(async () => (await combined.processes()).filter(({pid, uid}) => pid !== other && uid >= 0).length).toBe(1);
    expect(await statuses()).toEqual(new Set([403]));
  });
});
