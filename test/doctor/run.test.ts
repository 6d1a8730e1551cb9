import {chmod, cp, mkdir, readdir, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {checks} from '../../src/doctor/checks.ts';
import {printReport} from '../../src/doctor/report.ts';
import {runDoctor} from '../../src/doctor/run.ts';
import {temporaryFolder} from '../support/temporary.ts';

// Whole programs and measurements: slow where the machine has much else to do.
vi.setConfig({testTimeout: 60_000});

const plist = (entries: string) => `<?xml version="1.0"?>\n<plist version="1.0"><dict>\n${entries}\n</dict></plist>\n`;

/** A server's folder as set-up leaves it, without TLS. */
async function serverFolder(accounts = '<user><uid>ann</uid><guid>10000000-0000-0000-0000-000000000001</guid></user>') {
  const folder = await temporaryFolder();
  const root = process.geteuid?.() === 0;
  for (const name of ['conf/auth', 'data/documents', 'logs', 'run']) await mkdir(join(folder, name), {recursive: true});
  const file = join(folder, 'conf/caldavd-dev.plist');
  await writeFile(
    file,
    plist(`<key>ServerHostName</key><string>localhost</string><key>SSLPort</key><integer>0</integer>
<key>HTTPPort</key><integer>8008</integer>
<key>DocumentRoot</key><string>data/documents</string><key>DataRoot</key><string>data</string>
${root ? '<key>UserName</key><string>nobody</string>' : ''}`),
  );
  await writeFile(join(folder, 'conf/auth/accounts.xml'), `<accounts realm="Test">${accounts}</accounts>`, {mode: 0o600});
  await chmod(join(folder, 'data'), 0o750);
  await chmod(join(folder, 'data/documents'), 0o750);
  if (root) {
    const {execFileSync} = await import('node:child_process');
    execFileSync('chown', ['-R', 'nobody', folder]);
  }
  return {folder, file};
}

/** Every file with what a doctor could have changed of it. */
async function snapshot(folder: string): Promise<string[]> {
  const names = (await readdir(folder, {recursive: true})).sort();
  return Promise.all(
    names.map(async name => {
      const {mode, uid, size, ino, isDirectory} = await stat(join(folder, name)).then(found => ({
        ...found,
        isDirectory: found.isDirectory(),
      }));
      return [name, mode, uid, isDirectory ? 0 : size, ino].join(' ');
    }),
  );
}

describe('caldav doctor', () => {
  test('a server as set-up leaves it has no failure but its port, perhaps, and nothing is left behind', async () => {
    const {folder, file} = await serverFolder();
    const before = await snapshot(folder);
    const report = await runDoctor({plist: {file, folder}});
    expect(report.results.filter(({status, check}) => status === 'fail' && check !== 'ports')).toEqual([]);
    expect(await snapshot(folder)).toEqual(before);
  });

  test('each row of the table is asked when there is a server and an address', async () => {
    const {folder, file} = await serverFolder();
    const asked: string[] = [];
    await runDoctor({plist: {file, folder}, url: 'http://127.0.0.1:9/', onCheck: ({name}) => void asked.push(name)});
    // It has a test of its own: by default there is none to look at.
    expect(asked).toEqual(checks.map(({name}) => name).filter(name => name !== 'memcached' && name !== 'mail'));
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('each result has a check, a status and a sentence; whatever is wrong has a fix', async () => {
    const {folder, file} = await serverFolder();
    await chmod(join(folder, 'conf/auth/accounts.xml'), 0o644);
    await chmod(join(folder, 'data'), 0o777);
    const report = JSON.parse(JSON.stringify(await runDoctor({plist: {file, folder}})));
    expect(Object.keys(report)).toEqual(['status', 'results']);
    expect(report.status).toBe('fail');
    for (const result of report.results) {
      expect(result).toMatchObject({check: expect.any(String), what: expect.any(String), message: expect.any(String)});
      expect(['ok', 'warn', 'fail', 'skipped']).toContain(result.status);
      if (result.status === 'fail' || result.status === 'warn') expect(result.fix).toEqual(expect.stringMatching(/./));
    }
    const permissions = report.results.filter(({check}: {check: string}) => check === 'permissions');
    expect(permissions).toMatchObject([
      {status: 'fail', fix: `\`chmod o-rwx ${join(folder, 'data')}\``},
      {status: 'fail', fix: `\`chmod 600 ${join(folder, 'conf/auth/accounts.xml')}\``},
    ]);
  });

  test('a broken configuration is one failure, and what does not rest on it is still looked at', async () => {
    const {folder, file} = await serverFolder();
    await writeFile(file, plist('<key>HTPPort</key><integer>1</integer>'));
    const {results} = await runDoctor({plist: {file, folder}});
    expect(results.filter(({status}) => status === 'fail')).toMatchObject([{check: 'configuration'}]);
    expect(results.map(({check}) => check)).toContain('clock');
  });

  test('folders alone are looked at without a server', async () => {
    const folder = await temporaryFolder();
    const {status, results} = await runDoctor({paths: [folder]});
    expect(status).not.toBe('fail');
    expect(results.map(({check}) => check)).toEqual(
      expect.arrayContaining(['file-system', 'attributes', 'permissions', 'disk-space']),
    );
    expect(results.map(({check}) => check)).not.toContain('certificates');
  });

  test.runIf(process.geteuid?.() === 0)('attributes are tried as the account that serves (as root)', async () => {
    const {folder, file} = await serverFolder();
    const ours = await runDoctor({plist: {file, folder}, only: ['attributes']});
    expect(ours.results[0]!.message).toContain('as nobody');
    await cp(file, `${file}.kept`);
    await chmod(join(folder, 'data'), 0o700);
    const {execFileSync} = await import('node:child_process');
    execFileSync('chown', ['root', join(folder, 'data')]);
    const theirs = await runDoctor({plist: {file, folder}, only: ['attributes']});
    expect(theirs.status).toBe('fail');
  });
});

describe('the report for people', () => {
  const results = [
    {check: 'a', what: 'First', status: 'ok', message: 'fine'},
    {check: 'a', what: 'First', status: 'fail', message: 'broken', fix: 'type `caldav config set A B C` or something else'},
  ] as const;

  test('has a heading for each check, the fix below what is wrong, and a last line', () => {
    expect(printReport({status: 'fail', results}, {columns: 60}).split('\n')).toEqual([
      'First  ok      fine',
      '       FAILED  broken',
      '               Fix: type `caldav config set A B C` or',
      '               something else',
      '',
      '1 of 2 failed.',
    ]);
  });

  test('is coloured only where asked', () => {
    expect(printReport({status: 'fail', results})).not.toContain('\x1b');
    expect(printReport({status: 'fail', results}, {colours: true})).toContain('\x1b[31m');
  });
});
