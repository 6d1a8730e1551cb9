import type {HomeView, Store} from '../store/store.ts';
import type {Output} from './output.ts';
import {createProgress} from './transfer/progress.ts';

/** Has the store take in the files of every home, which are new to it, so that nobody has to wait for that later. `look`: at each. */
export async function indexHomes(store: Store, homes: number, out: Output, look?: (view: HomeView) => void): Promise<void> {
  const progress = createProgress(out, 'indexing accounts', homes);
  try {
    for await (const home of store.homes()) {
      const view = await store.view(home);
      if (view) look?.(view);
      progress.step();
    }
  } finally {
    progress.end();
  }
}
