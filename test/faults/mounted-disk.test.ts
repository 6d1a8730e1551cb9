import {execFile, spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';
import {temporaryFolder} from '../support/temporary.ts';

const run = promisify(execFile);
const seed = String(process.env.CALDAV_CRASH_SEED ?? Date.now() % 1_000_000);
/** Not where the system keeps accounts from namespaces, as some do. */
const canMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /tmp']).status === 0;

/** Does what `in-namespace.ts` has under that name; answers what it has against what it saw. */
async function complaintOf(scenario: string): Promise<string> {
  const program = join(import.meta.dirname, 'in-namespace.ts');
  const args = ['-rm', process.execPath, program, scenario, await temporaryFolder(), seed];
  return run('unshare', args).then(
    () => '',
    (error: {stderr: string}) => error.stderr,
  );
}

describe.skipIf(!canMount)(`a real disk (needs a mount namespace; CALDAV_CRASH_SEED=${seed})`, () => {
  test('that is full: 507 to what writes, reads go on, kills lose nothing, and with room all is written out', async () => {
    expect(await complaintOf('full')).toBe('');
  }, 120_000);

  test('that is mounted read-only at the start: 503 with a sentence, and all goes on once it may be written', async () => {
    expect(await complaintOf('read-only')).toBe('');
  }, 120_000);
});
