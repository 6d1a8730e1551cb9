import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {build} from 'plist';
import {expect} from 'vitest';
import {parseDirectory} from '../../src/accounts/load.ts';
import type {Command, ExitCode} from '../../src/cli/command.ts';
import {createOutput} from '../../src/cli/output.ts';
import {WrongUsage} from '../../src/cli/wrong-usage.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** A server's folder with a plist and accounts, and its commands run in this process, without a terminal. */
export async function accountServer(accounts: string) {
  const dir = await temporaryFolder();
  const configFile = join(dir, 'conf/caldavd-dev.plist');
  const file = join(dir, 'conf/auth/accounts.xml');
  await mkdir(dirname(file), {recursive: true});
  await writeFile(file, accounts, {mode: 0o640});
  await writeFile(configFile, build({HTTPPort: 8008, AdminPrincipals: ['/principals/users/boss/']}));
  const read = () => readFile(file, 'utf8');
  return {
    dir,
    configFile,
    file,
    read,
    directory: async () => parseDirectory(await read(), file),
    /** Runs a command with `--json`: its exit code, its result and its remarks. */
    async run(command: Command, args: (string | string[])[], options: Record<string, unknown> = {}) {
      const said = {result: '', notes: ''};
      const stream = (key: 'result' | 'notes') => ({
        isTTY: false,
        write(text: string) {
          said[key] += text;
        },
      });
      const process = {stdin: {isTTY: false}, stdout: stream('result'), stderr: stream('notes')};
      const out = createOutput(true, process as unknown as Parameters<typeof createOutput>[1]);
      try {
        const code: ExitCode = await command.run(args, options, {out, dir, configFile});
        return {code, value: JSON.parse(said.result), notes: said.notes};
      } catch (error) {
        // As in `main`.
        if (error instanceof WrongUsage)
          return {code: 64 as const, value: {error: error.message, fix: error.fix}, notes: said.notes};
        throw error;
      }
    },
    /** Runs a command that is to be refused by a UserError: its sentence and fix. */
    async refused(command: Command, args: (string | string[])[], options: Record<string, unknown> = {}) {
      const before = await read();
      const error = await this.run(command, args, options).catch(error => error);
      expect(error.name).toBe('UserError');
      expect(await read()).toBe(before);
      return {message: error.message as string, fix: error.fix as string};
    },
  };
}
