import {stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {readSecret} from '../../src/base/secret-file.ts';
import {temporaryFolder} from '../support/temporary.ts';

describe('a secret of the server', () => {
  test('is made once, for the owner alone, and read afterwards', async () => {
    const file = join(await temporaryFolder(), 'digest-key');
    const key = readSecret(file);
    expect(key).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(readSecret(file)).toEqual(key);
  });

  test('is one and the same for processes that start together', async () => {
    const file = join(await temporaryFolder(), 'digest-key');
    const module = new URL('../../src/base/secret-file.ts', import.meta.url).href;
    const read = `import {readSecret} from ${JSON.stringify(module)};
process.stdout.write(Buffer.from(readSecret(process.argv[1])).toString('hex'));`;
    const keys = await Promise.all(
      Array.from({length: 4}, () => execa(process.execPath, ['--input-type=module', '-e', read, '--', file])),
    );
    expect(new Set(keys.map(({stdout}) => stdout)).size).toBe(1);
  });

  test('is made anew where the file was cut off', async () => {
    const file = join(await temporaryFolder(), 'digest-key');
    await writeFile(file, 'short');
    expect(readSecret(file)).toHaveLength(32);
  });
});
