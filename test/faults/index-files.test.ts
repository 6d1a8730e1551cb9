import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {homesIn} from '../../src/store/file/homes-in.ts';
import {homeFolder, indexName} from '../../src/store/file/layout.ts';
import {accounts, Crew} from '../crash/crew.ts';
import {Harness} from '../crash/harness.ts';
import {Client} from '../support/client.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {calendar, event} from './event.ts';

vi.setConfig({testTimeout: 90_000});
const seed = Number(process.env.CALDAV_CRASH_SEED ?? Date.now() % 1_000_000);

async function indexes(root: string): Promise<string[]> {
  const files: string[] = [];
  for await (const {folder} of homesIn(root)) files.push(join(folder, indexName));
  return files;
}

describe(`the files of an index of a server that was killed under load (CALDAV_CRASH_SEED=${seed})`, () => {
  test('of an older version, with promises in its journal: they are kept; and without its shared memory', async () => {
    await using harness = await Harness.make(await temporaryFolder(), seed, {workers: 1});
    const {crew} = harness;
    // Committed, answered or not, and nothing of it in the files yet.
    const killed = () => harness.killAt('units kept', 6);

    await killed();
    let promised = 0;
    for (const file of await indexes(crew.root)) {
      using database = new DatabaseSync(file);
      promised += Number(database.prepare('SELECT count(*) AS n FROM pending').get()!.n);
      database.exec('PRAGMA user_version = 1');
    }
    expect(promised).toBeGreaterThan(0);
    harness.forget();

    await killed();
    for (const file of await indexes(crew.root)) rmSync(`${file}-shm`, {force: true});

    await crew.start();
    await harness.check();
    await harness.load(100);
    await harness.cleanStop();
  });
});

describe('folders of calendars that are changed by hand', () => {
  test.for(['runs', 'is stopped'])('while it %s: made, renamed and removed, with what they hold and have', async when => {
    const crew = await Crew.make(await temporaryFolder(), 1);
    onTestFinished(() => crew[Symbol.asyncDispose]());
    await crew.start();
    const ann = new Client(crew.bases()[0]!, 'ann', 'ann');
    const home = homeFolder(crew.root, `calendars/${accounts.ann}`);
    const homePath = '/calendars/users/ann/';
    await ann.request('MKCALENDAR', `${homePath}work/`);
    await ann.put(`${homePath}work/a.ics`, event('a'));
    await ann.put(`${calendar}b.ics`, event('b'));
    await vi.waitFor(() => expect(existsSync(join(home, 'work/a.ics')) && existsSync(join(home, 'calendar/b.ics'))).toBe(true));
    const {token} = await ann.sync(homePath, '', 'infinite');
    const byHand = async (work: () => void) => {
      if (when === 'runs') return work();
      crew.prepare();
      await crew.stop();
      work();
      await crew.start();
    };
    await byHand(() => {
      renameSync(join(home, 'work'), join(home, 'renamed'));
      rmSync(join(home, 'calendar'), {recursive: true});
      mkdirSync(join(home, 'made'));
    });
    await vi.waitFor(
      async () => {
        const {changed, removed} = await ann.sync(homePath, token, 'infinite');
        expect(changed).toEqual(expect.arrayContaining([`${homePath}renamed/`, `${homePath}renamed/a.ics`, `${homePath}made/`]));
        expect(removed).toEqual(expect.arrayContaining([`${homePath}work/`, calendar]));
      },
      {timeout: 10_000, interval: 100},
    );
    expect((await ann.get(`${homePath}renamed/a.ics`)).text).toBe(event('a'));
    expect((await ann.get(`${calendar}b.ics`)).status).toBe(404);
    expect((await ann.put(`${homePath}renamed/c.ics`, event('c'))).status).toBe(201);
  });
});
