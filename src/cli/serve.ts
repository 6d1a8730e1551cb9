import {existsSync} from 'node:fs';
import {UserError} from '../base/user-error.ts';
import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import {asAccount} from '../doctor/as-account.ts';
import type {Account} from '../server/privileges.ts';
import type {ServerStatus} from '../server/stats.ts';
import {supervise} from '../server/supervisor.ts';

/** How a server is to be started; it can be sent to another process. */
export interface ServeOptions {
  readonly configFile: string;
  readonly dir: string;
  /** In place of the configuration's ProcessType. */
  readonly processType?: 'Single' | 'Combined';
  readonly profileDir?: string;
}

/** Runs the server in this process until it is told to stop. Throws UserError where it cannot start. */
export async function serve(
  {configFile, dir, processType, profileDir}: ServeOptions,
  {ready, note}: {ready(status: ServerStatus): void; note(text: string): void},
): Promise<void> {
  await supervise({
    loadConfig: () => configOf(configFile, dir, processType),
    ready,
    note,
    check: checkDocumentRoot,
    ...(profileDir === undefined ? {} : {profileDir}),
  });
}

/** The plist's configuration, its ProcessType replaced by the one that was typed. Throws UserError. */
export function configOf(file: string, folder: string, processType?: 'Single' | 'Combined'): Config {
  const config = loadConfig({file, folder});
  return processType ? Object.freeze({...config, processType}) : config;
}

/** Throws UserError where the folder of the data is not there, or not fit, for the account that will serve it. */
async function checkDocumentRoot({documentRoot, file}: Config, account: Account | undefined): Promise<void> {
  if (!existsSync(documentRoot)) {
    throw new UserError(
      `The folder for the data, ${documentRoot}, does not exist.`,
      `Make it with caldav setup, or mend DocumentRoot in ${file}.`,
    );
  }
  const {works, problem, fix} = await asAccount(account, 'attributes', documentRoot);
  if (!works) throw new UserError(sentence(problem), sentence(fix));
}

function sentence(text: string): string {
  if (text === '') return '';
  return `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?`]$/.test(text) ? '' : '.'}`;
}
