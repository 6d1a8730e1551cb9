import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const file = join(import.meta.dirname, '../../src/base/failpoint.ts');

/** A process that passes points, and how far it came. */
function pass(armed: string | undefined) {
  const program = `import {failpoint} from ${JSON.stringify(file)};
for (const name of ['a', 'b', 'a', 'a']) { failpoint(name); process.stdout.write(name); }`;
  const {CALDAV_FAILPOINT: _, ...env} = process.env;
  const {stdout, signal} = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: armed === undefined ? env : {...env, CALDAV_FAILPOINT: armed},
  });
  return {stdout, signal};
}

describe('a failpoint', () => {
  test('does nothing where none is named in the environment', () => {
    for (const armed of [undefined, '']) expect(pass(armed)).toEqual({stdout: 'abaa', signal: null});
  });

  test('kills the process when it is passed as many times as was said', () => {
    expect(pass('b').signal).toBe('SIGKILL');
    expect(pass('a:2')).toMatchObject({signal: 'SIGKILL', stdout: 'ab'});
    expect(pass('a:4')).toEqual({stdout: 'abaa', signal: null});
  });
});
