import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect} from 'vitest';
import {testWith} from '../support/programs.ts';
import {serve} from '../support/serve.ts';
import {temporaryFolder} from '../support/temporary.ts';

describe('cadaver', () => {
  testWith('cadaver')('locks a file, writes it, shows the lock and takes it off', {timeout: 30_000}, async () => {
    const {ann, base} = await serve({ann: []});
    await ann.request('MKCOL', '/calendars/users/ann/files/');
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.netrc'), 'machine 127.0.0.1 login ann password ann\n', {mode: 0o600});
    await writeFile(join(folder, 'text.txt'), 'written');
    const commands = [
      'put text.txt',
      'lock text.txt',
      'put text.txt',
      'discover text.txt',
      'showlocks',
      'unlock text.txt',
      'set lockdepth infinity',
      'lock .',
      'mkcol below',
      'delete text.txt',
      'rmcol below',
      'unlock .',
      'quit',
    ];
    const {stdout} = await execa('cadaver', [`${base}/calendars/users/ann/files/`], {
      cwd: folder,
      env: {HOME: folder},
      input: `${commands.join('\n')}\n`,
      reject: false,
    });
    expect(stdout.match(/succeeded\./g), stdout).toHaveLength(9);
    expect(stdout).not.toMatch(/failed|error/i);
    expect(stdout).toContain(`Depth 0 on \`${base}/calendars/users/ann/files/text.txt'`);
    expect(stdout).toContain('Scope: exclusive  Type: write  Timeout: 3600 seconds');
  });
});
