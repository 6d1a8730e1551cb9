import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {temporaryFolder} from '../support/temporary.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** Only root may mount, and only where mounts can be private: elsewhere this is skipped by its name. */
const canMount = process.geteuid?.() === 0 && (await execa('unshare', ['-m', 'true'], {reject: false})).exitCode === 0;

describe('a file system without extended attributes', () => {
  test.skipIf(!canMount)(
    'ramfs: setup stops before it writes anything, and says what to do (needs root)',
    {timeout: 60_000},
    async () => {
      const place = await temporaryFolder();
      await mkdir(join(place, 'ram'));
      await writeFile(
        join(place, 'caldav.mjs'),
        `process.exitCode = await (await import(${JSON.stringify(main)})).main(process.argv.slice(2));\n`,
      );
      const script = `mount -t ramfs ramfs '${place}/ram' && '${process.execPath}' '${place}/caldav.mjs' --dir '${place}/ram' setup --yes --run-as nobody; echo "exit $?"; ls -A '${place}/ram'`;
      const {stdout, stderr} = await execa('unshare', ['-m', 'sh', '-c', script]);
      expect(stdout).toBe('exit 1');
      expect(stderr).toContain(`Extended attributes do not work in ${place}/ram`);
      expect(stderr).toContain('Nothing was written.');
      expect(stderr).toContain('--document-root');
      expect(stderr).not.toMatch(/\n +at /);
      expect(await readdir(join(place, 'ram'))).toEqual([]);
    },
  );
});
