import type {Store} from '../store/store.ts';
import type {Output} from './output.ts';
import {createProgress} from './transfer/progress.ts';

/** Has the store take in the files of every home, which are new to it, so that nobody has to wait for that later. */
export async function indexHomes(store: Store, homes: number, out: Output): Promise<void> {
  const progress = createProgress(out, 'indexing accounts', homes);
  try {
    for await (const home of store.homes()) {
      await store.view(home);
      progress.step();
    }
  } finally {
    progress.end();
  }
}
