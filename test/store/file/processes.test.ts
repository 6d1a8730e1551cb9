import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {HomeId, Store} from '../../../src/store/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);

interface Child {
  readonly process: ChildProcess;
  /** What was promised so far. */
  readonly promised: string[];
  readonly ended: Promise<unknown>;
}

function start(
  root: string,
  prefix: string,
  most: number,
  close: 'close' | 'crash',
  onPromise: (child: Child) => void = () => {},
): Child {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, root, ann, prefix, String(most), close], {
    stdio: ['ignore', 'pipe', 'inherit'],
    execArgv: [],
  } as object);
  onTestFinished(() => void child.kill('SIGKILL'));
  const promised: string[] = [];
  const lines = createInterface({input: child.stdout!});
  const started = {process: child, promised, ended: Promise.all([once(child, 'exit'), once(lines, 'close')])};
  lines.on('line', line => {
    promised.push(line);
    onPromise(started);
  });
  return started;
}

async function openWithCalendar() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => unit.createCollection('work', [caldav('calendar')]));
  const token = (await temporary.store.view(ann))!.find('work')!.revision;
  return {...temporary, token};
}

async function expectAll(store: Store, promised: readonly string[], token: number): Promise<void> {
  const view = (await store.view(ann))!;
  const listed = new Set([...view.members('work')].map(({path}) => path));
  const synced = new Set(view.changes('work', token, '1')!.changes.map(({path}) => path));
  for (const name of promised) {
    const path = `work/${name}.ics`;
    expect([listed.has(path), synced.has(path), view.findUid('work', name)?.path]).toEqual([true, true, path]);
    expect(Buffer.from((await view.read(path))!).toString()).toBe(`${name} 1 2 ${'x'.repeat(2000)}`);
  }
  const revisions = view.changes('work', undefined, '1')!.changes.map(({revision}) => revision);
  expect(new Set(revisions).size).toBe(revisions.length);
}

describe('a process that is killed', () => {
  test.each([20, 150, 400])('after %i promises has kept every one of them', async killAfter => {
    const {root, store, reopen, token, folder} = await openWithCalendar();
    await store.close();
    const child = start(root, 'k', 100_000, 'close', ({process, promised}) => {
      if (promised.length === killAfter) process.kill('SIGKILL');
    });
    await child.ended;
    expect(child.promised.length).toBeGreaterThanOrEqual(killAfter);
    const again = await reopen();
    await expectAll(again, child.promised, token);
    await again.close();
    const files = readdirSync(join(folder(ann), 'work'));
    for (const name of child.promised) expect(files).toContain(`${name}.ics`);
    expect(readdirSync(join(folder(ann), '.writing'))).toEqual([]);
  });

  test('that ends by a crash at the last promise leaves nothing that others cannot finish', async () => {
    const {root, store, token, folder} = await openWithCalendar();
    const child = start(root, 'c', 60, 'crash');
    await child.ended;
    expect(child.promised.length).toBe(60);
    writeFileSync(join(folder(ann), '.writing', `${child.process.pid}-half-made`), 'BEGIN:VCAL');
    await store.settle();
    expect(readdirSync(join(folder(ann), '.writing'))).toEqual([]);
    for (const name of child.promised) expect(existsSync(join(folder(ann), 'work', `${name}.ics`))).toBe(true);
    await expectAll(store, child.promised, token);
  });
});

describe('several processes', () => {
  test('write to one home at the same time: all is kept, in the listing, the files and the changes', async () => {
    const {root, store, token, folder} = await openWithCalendar();
    const children = [start(root, 'x', 150, 'close'), start(root, 'y', 150, 'close')];
    for (let at = 0; at < 50; at++) {
      await store.write(ann, unit => {
        unit.put('work/mine', bytes(`${at}`));
        unit.count('work');
      });
    }
    for (const child of children) await child.ended;
    const promised = children.flatMap(child => child.promised);
    expect(promised).toHaveLength(300);
    await expectAll(store, promised, token);
    expect((await store.view(ann))!.count('work')).toBe(301);
    await store.close();
    expect(readdirSync(join(folder(ann), 'work'))).toHaveLength(301);
    expect(readFileSync(join(folder(ann), 'work', 'mine'), 'utf8')).toBe('49');
  });

  test('two stores: no increment is lost, no old bytes come back', async () => {
    const {store, another, folder} = await openWithCalendar();
    const other = await another('another');
    await store.write(ann, unit => unit.put('work/n', bytes('0')));
    const increment = (by: Store) =>
      by.write(ann, async unit => {
        const before = Number(Buffer.from((await unit.read('work/n'))!).toString());
        unit.put('work/n', bytes(String(before + 1)));
      });
    await Promise.all(Array.from({length: 60}, (_, at) => increment(at % 2 ? store : other)));
    expect(Buffer.from((await (await other.view(ann))!.read('work/n'))!).toString()).toBe('60');
    await store.close();
    await other.close();
    expect(readFileSync(join(folder(ann), 'work', 'n'), 'utf8')).toBe('60');
  });

  test('a home one process deletes and makes again is the new one for the others', async () => {
    const {store, another} = await openWithCalendar();
    const other = await another('another');
    const view = (await other.view(ann))!;
    await other.write(ann, unit => unit.put('work/old', bytes('old')));
    expect(await store.deleteHome(ann)).toBe(true);
    expect(await other.view(ann)).toBeUndefined();
    await expect(other.write(ann, unit => unit.put('work/x', bytes('x')))).rejects.toThrow();
    expect(await store.createHome(ann, unit => unit.createCollection('new', []))).toBe(true);
    await other.write(ann, unit => unit.put('new/a', bytes('A')));
    expect(view.find('work')).toBeUndefined();
    expect((await store.view(ann))!.find('new/a')).toBeDefined();
    expect(await Promise.all([store.createHome(ann), other.createHome(ann)])).toEqual([false, false]);
  });

  test('of two that make a home at once, one makes it', async () => {
    const {store, another} = await openTemporary();
    const other = await another('another');
    const bob: HomeId = 'calendars/b0000000-0000-4000-8000-000000000002';
    const made = await Promise.all([store.createHome(bob), other.createHome(bob), store.createHome(bob), other.createHome(bob)]);
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  test('two that find the index gone make one, and lose nothing', async () => {
    const {store, reopen, another, folder} = await openWithCalendar();
    for (let at = 0; at < 20; at++) await store.write(ann, unit => unit.put(`work/${at}.ics`, bytes(`${at} 1 2`)));
    await store.close();
    rmSync(join(folder(ann), '.home.sqlite'));
    const [first, second] = [await reopen('same'), await another('same')];
    await Promise.all([
      first.write(ann, unit => unit.put('work/first', bytes('1'))),
      second.write(ann, unit => unit.put('work/second', bytes('2'))),
    ]);
    for (const each of [first, second]) expect((await each.view(ann))!.count('work')).toBe(22);
  });
});
