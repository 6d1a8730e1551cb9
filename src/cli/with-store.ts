import {explainUnwritable} from '../base/disk-errors.ts';
import type {Config} from '../config/config.ts';
import {indexFile} from '../server/indexer.ts';
import {openFileStore, prepareFileStore} from '../store/file/store.ts';
import type {Store} from '../store/store.ts';
import {asDataOwner} from './as-data-owner.ts';
import type {CommandIo} from './command.ts';
import {lockData} from './data-lock.ts';

/**
 * Opens the store, whether or not a server runs on it, and hands it to `work`, as the account whose data it is: root becomes that
 * account meanwhile, so that what is written gets the right owner. Throws UserError where the data is out of reach.
 */
export async function withStore<T>(config: Config, io: CommandIo, work: (store: Store) => Promise<T>): Promise<T> {
  await prepareFileStore();
  return asDataOwner(config, io, async () => {
    await using closing = new AsyncDisposableStack();
    const store = await openFileStore({
      root: config.documentRoot,
      log: {debug() {}, info() {}, warn: (_, message) => io.out.note(message), error: (_, message) => io.out.note(message)},
      index: indexFile,
    }).catch(error => Promise.reject(explainUnwritable(error, config.documentRoot)));
    closing.defer(() => store.close());
    closing.use(lockData(config.documentRoot, 'shared'));
    return await work(store);
  });
}
