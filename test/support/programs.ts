import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';
import {test} from 'vitest';

/** Whether a program can be started by its name. */
function isInstalled(program: string): boolean {
  // Servers lie there, and not everybody's PATH names it.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * `test` for what needs another program: where that is missing the test is skipped by name, with `CI=true` it fails instead, so that
 * a machine without the program can never look like one on which it works.
 */
export function testWith(...programs: string[]): typeof test {
  const missing = programs.filter(program => !isInstalled(program));
  if (missing.length === 0) return test;
  if (process.env.CI !== 'true') return test.skip as typeof test;
  return ((name: string) =>
    test(name, () => {
      throw new Error(`not installed: ${missing.join(', ')}`);
    })) as unknown as typeof test;
}
