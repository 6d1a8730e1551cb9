import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {commands} from '../../src/cli/commands.ts';

const launcher = join(import.meta.dirname, '../../bin/caldav');

const caldav = (...args: string[]) => execa(launcher, args, {reject: false, stdin: 'ignore'});

describe('caldav', () => {
  test('--help lists every command, on standard output', async () => {
    const {stdout, stderr, exitCode} = await caldav('--help');
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0});
    for (const {name, summary} of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
  });

  test('--version prints the version alone', async () => {
    expect((await caldav('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('without a command it explains itself and calls that wrong usage', async () => {
    const {stdout, stderr, exitCode} = await caldav();
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 64});
    expect(stderr).toContain('Usage: caldav');
  });

  test.each([
    [['usr', 'add'], 'there is no command “usr add”. Did you mean “user add”?'],
    [['docter'], 'there is no command “docter”. Did you mean “doctor”?'],
    [['user', 'delete'], 'there is no command “user delete”.'],
    [['--verison'], 'there is no option “--verison”. Did you mean “--version”?'],
  ])('%s: the nearest right word is named, exit 64', async (args, sentence) => {
    const {stderr, exitCode} = await caldav(...args);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(sentence);
  });

  test.each(commands.map(({name}) => [name]))('%s --help: usage, options, examples and exit codes', async name => {
    const {stdout, stderr, exitCode} = await caldav(...name.split(' '), '--help');
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0});
    expect(stdout).toContain(`Usage: caldav ${name}`);
    expect(stdout).toMatch(/^Examples:\n {2}\S*caldav /m);
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 64 wrong usage.');
  });

  test('mail deliver --help says by what exit codes a mail server goes', async () => {
    const {stdout} = await caldav('mail', 'deliver', '--help');
    expect([...stdout.matchAll(/^ {2}(\d+): \w/gm)].map(([, code]) => code)).toEqual(['65', '75', '78']);
  });

  test.each(commands.map(({name}) => [name]))('%s --no-such-option: wrong usage, exit 64', async name => {
    const {stderr, exitCode} = await caldav(...name.split(' '), '--no-such-option');
    expect(exitCode).toBe(64);
    expect(stderr).toContain('--no-such-option');
  });

  test('what is wrong with an argument is said on standard error, and with --json also as the result; exit 64', async () => {
    const {stdout, stderr, exitCode} = await caldav('export', '--json');
    expect(exitCode).toBe(64);
    expect(JSON.parse(stdout)).toEqual({error: 'Export needs to know whose calendars.', fix: 'Add --user NAME.'});
    expect(stderr).toBe('caldav: Export needs to know whose calendars.\nAdd --user NAME.');
  });

  test.each([
    [['user', 'list', '--bad']],
    [['user', 'show']],
    [['user', '--bad']],
    [['nonsense']],
    [['setup', '--yes', '--http-port', '99999']],
  ])('%s --json: one JSON document with a fix; exit 64', async args => {
    const {stdout, stderr, exitCode} = await caldav(...args, '--json');
    const {error, fix} = JSON.parse(stdout);
    expect({exitCode, stderr}).toEqual({exitCode: 64, stderr: `caldav: ${error}\n${fix}`});
    expect(fix).not.toBe('');
  });

  test('a row of the table and the command it loads agree', async () => {
    for (const row of commands) {
      const command = await row.load();
      expect([command.name.replace(/ [<[].*/, ''), command.summary]).toEqual([row.name, row.summary]);
    }
  });
});
