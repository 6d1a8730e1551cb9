import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

/**
 * Has Node keep the program compiled (see vitest.config.ts) before the first test. Each process does that for itself when it ends, but
 * not one that root has made another account's: it may no longer write where that is kept. What cannot be loaded the tests will say.
 */
export default function compile(): void {
  if (process.getuid?.() !== 0) return;
  const source = join(import.meta.dirname, '../../src');
  const files = ['cli/main.ts', 'cli/serve.ts', 'doctor/jobs.ts', 'server/worker.ts', 'setup/homes.ts'];
  const program = 'await Promise.all(process.argv.slice(1).map(file => import(file)))';
  const args = ['--input-type=module', '-e', program, '--', ...files.map(file => join(source, file))];
  spawnSync(process.execPath, args, {stdio: 'ignore'});
}
