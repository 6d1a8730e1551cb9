import {appendFileSync, cpSync, readdirSync, rmSync, truncateSync, unlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {inspectHome} from '../../../src/store/file/inspect.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {caldav} from '../../../src/xml/names.ts';
import {openTemporary} from './open-temporary.ts';
import {parseForTests} from './parse-for-tests.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);

async function openFilled() {
  const temporary = await openTemporary();
  await temporary.store.createHome(ann, unit => {
    unit.createCollection('work', [caldav('calendar')]);
    for (const name of ['a', 'b', 'c']) unit.put(`work/${name}.ics`, bytes(`${name} 1 2`));
  });
  const home = temporary.folder(ann);
  const inspect = async () => {
    const before = readdirSync(home, {recursive: true}).sort();
    const report = await inspectHome(home, {index: parseForTests});
    expect(readdirSync(home, {recursive: true}).sort()).toEqual(before);
    return report;
  };
  return {...temporary, home, inspect};
}

describe('inspecting a home', () => {
  test('in order: nothing to tell, running or not', async () => {
    const {store, home, inspect} = await openFilled();
    await store.settle();
    const expected = {
      folder: home,
      index: 'sound',
      objects: 3,
      collections: 1,
      bytes: 15,
      pending: 0,
      damaged: [],
      differences: [],
    };
    expect(await inspect()).toEqual(expected);
    await store.close();
    expect(await inspect()).toEqual(expected);
  });

  test('what is pending is counted, not told as a difference', async () => {
    const {store, home} = await openFilled();
    await store.settle();
    await store.write(ann, unit => unit.put('work/d.ics', bytes('d 1 2')));
    expect(await inspectHome(home, {index: parseForTests})).toMatchObject({index: 'sound', differences: []});
  });

  test('what differs and what is damaged is told by file', async () => {
    const {store, home, inspect} = await openFilled();
    await store.close();
    appendFileSync(join(home, 'work', 'a.ics'), '3');
    unlinkSync(join(home, 'work', 'b.ics'));
    writeFileSync(join(home, 'work', 'new.ics'), 'n 1 2');
    writeFileSync(join(home, 'work', 'bad.ics'), 'DAMAGED');
    const {damaged, differences} = await inspect();
    expect(damaged).toEqual([{file: join(home, 'work', 'bad.ics'), reason: 'line 1: this is damaged'}]);
    expect(new Map(differences.map(({file, difference}) => [file, difference]))).toEqual(
      new Map([
        [join(home, 'work', 'a.ics'), 'changed'],
        [join(home, 'work', 'b.ics'), 'missing'],
        [join(home, 'work', 'new.ics'), 'new'],
      ]),
    );
  });

  test('an index that is gone or cut off is told, and left', async () => {
    const {store, home, inspect} = await openFilled();
    await store.close();
    truncateSync(join(home, '.home.sqlite'), 5000);
    expect(await inspect()).toMatchObject({index: 'damaged', objects: 3});
    rmSync(join(home, '.home.sqlite'));
    expect(await inspect()).toMatchObject({index: 'absent', objects: 3, differences: []});
  });

  test('after a crash the log beside the index is read and left as it is', async () => {
    const {store, home, inspect} = await openFilled();
    await store.settle();
    await store.write(ann, unit => unit.put('work/d.ics', bytes('d 1 2')));
    const crashed = `${home}-crashed`;
    for (const suffix of ['', '-wal']) cpSync(join(home, `.home.sqlite${suffix}`), join(crashed, `.home.sqlite${suffix}`));
    const files = readdirSync(crashed);
    expect(await inspectHome(crashed, {index: parseForTests})).toMatchObject({index: 'sound', pending: expect.any(Number)});
    expect(readdirSync(crashed)).toEqual(files);
    await store.settle();
    expect((await inspect()).index).toBe('sound');
  });
});
