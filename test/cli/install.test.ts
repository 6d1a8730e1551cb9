import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {install} from '../../src/cli/install.ts';
import {temporaryFolder} from '../support/temporary.ts';

const repository = join(import.meta.dirname, '../..');
vi.setConfig({testTimeout: 120_000});

/** A built program, as a release has it. */
async function built(): Promise<string> {
  const folder = await temporaryFolder();
  for (const part of ['package.json', 'LICENSE', 'bin', 'templates'])
    cpSync(join(repository, part), join(folder, part), {recursive: true});
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', join(repository, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]);
  return folder;
}

describe('caldav run -i', () => {
  test('makes a command that works alone, and takes the place of an older one', async () => {
    const destination = await temporaryFolder();
    mkdirSync(join(destination, 'lib/caldav'), {recursive: true});
    cpSync(join(repository, 'LICENSE'), join(destination, 'lib/caldav/old'));
    const {command, bytes} = await install(destination, {forOwnerAlone: true, from: await built()});
    expect(command).toBe(join(destination, 'bin/caldav'));
    expect(existsSync(join(destination, 'lib/caldav/old'))).toBe(false);
    expect(readdirSync(join(destination, 'lib'))).toEqual(['caldav']);
    expect(statSync(join(destination, 'lib/caldav')).mode & 0o777).toBe(0o700);
    const modules = readdirSync(join(destination, 'lib/caldav/node_modules'));
    expect(modules).toEqual(expect.arrayContaining(['pino', 'node', 'fs-xattr', 'saxes']));
    expect(modules).not.toContain('vitest');
    expect(bytes).toBeGreaterThan(statSync(process.execPath).size);
    // Without anything of this checkout, without a Node in PATH, and from wherever it is called.
    const said = execFileSync(command, ['run', '-p'], {cwd: '/', env: {PATH: '/usr/bin:/bin'}, encoding: 'utf8'});
    const place = realpathSync(join(destination, 'lib/caldav'));
    expect(said).toBe(`${place}\n${place}/node_modules\n${place}/node_modules/node/bin/node\n`);
    const setup = await temporaryFolder();
    const check = execFileSync(command, ['doctor', setup, '--json'], {
      cwd: '/',
      env: {PATH: '/usr/bin:/bin'},
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(JSON.parse(check)).toMatchObject({status: expect.stringMatching(/ok|warn/)});
  });

  test('wants a program that is built, and a place to write', async () => {
    const from = await temporaryFolder();
    await expect(install(await temporaryFolder(), {forOwnerAlone: false, from})).rejects.toMatchObject({
      fix: `Type: npm --prefix ${from} run build`,
    });
    const file = join(await temporaryFolder(), 'file');
    cpSync(join(repository, 'LICENSE'), file);
    await expect(install(file, {forOwnerAlone: false, from: await built()})).rejects.toThrow(
      `${file}/lib/.caldav.new cannot be written (ENOTDIR).`,
    );
  });
});
