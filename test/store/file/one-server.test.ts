import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {UserError} from '../../../src/base/user-error.ts';
import {claimFolder} from '../../../src/store/file/one-server.ts';
import {temporaryFolder} from '../../support/temporary.ts';

/** A process that has claimed the folder. */
async function holder(root: string, startId: string) {
  const file = join(import.meta.dirname, '../../../src/store/file/one-server.ts');
  const program = `import {claimFolder} from ${JSON.stringify(file)};
globalThis.claim = await claimFolder(...process.argv.slice(1)); console.log('claimed'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', root, startId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('a data folder', () => {
  test('is for the processes of one start of the server, and refused to another', async () => {
    const root = await temporaryFolder();
    await holder(root, 'one');
    using second = await claimFolder(root, 'one');
    expect(second).toBeDefined();
    await expect(claimFolder(root, 'other')).rejects.toThrow(UserError);
    await holder(root, 'one');
  });

  test('is free again once they are gone, killed or in good order', async () => {
    const root = await temporaryFolder();
    const child = await holder(root, 'one');
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (const startId of ['two', 'three']) (await claimFolder(root, startId))[Symbol.dispose]();
  });

  test('that cannot be written to, or whose claim is damaged, is served all the same', async () => {
    const root = await temporaryFolder();
    writeFileSync(join(root, '.server.sqlite'), 'x'.repeat(5_000));
    using claim = await claimFolder(root, 'one');
    expect(claim).toBeDefined();
    using other = await claimFolder(join(root, 'not there'), 'one');
    expect(other).toBeDefined();
  });
});
