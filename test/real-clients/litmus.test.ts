import {execa} from 'execa';
import {describe, expect} from 'vitest';
import {testWith} from '../support/programs.ts';
import {serve} from '../support/serve.ts';
import {temporaryFolder} from '../support/temporary.ts';

describe('litmus, in an ordinary collection of a home', () => {
  for (const suite of ['basic', 'copymove', 'props', 'http', 'locks']) {
    testWith('litmus')(`${suite} passes whole`, {timeout: 60_000}, async () => {
      const {ann, base} = await serve({ann: []});
      expect((await ann.request('MKCOL', '/calendars/users/ann/files/')).status).toBe(201);
      const url = `${base}/calendars/users/ann/files/`;
      const {stdout} = await execa('litmus', ['-k', url, 'ann', 'ann'], {
        env: {TESTS: suite},
        cwd: await temporaryFolder(),
        reject: false,
        all: true,
      });
      const summary = /summary for `\w+': of (\d+) tests run: (\d+) passed, (\d+) failed/.exec(stdout);
      expect(summary, stdout).not.toBeNull();
      expect({
        failed: summary![3],
        lines: stdout.split('\n').filter(line => /FAIL|WARNING/.test(line)),
      }).toEqual({
        failed: '0',
        lines: [],
      });
      expect(Number(summary![1])).toBeGreaterThan(3);
    });
  }
});
