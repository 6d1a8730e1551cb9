import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {withTemporary} from '../../src/base/traces.ts';
import {temporaryFolder} from '../support/temporary.ts';

test('what was made for a moment is gone when the work is done, and when it throws', async () => {
  const path = join(await temporaryFolder(), 'probe');
  expect(await withTemporary(path, async file => writeFile(file, '').then(() => existsSync(file)))).toBe(true);
  expect(existsSync(path)).toBe(false);
  const work = withTemporary(path, async file => {
    await writeFile(file, '');
    throw new Error('no more');
  });
  await expect(work).rejects.toThrow('no more');
  expect(existsSync(path)).toBe(false);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle leaves nothing, and still ends the process',
  async signal => {
    const path = join(await temporaryFolder(), 'probe');
    const program = `
    const {withTemporary} = await import(process.argv[1]);
    const {writeFileSync} = await import('node:fs');
    await withTemporary(process.argv[2], file => new Promise(() => {
      writeFileSync(file, '');
      setInterval(() => {}, 1000);
      process.stdout.write('made');
    }));`;
    const module = fileURLToPath(new URL('../../src/base/traces.ts', import.meta.url));
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, module, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(existsSync(path)).toBe(true);
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([null, signal]);
    expect(existsSync(path)).toBe(false);
  },
);
