import {chmod, mkdir, mkdtemp, readFile, realpath, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, onTestFinished, test} from 'vitest';

/** A checkout that is built already, with an npm that does `install` and nothing else. */
async function checkout(install: string) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'caldav-prepare-')));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), text);
    await chmod(join(folder, path), mode);
  };
  for (const file of ['src/x.ts', 'templates/x', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
    await put(file, '');
  await put('dist/.built', '');
  const later = new Date(Date.now() + 60_000);
  await utimes(join(folder, 'dist/.built'), later, later);
  await put('bin/prepare', await readFile(join(import.meta.dirname, '../../bin/prepare'), 'utf8'));
  await put('programs/npm', `#!/bin/sh\nmkdir -p node_modules\n${install}\n`, 0o755);
  await put('own/bin/node', '#!/bin/sh\n', 0o755);
  await put('system node/bin/node', '#!/bin/sh\n', 0o755);
  await put('system node/include/node/node_api.h', '');
  const path = ['own/bin', 'programs', 'system node/bin'].map(name => join(folder, name)).join(':');
  const prepare = () =>
    execa('sh', [join(folder, 'bin/prepare')], {cwd: '/', env: {PATH: `${path}:/usr/bin:/bin`}, extendEnv: false, all: true});
  return {folder, prepare};
}

const built = 'mkdir -p node_modules/fs-xattr/build/Release; touch node_modules/fs-xattr/build/Release/xattr.node';

describe('bin/prepare', () => {
  test('installs once', async () => {
    const {prepare} = await checkout(built);
    expect((await prepare()).all).toContain('Installing');
    expect((await prepare()).all).toBe('');
  });

  test('two at once install once, and both wait until it is done', async () => {
    const {folder, prepare} = await checkout(`sleep 0.3; ${built}`);
    const said = (await Promise.all([prepare(), prepare(), prepare()])).map(({all}) => all).filter(all => all !== '');
    expect(said).toHaveLength(1);
    await expect(readFile(join(folder, '.preparing/pid'))).rejects.toThrow('ENOENT');
  });

  test('one that was killed keeps nobody waiting', async () => {
    const {folder, prepare} = await checkout(built);
    await mkdir(join(folder, '.preparing'));
    await writeFile(join(folder, '.preparing/pid'), '999999999');
    expect((await prepare()).all).toContain('Installing');
  });

  test('builds against the headers of a Node that has them, though it is not the first in PATH', async () => {
    const {folder, prepare} = await checkout(`echo "headers: $npm_config_nodedir"; ${built}`);
    expect((await prepare()).all).toContain(`headers: ${folder}/system node`);
  });

  test('says that npm has left fs-xattr out, and tries again the next time', async () => {
    const {prepare} = await checkout('true');
    for (const _time of [1, 2]) {
      const {all, exitCode} = await prepare();
      expect({all, exitCode}).toEqual({
        all: expect.stringContaining('fs-xattr could not be built: install python3'),
        exitCode: 0,
      });
    }
  });
});
