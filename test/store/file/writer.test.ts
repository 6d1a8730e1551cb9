import {expect, onTestFinished, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {Writer} from '../../../src/store/file/writer.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';

const ann: HomeId = 'calendars/a0000000-0000-4000-8000-000000000001';

test('a writer thread that dies fails what waits for it and is replaced', async () => {
  const root = await temporaryFolder();
  const writer = await new Writer().ready();
  onTestFinished(() => writer.end());
  let replaced = 0;
  writer.start(
    {root, scribe: '', startId: 'one start'},
    silent,
    () => undefined,
    () => void replaced++,
  );
  await expect(writer.ask('nonsense' as 'close', undefined)).rejects.toThrow();
  expect(await writer.ask('create', {home: ann, operations: []})).toBe(true);
  expect(replaced).toBe(1);
});

test('one that ends because it is told to is not', async () => {
  const writer = await new Writer().ready();
  await writer.end();
  await expect(writer.ask('close', undefined)).rejects.toThrow('the writer thread has ended');
});
