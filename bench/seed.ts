import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {silent} from '../src/base/log.ts';
import {indexFile} from '../src/server/indexer.ts';
import {textsOf, writeAttributes} from '../src/store/file/attributes.ts';
import {fileNameOf, homeFolder, indexName} from '../src/store/file/layout.ts';
import {newResourceId} from '../src/store/file/resource-id.ts';
import {openFileStore} from '../src/store/file/store.ts';
import type {HomeId} from '../src/store/store.ts';
import {caldav, type Name} from '../src/xml/names.ts';
import type {BenchEvent} from './data.ts';

/** The events of each calendar of a home, by the calendar's name. */
export type Calendars = ReadonlyMap<string, readonly BenchEvent[]>;

/**
 * Puts the same calendars into the homes of `guids` below a DocumentRoot that no server has open. Files and attributes are written
 * where the store would have them, without its waiting for the disk; the store then makes the first home's index of them, and the
 * others get a copy of that. A server compares each with its files when it first opens it, as it always does.
 */
export async function seed(root: string, guids: readonly string[], calendars: Calendars): Promise<void> {
  const [first, ...others] = guids.map((guid): HomeId => `calendars/${guid}`);
  if (first === undefined) return;
  writeHome(homeFolder(root, first), calendars);
  const store = await openFileStore({root, log: silent, index: indexFile});
  try {
    await store.view(first);
  } finally {
    await store.close();
  }
  const index = join(homeFolder(root, first), indexName);
  for (const other of others) {
    const folder = homeFolder(root, other);
    writeHome(folder, calendars);
    copyFileSync(index, join(folder, indexName));
  }
}

function writeHome(folder: string, calendars: Calendars): void {
  const keep = (file: string, types: readonly Name[] = []) =>
    writeAttributes(file, textsOf({resourceId: newResourceId(Date.now()), types, properties: new Map()}), {fresh: true});
  mkdirSync(folder, {recursive: true});
  keep(folder);
  for (const [calendar, events] of calendars) {
    const path = join(folder, fileNameOf(calendar));
    mkdirSync(path);
    keep(path, [caldav('calendar')]);
    for (const {name, text} of events) {
      const file = join(path, fileNameOf(name));
      writeFileSync(file, text);
      keep(file);
    }
  }
}
