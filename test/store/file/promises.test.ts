import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import type {HomeId, Store} from '../../../src/store/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

/** A home whose last writer was killed right after its last promise, so that its journal holds what no file does. */
async function openAfterCrash() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
  await temporary.store.close();
  const child = fileURLToPath(new URL('./child.ts', import.meta.url));
  const {stdout} = spawnSync(process.execPath, [child, temporary.root, ann, 'p', '60', 'crash'], {encoding: 'utf8'});
  const promised = stdout.trim().split('\n');
  expect(promised).toHaveLength(60);
  const folder = temporary.folder(ann);
  return {...temporary, promised, home: folder, index: join(folder, '.home.sqlite')};
}

async function expectAll(store: Store, promised: readonly string[]): Promise<void> {
  const view = (await store.view(ann))!;
  expect([...view.members('work')].map(({path}) => path).sort()).toEqual(promised.map(name => `work/${name}.ics`).sort());
  for (const name of promised) {
    expect(Buffer.from((await view.read(`work/${name}.ics`))!).toString()).toBe(`${name} 1 2 ${'x'.repeat(2000)}`);
  }
}

/** Opens what a crash left and takes in its log. */
function withIndex(index: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(index);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  work(database);
  database.close();
}

describe('promises that only the journal holds', () => {
  test('are kept where the index is of another version', async () => {
    const {reopen, promised, index} = await openAfterCrash();
    withIndex(index, database => database.exec('PRAGMA user_version = 9999'));
    await expectAll(await reopen(), promised);
  });

  test('are kept where a repair was cut off between two steps', async () => {
    const {reopen, promised, home, index} = await openAfterCrash();
    withIndex(index, () => {});
    renameSync(index, join(home, '.home.sqlite-next'));
    await expectAll(await reopen(), promised);
  });

  test('an index that cannot be opened for now is left as it is, and history goes on afterwards', async () => {
    const {reopen, promised, home, index} = await openAfterCrash();
    withIndex(index, () => {});
    const obstacle = `${index}-wal`;
    mkdirSync(obstacle);
    const store = await reopen();
    await expect(store.view(ann)).rejects.toThrow();
    expect(readdirSync(home).filter(name => name.includes('damaged'))).toEqual([]);
    rmdirSync(obstacle);
    await expectAll(store, promised);
  });

  test('an index that another has to itself for a moment is waited for', async () => {
    const {reopen, promised, index} = await openAfterCrash();
    const other = new DatabaseSync(index);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE');
    const store = await reopen();
    setTimeout(() => other.close(), 200);
    await expectAll(store, promised);
  });

  test('are served though they cannot be written to their files, also after a restart', async () => {
    const {reopen, promised, home} = await openAfterCrash();
    const workshop = join(home, '.writing');
    rmSync(workshop, {recursive: true, force: true});
    writeFileSync(workshop, 'in the way');
    const store = await reopen();
    await expectAll(store, promised);
    rmSync(workshop);
    await store.close();
    for (const name of promised) expect(existsSync(join(home, 'work', `${name}.ics`))).toBe(true);
  });
});

describe('revisions', () => {
  test('of an index made anew are later than those of the one it replaces, also with the clock set back', async () => {
    const {store, reopen, folder} = await openTemporary();
    await store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
    await store.close();
    const ahead = (Date.now() + 86_400_000) * 1024;
    withIndex(join(folder(ann), '.home.sqlite'), database =>
      database.exec(`UPDATE meta SET revision = ${ahead}; PRAGMA user_version = 9999`),
    );
    expect((await (await reopen()).view(ann))!.find('work')!.revision).toBeGreaterThan(ahead);
  });
});
