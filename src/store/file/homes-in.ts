import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {HomeId} from '../store.ts';
import {homeOfFolder, trees} from './layout.ts';

/** Every home under a DocumentRoot, with its folder, in order. Looks only at names. */
export async function* homesIn(root: string): AsyncIterable<{home: HomeId; folder: string}> {
  for (const tree of trees) {
    for await (const folder of foldersAt(join(root, tree, '__uids__'), 3)) {
      const home = homeOfFolder(root, tree, folder);
      if (home) yield {home, folder};
    }
  }
}

async function* foldersAt(folder: string, depth: number): AsyncIterable<string> {
  const entries = await readdir(folder, {withFileTypes: true}).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    if (depth === 1) yield join(folder, entry.name);
    else yield* foldersAt(join(folder, entry.name), depth - 1);
  }
}
