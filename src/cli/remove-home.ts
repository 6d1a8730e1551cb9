import {silent} from '../base/log.ts';
import type {Config} from '../config/config.ts';
import {askControl} from '../server/control.ts';
import {indexFile} from '../server/indexer.ts';
import {becomeAccount, currentIdentity, planAccount} from '../server/privileges.ts';
import {openFileStore, prepareFileStore} from '../store/file/store.ts';

/**
 * Removes the homes of an account that accounts.xml no longer has. A running server is told first, so that no request of it makes a
 * home anew; the store lets several processes work on a home, so the server need not stop. As root it becomes the server's account
 * for good, so that nothing in the store comes to belong to root. Resolves to the trees it had a home in.
 */
export async function removeHomes(guid: string, config: Config): Promise<string[]> {
  await askControl(config.controlSocket, 'reload');
  await prepareFileStore();
  if (config.userName) {
    const account = planAccount(config, currentIdentity(), () => undefined);
    if (account) becomeAccount(account);
  }
  await using closing = new AsyncDisposableStack();
  const store = await openFileStore({
    root: config.documentRoot,
    log: silent,
    index: indexFile,
  });
  closing.defer(() => store.close());
  const removed: string[] = [];
  for (const tree of ['calendars', 'addressbooks'] as const) {
    if (await store.deleteHome(`${tree}/${guid}`)) removed.push(tree);
  }
  return removed;
}
