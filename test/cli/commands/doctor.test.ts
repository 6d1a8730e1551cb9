import {existsSync} from 'node:fs';
import {chmod, mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {silent} from '../../../src/base/log.ts';
import {doctor} from '../../../src/cli/commands/doctor.ts';
import type {Output} from '../../../src/cli/output.ts';
import type {DoctorReport} from '../../../src/doctor/run.ts';
import {indexFile} from '../../../src/server/indexer.ts';
import {openFileStore} from '../../../src/store/file/store.ts';
import {serverFolder} from '../../server/server.ts';
import {temporaryFolder} from '../../support/temporary.ts';

/** Runs the command without a terminal, and answers its exit code and all it said. */
async function run(dir: string, paths: string[] = [], options: Record<string, unknown> = {}) {
  const said = {code: 0, report: undefined as DoctorReport | undefined, text: '', notes: ''};
  const out: Output = {
    json: false,
    interactive: false,
    animated: false,
    line() {},
    result(value, text) {
      said.report = value as DoctorReport;
      said.text = text;
    },
    note(text) {
      said.notes += text;
    },
  };
  said.code = await doctor.run([paths], options, {out, dir, configFile: join(dir, 'conf/caldavd-dev.plist')});
  return said;
}

describe('caldav doctor', () => {
  test('before set-up it looks at what a server in this folder would rest on', async () => {
    const dir = await temporaryFolder();
    const {code, report, notes, text} = await run(dir);
    expect(notes).toContain('There is no configuration');
    expect(code).toBe(report!.status === 'fail' ? 1 : 0);
    expect(report!.results.map(({check}) => check)).toContain('attributes');
    expect(text).not.toContain('\x1b');
    expect(await readdir(dir)).toEqual([]);
  });

  test('folders that are named are looked at alone, and a failure is exit code 1', async () => {
    const dir = await temporaryFolder();
    expect((await run('/', [dir])).code).toBe(0);
    const {code, text} = await run('/', [process.platform === 'linux' ? '/proc/self' : '/dev']);
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED[\s\S]*Fix: /);
  });

  test('a wrong key in the plist is exit code 1, with the line and the nearest right key', async () => {
    const dir = await temporaryFolder();
    await mkdir(join(dir, 'conf'));
    const plist =
      '<?xml version="1.0"?>\n<plist version="1.0"><dict>\n<key>HTPPort</key><integer>8008</integer>\n</dict></plist>\n';
    await writeFile(join(dir, 'conf/caldavd-dev.plist'), plist);
    await chmod(dir, 0o750);
    const {code, text} = await run(dir);
    expect(code).toBe(1);
    expect(text).toContain('line 3');
    expect(text).toContain('HTTPPort');
  });

  test('--user without a terminal says how to give the password, and never takes it as an argument', async () => {
    const dir = await temporaryFolder();
    await expect(run(dir, [], {user: 'ann'})).rejects.toMatchObject({fix: expect.stringContaining('--password-stdin')});
    expect(doctor.options.filter(({flags}) => /--password\b(?!-stdin)/.test(flags))).toEqual([]);
  });

  test('--repair says what it would mend, does it with --yes, and then what is left', async () => {
    const {dir, half} = await serverWithLeftover();
    const dry = await run(dir, [], {repair: true});
    expect(dry.text).toMatch(/would mend {2}.*half made\nNothing was done\. To do it, type: caldav doctor --repair --yes/);
    expect(existsSync(half)).toBe(true);
    const done = await run(dir, [], {repair: true, yes: true});
    expect(done.report).toMatchObject({repairs: [{check: 'homes', state: 'done', message: expect.stringContaining(half)}]});
    expect(existsSync(half)).toBe(false);
    expect((await run(dir, [], {repair: true, yes: true})).text).toMatch(/^There is nothing to mend\./);
  });

  test('--repair beside a server that runs refuses, and says what to type', async () => {
    const server = await serverFolder();
    await server.run('run', '-d').done;
    const {code, stderr} = await server.run('doctor', '--repair', '--yes').done;
    expect(code).toBe(1);
    expect(stderr).toMatch(/The server runs, as process \d+: it takes in .*\n.*caldav stop, then caldav doctor --repair/);
    await server.run('stop').done;
  });
});

/** A server that is stopped, with a file half made in one of its homes. */
async function serverWithLeftover() {
  const dir = await temporaryFolder();
  await mkdir(join(dir, 'conf'));
  const keys = '<key>DocumentRoot</key><string>docs</string><key>PIDFile</key><string>run/caldavd.pid</string>';
  const plist = `<?xml version="1.0"?>\n<plist version="1.0"><dict>${keys}<key>UserName</key><string/></dict></plist>\n`;
  await writeFile(join(dir, 'conf/caldavd-dev.plist'), plist);
  const store = await openFileStore({root: join(dir, 'docs'), log: silent, index: indexFile});
  await store.createHome('calendars/10000000-0000-0000-0000-000000000001');
  await store.close();
  const half = join(dir, 'docs/calendars/__uids__/10/00/10000000-0000-0000-0000-000000000001/.writing/99999999-half');
  await writeFile(half, 'BEGIN:VCAL');
  return {dir, half};
}
