import {parseDirectory} from '../accounts/load.ts';
import {silent} from '../base/log.ts';
import {provisionHome} from '../scheduling/provision.ts';
import {indexFile} from '../server/indexer.ts';
import {openFileStore} from '../store/file/store.ts';

/** What the making of homes needs to know; data only, since it goes to another process. */
export interface HomesOrder {
  readonly documentRoot: string;
  /** The text of accounts.xml, which the account may not be able to read. */
  readonly accounts: string;
  /** Names of the users whose homes to make. */
  readonly names: readonly string[];
}

/** Makes the homes of accounts that have none; to be run as the account whose data they are. */
export async function makeHomes({documentRoot, accounts, names}: HomesOrder): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const store = await openFileStore({root: documentRoot, log: silent, index: indexFile});
  closing.defer(() => store.close());
  const directory = parseDirectory(accounts, 'accounts.xml');
  for (const name of names) {
    const principal = directory.findByName('users', name);
    if (principal?.calendars) await provisionHome(store, principal);
  }
}
