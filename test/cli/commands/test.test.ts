import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {test as command} from '../../../src/cli/commands/test.ts';
import type {Output} from '../../../src/cli/output.ts';
import {temporaryFolder} from '../../support/temporary.ts';

interface Value {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
  readonly notMeasured: readonly string[];
  readonly scripts: readonly {name: string; tests: readonly {outcome: string; reason: string}[]}[];
}

/** Runs the command without a terminal, and answers its exit code and result. */
async function run(scripts: string[], options: Record<string, unknown>) {
  const said = {code: 0, value: undefined as Value | undefined, text: ''};
  const out: Output = {
    json: false,
    interactive: false,
    animated: false,
    line() {},
    result(value, text) {
      said.value = value as Value;
      said.text = text;
    },
    note() {},
  };
  said.code = await command.run([scripts], options, {out, dir: '/', configFile: '/nowhere'});
  return said;
}

describe('caldav test', () => {
  test('every script that comes with the program holds of our own server', {timeout: 60_000}, async () => {
    const {code, value, text} = await run([], {self: true});
    const failures = value!.scripts.flatMap(({name, tests}) =>
      tests.filter(({outcome}) => outcome !== 'passed').map(({reason}) => `${name}: ${reason}`),
    );
    expect({failures, notMeasured: value!.notMeasured, code}).toEqual({failures: [], notMeasured: [], code: 0});
    expect(value!.passed).toBeGreaterThan(20);
    expect(text).toMatch(/\d+ passed, 0 failed, 0 ignored$/);
  });

  test('a failure is exit code 1, and stands in the JUnit file', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'scripts'));
    const request =
      '<method>GET</method><ruri>$calendarpath1:/missing.ics</ruri><verify><callback>statusCode</callback></verify>';
    await writeFile(
      join(folder, 'scripts/one.xml'),
      `<caldavtest><test-suite name="a"><test name="1"><request>${request}</request></test></test-suite></caldavtest>`,
    );
    const junit = join(folder, 'junit.xml');
    const {code, value} = await run([], {self: true, scripts: join(folder, 'scripts'), junit});
    expect(code).toBe(1);
    expect(value).toMatchObject({failed: 1, scripts: [{name: 'one', tests: [{outcome: 'failed'}]}]});
    expect(await readFile(junit, 'utf8')).toContain('the status is 404');
  });

  test('a broken script is not measured, the others are, and the JUnit file has both', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'scripts'));
    await writeFile(join(folder, 'scripts/broken.xml'), '<caldavtest><start></caldavtest>');
    const request = '<method>GET</method><ruri>$calendarpath1:/</ruri>';
    await writeFile(
      join(folder, 'scripts/whole.xml'),
      `<caldavtest><test-suite name="a"><test name="1"><request>${request}</request></test></test-suite></caldavtest>`,
    );
    const junit = join(folder, 'junit.xml');
    const {code, value} = await run([], {self: true, scripts: join(folder, 'scripts'), junit});
    expect(code).toBe(1);
    expect(value).toMatchObject({passed: 1, notMeasured: ['broken']});
    const written = await readFile(junit, 'utf8');
    expect(written).toMatch(/name="broken" tests="1" failures="0" errors="1".*\n.*broken\.xml is not XML/);
    expect(written).toContain('name="whole" tests="1" failures="0" errors="0"');
  });

  test('an authority that is none is refused, naming the option', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'serverinfo.xml'), '<serverinfo/>');
    const server = join(import.meta.dirname, '../../caldavtester/serverinfo.xml');
    const authority = join(folder, 'serverinfo.xml');
    await expect(run([], {server, authority})).rejects.toMatchObject({
      message: expect.stringContaining('is no certificate'),
      fix: expect.stringContaining('--authority'),
    });
  });

  test('--feature takes a claim back, and what needs it is ignored', async () => {
    const {code, value} = await run(['add-member'], {self: true, feature: ['-add-member']});
    expect(code).toBe(0);
    expect(value).toMatchObject({passed: 0, failed: 0, ignored: 3});
  });

  test('which server must be said', async () => {
    await expect(run([], {})).rejects.toMatchObject({fix: expect.stringContaining('--self')});
    await expect(run([], {self: true, server: 'x'})).rejects.toMatchObject({fix: expect.stringContaining('--self')});
    await expect(run([], {server: '/nowhere/serverinfo.xml'})).rejects.toThrow('/nowhere/serverinfo.xml cannot be read: ENOENT.');
  });
});
