import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {setAttribute} from 'fs-xattr';
import {describe, expect, test, vi} from 'vitest';
import {lockData} from '../../../src/cli/data-lock.ts';
import {serverFolder} from '../../server/server.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {dataBelow} from '../backup/server-tree.ts';

// Whole servers, several in a row.
vi.setConfig({testTimeout: 120_000});

/** A server that was used and stopped, its plist with a comment, and a folder to move to. */
async function stopped(plist: Readonly<Record<string, unknown>> = {}) {
  const server = await serverFolder({DocumentRoot: 'docs', ...plist});
  expect(await server.run('run', '-d').done).toMatchObject({code: 0});
  for (const uid of ['a', 'b', 'c']) expect((await server.put(uid)).status).toBe(201);
  expect((await server.run('stop').done).code).toBe(0);
  const file = server.path('conf/caldavd-dev.plist');
  writeFileSync(file, readFileSync(file, 'utf8').replace('<dict>', '<!-- Ours -->\n<dict>'));
  const elsewhere = await temporaryFolder();
  chmodSync(elsewhere, 0o755);
  return {...server, file, to: join(elsewhere, 'disk/calendars')};
}

describe('caldav data move', () => {
  test('moves DocumentRoot with every byte, attribute and owner; the plist names the new place, and comments stay', async () => {
    const {folder, to, run, read, put, get} = await stopped();
    const before = dataBelow(join(folder, 'docs'));
    expect(await run('data', 'move', to, '--dry-run').done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`DocumentRoot ${to}`),
    });
    expect(existsSync(to)).toBe(false);
    expect(await run('data', 'move', to).done).toMatchObject({code: 0, stderr: ''});
    expect(dataBelow(to)).toEqual(before);
    expect(existsSync(join(folder, 'docs'))).toBe(false);
    expect(read('conf/caldavd-dev.plist')).toContain(`<string>${to}</string>`);
    expect(read('conf/caldavd-dev.plist')).toContain('<!-- Ours -->');
    expect(existsSync(join(folder, 'data/proxies.sqlite'))).toBe(true);
    expect(await run('run', '-d').done).toMatchObject({code: 0});
    expect((await get()).status).toBe(200);
    expect((await put('d')).status).toBe(201);
    expect(await run('data', 'move', join(folder, 'docs')).done).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('caldav stop'),
    });
  });

  test('moves DataRoot whole where DocumentRoot lies in it', async () => {
    const {folder, to, run, read} = await stopped();
    expect((await run('config', 'set', 'DocumentRoot', 'data/docs').done).code).toBe(0);
    expect((await run('data', 'move', join(folder, 'data/docs')).done).code).toBe(1);
    expect((await run('config', 'set', 'DocumentRoot', 'docs').done).code).toBe(0);
    expect((await run('data', 'move', join(folder, 'data/docs')).done).code).toBe(0);
    const before = Object.keys(dataBelow(join(folder, 'data')));
    expect(await run('data', 'move', to).done).toMatchObject({code: 0});
    expect(Object.keys(dataBelow(to))).toEqual(before);
    expect(read('conf/caldavd-dev.plist')).toContain(`<string>${join(to, 'docs')}</string>`);
  });

  test('that is killed anywhere leaves a server that works, and is finished by doing it again', async () => {
    const {folder, to, run, read} = await stopped();
    const before = dataBelow(join(folder, 'docs'));
    const isMoved = () => read('conf/caldavd-dev.plist').includes(to);
    for (const ms of [550, 650, 700, 750, 800, 900, 1000]) {
      const {child, done} = run('data', 'move', to);
      await delay(ms);
      child.kill('SIGKILL');
      await done;
      const {'.moving.json': _, ...data} = dataBelow(isMoved() ? to : join(folder, 'docs'));
      expect(data).toEqual(before);
    }
    await run('data', 'move', to).done;
    expect(dataBelow(to)).toEqual(before);
    expect([isMoved(), existsSync(join(folder, 'docs'))]).toEqual([true, false]);
  });

  test('goes on with what another has begun, mends what differs there, and takes links and attributes of all sorts', async () => {
    const {folder, to, run} = await stopped();
    const [object] = readdirSync(join(folder, 'docs'), {recursive: true, encoding: 'utf8'}).filter(path =>
      path.endsWith('/a.ics'),
    );
    await setAttribute(join(folder, 'docs', object!), 'user.colour', Buffer.from([0, 1, 2]));
    symlinkSync('/nowhere', join(folder, 'docs/link'));
    // As if it had been cut off: of the same size and time, but with other bytes.
    mkdirSync(dirname(join(to, object!)), {recursive: true});
    writeFileSync(join(to, '.moving.json'), JSON.stringify({from: join(folder, 'docs')}));
    const source = join(folder, 'docs', object!);
    writeFileSync(
      join(to, object!),
      readFileSync(source).map(byte => byte ^ 1),
    );
    utimesSync(join(to, object!), lstatSync(source).atime, lstatSync(source).mtime);
    writeFileSync(join(to, 'stray'), 'x');
    const before = dataBelow(join(folder, 'docs'));
    expect(await run('data', 'move', to).done).toMatchObject({code: 0});
    expect(dataBelow(to)).toEqual(before);
  });

  test('removes nothing of a place that was not copied wholly, or was used since, though the configuration names the new one', async () => {
    const {folder, to, run, path} = await stopped();
    mkdirSync(to, {recursive: true});
    const before = dataBelow(path('docs'));
    expect((await run('config', 'set', 'DocumentRoot', to).done).code).toBe(0);
    for (const copied of [undefined, 1]) {
      writeFileSync(join(to, '.moving.json'), JSON.stringify({from: join(folder, 'docs'), copied}));
      expect(await run('data', 'move', to).done).toMatchObject({code: 1, stderr: expect.stringContaining('was cut off')});
      expect(dataBelow(path('docs'))).toEqual(before);
    }
  });

  test.each(['docs', 'data/docs'])('works on no data that another command works on, and lets none begin: %s', async root => {
    const {to, run, path} = await stopped();
    if (root !== 'docs') expect((await run('data', 'move', path(root)).done).code).toBe(0);
    const refused = async (...args: string[]) =>
      expect(await run(...args).done).toMatchObject({code: 1, stderr: expect.stringContaining('Another caldav command')});
    {
      using _ = lockData(path(root), 'shared');
      await refused('data', 'move', to);
      expect((await run('export', '--user', 'ann').done).code).toBe(0);
    }
    using _ = lockData(path(root), 'alone');
    await refused('export', '--user', 'ann');
    await refused('backup', path('x.tar.gz'));
  });

  test('refuses a place that is not empty, or lies in the old one', async () => {
    const {folder, to, run} = await stopped();
    const refused = async (place: string, sentence: string) =>
      expect(await run('data', 'move', place).done).toMatchObject({code: 1, stderr: expect.stringContaining(sentence)});
    await refused(join(folder, 'docs/inside'), 'lie one in the other');
    await refused(folder, 'lie one in the other');
    await refused(join(folder, 'conf'), 'is not empty');
    await refused(join(folder, 'docs'), 'already');
    symlinkSync(join(folder, 'docs'), join(folder, 'link'));
    expect((await run('config', 'set', 'DocumentRoot', 'link').done).code).toBe(0);
    await refused(to, 'is a link to');
    expect(existsSync(to)).toBe(false);
  });
});
