import {existsSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {claimPidFile, findServer, isAlive} from '../../src/server/pid-file.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {named} from './named.ts';

describe('the PID file', () => {
  test('names this process until it is released', async () => {
    const file = join(await temporaryFolder(), 'caldavd.pid');
    const claimed = claimPidFile(file);
    expect([claimed.note, readFileSync(file, 'utf8')]).toEqual([undefined, `${process.pid}\n`]);
    claimed.release();
    expect(existsSync(file)).toBe(false);
  });

  test('of a server that is gone is replaced, with a note', async () => {
    const file = join(await temporaryFolder(), 'caldavd.pid');
    for (const left of ['4194305\n', 'rubbish', '', '-1']) {
      writeFileSync(file, left);
      expect(claimPidFile(file).note).toContain('left by a server that is gone');
    }
  });

  test('of a live server is not touched', async () => {
    const file = join(await temporaryFolder(), 'caldavd.pid');
    const {pid} = await named('caldav');
    writeFileSync(file, `${pid}\n`);
    expect(findServer(file)).toBe(pid);
    expect(() => claimPidFile(file)).toThrow(`runs already, as process ${pid}`);
    expect(readFileSync(file, 'utf8')).toBe(`${pid}\n`);
  });

  test('whose number has passed on to another program, or to a later process, is stale', async () => {
    const file = join(await temporaryFolder(), 'caldavd.pid');
    writeFileSync(file, `${(await named('something-else')).pid}\n`);
    expect(findServer(file)).toBe(undefined);
    writeFileSync(file, `${(await named('caldav')).pid}\n`);
    utimesSync(file, new Date(), new Date(Date.now() - 60_000));
    expect(findServer(file)).toBe(undefined);
  });

  test('is not written through a link that somebody has laid where it is made', async () => {
    const folder = await temporaryFolder();
    const [file, precious] = [join(folder, 'caldavd.pid'), join(folder, 'precious')];
    writeFileSync(precious, 'precious');
    symlinkSync(precious, `${file}.${process.pid}`);
    claimPidFile(file);
    expect([readFileSync(file, 'utf8'), readFileSync(precious, 'utf8')]).toEqual([`${process.pid}\n`, 'precious']);
  });

  test('is left alone by one that no longer owns it', async () => {
    const file = join(await temporaryFolder(), 'caldavd.pid');
    const claimed = claimPidFile(file);
    writeFileSync(file, '1\n');
    claimed.release();
    expect(existsSync(file)).toBe(true);
  });
});

test('a process that has ended is not alive, also while its parent has not noticed', async () => {
  const child = await named('x');
  expect(isAlive(child.pid!)).toBe(true);
  process.kill(child.pid!, 'SIGKILL');
  await expect.poll(() => isAlive(child.pid!)).toBe(false);
});
