import {existsSync} from 'node:fs';
import type {Config} from '../config/config.ts';
import {askControl} from '../server/control.ts';
import type {CommandIo} from './command.ts';
import {withStore} from './with-store.ts';

/**
 * Removes the homes of an account that accounts.xml no longer has. A running server is told first, so that no request of it makes a
 * home anew; the store lets several processes work on a home, so the server need not stop. Resolves to the trees it had a home in.
 */
export async function removeHomes(guid: string, config: Config, io: CommandIo): Promise<string[]> {
  await askControl(config.controlSocket, 'reload');
  if (!existsSync(config.documentRoot)) return [];
  return withStore(config, io, async store => {
    const removed: string[] = [];
    for (const tree of ['calendars', 'addressbooks'] as const) {
      if (await store.deleteHome(`${tree}/${guid}`)) removed.push(tree);
    }
    return removed;
  });
}
