import {onTestFinished} from 'vitest';
import type {Log} from '../../../src/base/log.ts';
import {homeFolder} from '../../../src/store/file/layout.ts';
import {type FileStore, openFileStore} from '../../../src/store/file/store.ts';
import type {HomeId} from '../../../src/store/store.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {parseForTests} from './parse-for-tests.ts';

/** What the store said to its log. */
export interface Said {
  readonly level: string;
  readonly details: object;
  readonly message: string;
}

export interface Temporary {
  readonly root: string;
  readonly store: FileStore;
  readonly said: Said[];
  /** The same files, opened as a new start of the server; the store before is closed. */
  reopen(startId?: string): Promise<FileStore>;
  /** Opens them once more beside the first, as another process would. */
  another(startId?: string): Promise<FileStore>;
  folder(home: HomeId): string;
}

/** An empty file store in a folder that is gone when the test ends. */
export async function openTemporary(given: {now?: () => number} = {}): Promise<Temporary> {
  const root = await temporaryFolder();
  const said: Said[] = [];
  const say = (level: string) => (details: object, message: string) => void said.push({level, details, message});
  const log: Log = {debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error')};
  const opened: FileStore[] = [];
  const open = async (startId?: string) => {
    const options = {root, log, index: parseForTests, ...given};
    const store = await openFileStore(startId === undefined ? options : {...options, startId});
    opened.push(store);
    return store;
  };
  onTestFinished(async () => {
    for (const store of opened) await store.close();
  });
  const store = await open();
  let last = store;
  return {
    root,
    store,
    said,
    another: open,
    folder: home => homeFolder(root, home),
    async reopen(startId) {
      await last.close();
      last = await open(startId);
      return last;
    },
  };
}
