import {readdirSync} from 'node:fs';
import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {execa} from 'execa';
import {describe, expect, onTestFinished} from 'vitest';
import {loadDirectory} from '../../src/accounts/load.ts';
import {loadConfig} from '../../src/config/load.ts';
import {testWith} from '../support/programs.ts';
import {temporaryFolder} from '../support/temporary.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const test = testWith('tmux');

/** A terminal with `caldav` running in it, as a person sees it. */
async function terminal(dir: string, ...args: string[]) {
  const place = await temporaryFolder();
  const tmux = (...words: string[]) => execa('tmux', ['-S', join(place, 'tmux'), '-f', '/dev/null', ...words]);
  const program = join(place, 'caldav.mjs');
  await writeFile(
    program,
    `const {main} = await import(${JSON.stringify(main)});\nconst code = await main(process.argv.slice(2));\nconsole.log('exit code ' + code);\n`,
  );
  onTestFinished(async () => void (await tmux('kill-server').catch(() => undefined)));
  const command = [process.execPath, program, '--dir', dir, ...args].map(word => `'${word}'`).join(' ');
  await tmux('new-session', '-d', '-x', '120', '-y', '50', `${command}; sleep 600`);
  const screen = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).stdout;
  const shows = async (text: string) => {
    for (const end = Date.now() + 30_000; Date.now() < end; await wait(50)) {
      const seen = await screen();
      if (seen.includes(text)) return seen;
    }
    throw new Error(`the terminal never showed “${text}”, but\n${await screen()}`);
  };
  return {
    shows,
    /** Waits for a question and types the answer; `undefined` takes the one offered. */
    async answer(question: string, text?: string) {
      await shows(question);
      if (text !== undefined) await tmux('send-keys', '-l', text);
      await tmux('send-keys', 'Enter');
    },
    press: (key: string) => tmux('send-keys', key),
  };
}

const asRoot = process.geteuid?.() === 0 ? ['--run-as', 'nobody'] : [];

describe('the wizard on a terminal', () => {
  test('asks everything, shows the plan, then does it', {timeout: 120_000}, async () => {
    const dir = await temporaryFolder();
    await chmod(dir, 0o755);
    const {answer, shows} = await terminal(dir, 'setup', ...asRoot);
    await answer('Name or address that clients will use', 'https://wrong/');
    await shows('is no host name');
    await answer('is no host name', '\x15cal.example');
    await answer('Encryption (TLS)');
    await answer('Port for HTTPS', '18555');
    await answer('Port for HTTP without', '0');
    await answer('Folder for the data', 'our data');
    await answer('What clients show', 'Our calendars');
    await answer('Name of the administrator', 'root-of-all');
    await answer('Name of the first user', 'ann');
    await answer('Password for root-of-all', 'one');
    await answer('The same password again', 'two');
    await answer('The two were different', 'battery staple');
    await answer('(leave it empty to have one made) **************', 'battery staple');
    await answer('Password for ann');
    await answer('Do this now?');
    const seen = await shows('exit code');
    expect(seen).toContain('To do:');
    expect(seen).toContain('https://cal.example:18555/');
    expect(seen).not.toContain('battery');

    const config = loadConfig({file: join(dir, 'conf/caldavd-dev.plist'), folder: dir});
    expect(config).toMatchObject({serverHostName: 'cal.example', sslPort: 18555, httpPort: 0, dataRoot: join(dir, 'our data')});
    expect(config.adminPrincipals).toEqual(['/principals/users/root-of-all/']);
    const directory = await loadDirectory(config.directory.xmlFile);
    expect(directory.realm).toBe('Our calendars');
    expect((await directory.verify('root-of-all', 'battery staple'))?.uids).toEqual(['root-of-all']);
    const shown = /ann +(\S+)/.exec(seen.slice(seen.indexOf('only this once')))![1]!;
    expect((await directory.verify('ann', shown))?.uids).toEqual(['ann']);
  });

  test('whoever leaves has changed nothing', {timeout: 60_000}, async () => {
    const dir = await temporaryFolder();
    await chmod(dir, 0o755);
    const {shows, press} = await terminal(dir, 'setup', ...asRoot, '--no-tls', '--host', 'a.example', '--realm', 'R');
    await shows('Port for HTTP');
    await press('C-c');
    expect(await shows('exit code')).toContain('stopped; nothing was changed');
    expect(readdirSync(dir)).toEqual([]);
  });
});
