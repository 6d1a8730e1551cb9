import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {describe, expect, test} from 'vitest';
import type {HomeId} from '../../src/store/store.ts';
import {caldav} from '../../src/xml/names.ts';
import {openTemporary} from '../store/file/open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

/** Runs a script that is killed, by itself or at the failpoint. */
function killed(script: string, args: readonly string[], failpoint = ''): string {
  const file = join(import.meta.dirname, script);
  const env = {...process.env, CALDAV_FAILPOINT: failpoint};
  const {signal, stdout} = spawnSync(process.execPath, [file, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(signal).toBe('SIGKILL');
  return stdout;
}

describe('a process that is killed', () => {
  test.each(['home made', 'home in place'])('while it makes a home (%s) has made all of it or nothing', async failpoint => {
    const {root, store} = await openTemporary();
    killed('home-process.ts', [root, ann, 'make'], failpoint);
    const made = await store.view(ann);
    expect(made !== undefined).toBe(failpoint === 'home in place');
    const create = () => store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
    expect(await create()).toBe(made === undefined);
    expect((await store.view(ann))!.find('work')).toMatchObject({types: [caldav('calendar')]});
  });

  test.each(['home marked', 'home aside'])('while it removes a home (%s) leaves none, and room for another', async failpoint => {
    const {root, store, reopen, folder} = await openTemporary();
    await store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
    await store.close();
    killed('home-process.ts', [root, ann, 'remove'], failpoint);
    const again = await reopen();
    expect(await again.view(ann)).toBeUndefined();
    expect(await again.createHome(ann)).toBe(true);
    expect((await again.view(ann))!.find('work')).toBeUndefined();
    expect(readdirSync(dirname(folder(ann))).filter(name => !name.startsWith('.'))).toHaveLength(1);
  });

  const repairs = ['next index made', 'old index aside', 'next index in place'];
  test.each(repairs)('while it makes an index anew (%s) loses no promise that was in the journal of the old', async failpoint => {
    const {root, store, reopen, folder} = await openTemporary();
    await store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
    await store.close();
    const promised = killed('../store/file/child.ts', [root, ann, 'p', '40', 'crash']).trim().split('\n');
    const database = new DatabaseSync(join(folder(ann), '.home.sqlite'));
    database.exec('PRAGMA user_version = 1');
    database.close();
    killed('home-process.ts', [root, ann, 'read'], failpoint);
    const again = await reopen();
    const view = (await again.view(ann))!;
    expect(view.count('work')).toBe(40);
    for (const name of promised) {
      expect(Buffer.from((await view.read(`work/${name}.ics`))!).toString()).toBe(`${name} 1 2 ${'x'.repeat(2000)}`);
    }
  });
});
