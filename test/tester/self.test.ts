import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {temporaryFolder} from '../support/temporary.ts';

test('a run that is interrupted leaves nothing behind', {timeout: 30_000}, async () => {
  const folder = await temporaryFolder();
  const program = `
    const {startSelf} = await import(process.argv[1]);
    await startSelf();
    process.stdout.write('started');`;
  const module = fileURLToPath(new URL('../../src/tester/self.ts', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, module], {
    env: {...process.env, TMPDIR: folder},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(readdirSync(folder)).toHaveLength(1);
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
  expect(readdirSync(folder)).toEqual([]);
});
