import {
  chownSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openLogFile, openToAppend} from '../../src/server/log-file.ts';
import {temporaryFolder} from '../support/temporary.ts';

async function inFolder() {
  const folder = await temporaryFolder();
  const file = join(folder, 'access.log');
  return {folder, file, read: (suffix = '') => readFileSync(`${file}${suffix}`, 'utf8')};
}

describe('a log file', () => {
  test('gets what is written, gathered, and is not for everybody to read', async () => {
    const {file, read} = await inFolder();
    const log = openLogFile(file, {gatherMs: 20, rotate: false});
    log.write('one\n');
    log.write('two\n');
    expect(read()).toBe('');
    await expect.poll(() => read()).toBe('one\ntwo\n');
    log.write('three\n');
    log.close();
    expect([read(), statSync(file).mode & 0o777]).toEqual(['one\ntwo\nthree\n', 0o640]);
  });

  test('is put aside when it has grown, and the oldest goes', async () => {
    const {file, folder, read} = await inFolder();
    const log = openLogFile(file, {gatherMs: 0, rotate: true, maxBytes: 3, keep: 2});
    for (const line of ['aaa\n', 'bbb\n', 'ccc\n', 'ddd\n']) log.write(line);
    log.close();
    expect(readdirSync(folder).sort()).toEqual(['access.log', 'access.log.1', 'access.log.2']);
    expect([read(), read('.1'), read('.2')]).toEqual(['ddd\n', 'ccc\n', 'bbb\n']);
  });

  test('is put aside when a day has ended, also while no server ran', async () => {
    const {file, read} = await inFolder();
    writeFileSync(file, 'yesterday\n');
    const before = new Date(Date.now() - 86_400_000);
    utimesSync(file, before, before);
    const log = openLogFile(file, {gatherMs: 0, rotate: true, daily: true});
    log.write('today\n');
    log.write('today\n');
    log.close();
    expect([read(), read('.1')]).toEqual(['today\ntoday\n', 'yesterday\n']);
  });

  test('is opened anew after it has been moved away', async () => {
    const {file, read} = await inFolder();
    const log = openLogFile(file, {gatherMs: 1000, rotate: false});
    log.write('before\n');
    renameSync(file, `${file}.old`);
    log.reopen();
    log.write('after\n');
    log.close();
    expect([read('.old'), read()]).toEqual(['before\n', 'after\n']);
  });

  test('that serves another account is no link', async () => {
    const {file, folder} = await inFolder();
    symlinkSync(join(folder, 'elsewhere'), file);
    expect(() => openLogFile(file, {gatherMs: 0, rotate: false, owner: {name: 'daemon', uid: 1, gid: 1}})).toThrow(/ELOOP/);
    expect(() => openToAppend(file, {followsLinks: false})).toThrow(/ELOOP/);
    expect(readdirSync(folder)).toEqual(['access.log']);
  });

  test.runIf(process.geteuid?.() === 0)(
    'that root opens for another account is no second name of what is not that account’s',
    async () => {
      const {file, folder} = await inFolder();
      const [precious, owner] = [join(folder, 'precious'), {name: 'daemon', uid: 1, gid: 1}];
      writeFileSync(precious, 'precious');
      linkSync(precious, file);
      expect(() => openLogFile(file, {gatherMs: 0, rotate: false, owner})).toThrow('second name');
      expect(statSync(precious).uid).toBe(0);
      chownSync(file, 1, 1);
      openLogFile(file, {gatherMs: 0, rotate: false, owner}).close();
    },
  );
});
