import {chmod, lstat, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {replaceFile} from '../../src/base/replace-file.ts';
import {temporaryFolder} from '../support/temporary.ts';

describe('replaceFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  test('a new file has the mode asked for', async () => {
    await replaceFile(join(folder, 'a'), 'new', {mode: 0o600});
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o600);
  });

  test('a file that is there keeps its mode, and a link stays a link', async () => {
    await writeFile(join(folder, 'a'), 'old');
    await chmod(join(folder, 'a'), 0o640);
    await symlink('a', join(folder, 'link'));
    await replaceFile(join(folder, 'link'), 'new', {mode: 0o600});
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o640);
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  test('nothing is left behind when it fails', async () => {
    await expect(replaceFile(join(folder, 'missing', 'a'), 'new')).rejects.toThrow(/ENOENT/);
    await expect(replaceFile(folder, 'new')).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});
