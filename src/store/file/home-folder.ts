import {randomUUID} from 'node:crypto';
import {lstatSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {failpoint} from '../../base/failpoint.ts';
import type {HomeId} from '../store.ts';
import {apply} from './apply.ts';
import {textsOf, writeAttributes} from './attributes.ts';
import {createIndex} from './index-file.ts';
import {homeFolder, indexName, workshopName} from './layout.ts';
import {Ledger} from './ledger.ts';
import type {Operation} from './operations.ts';
import {newResourceId} from './resource-id.ts';
import {makeFolder, makeFolders, syncFolder, syncPath} from './safe-file.ts';
import {writeSideFile} from './side-file.ts';

export const newPrefix = '.new-';
export const deletedPrefix = '.deleted-';

/**
 * Makes a home with what is staged for it: beside its place and complete, then moved there in one step. False: there is one already.
 * Its objects are in its journal, to be written out once it is opened.
 */
export function createHomeFolder(
  root: string,
  home: HomeId,
  operations: readonly Operation[],
  startId: string,
  folds: boolean,
): boolean {
  const folder = homeFolder(root, home);
  if (isThere(folder)) return false;
  const parent = dirname(folder);
  makeFolders(parent);
  sweep(parent);
  const made = join(parent, `${newPrefix}${randomUUID()}`);
  makeFolder(made);
  try {
    fill(made, operations, startId, folds);
    failpoint('home made');
    renameSync(made, folder);
    failpoint('home in place');
  } catch (error) {
    removeIfPossible(made);
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  // Folders that another has made just now may not be durable yet.
  for (let above = parent; above.length >= root.length; above = dirname(above)) syncFolder(above);
  return true;
}

/** A disk that fails may not let go of it now: then it is swept up later, and what went wrong first is what is told. */
function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, {recursive: true, force: true});
  } catch {}
}

function fill(folder: string, operations: readonly Operation[], startId: string, folds: boolean): void {
  makeFolder(join(folder, workshopName));
  const created = Date.now();
  const identity = {resourceId: newResourceId(created), created, properties: new Map()};
  writeSideFile(folder, '', writeAttributes(folder, textsOf({...identity, types: []})));
  const database = createIndex(join(folder, indexName));
  try {
    const ledger = new Ledger(database, folds);
    database.exec('BEGIN');
    ledger.begin();
    ledger.putCollection('', identity, []);
    for (const operation of operations) apply(ledger, folder, operation);
    ledger.raise();
    ledger.run('UPDATE meta SET start_id = ?', startId);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  syncPath(join(folder, indexName));
  syncFolder(folder);
}

/** Takes a home out of its place in one step and then removes it; another may have done so already. */
export function removeFolder(folder: string): void {
  const parent = dirname(folder);
  const aside = join(parent, `${deletedPrefix}${randomUUID()}`);
  try {
    renameSync(folder, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  syncFolder(parent);
  failpoint('home aside');
  rmSync(aside, {recursive: true, force: true});
}

/** Removes what was cut off while it was made or removed. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(newPrefix) && !name.startsWith(deletedPrefix)) continue;
    const folder = join(parent, basename(name));
    const changed = lstatSync(folder, {throwIfNoEntry: false})?.mtimeMs ?? Date.now();
    if (Date.now() - changed > 3_600_000) rmSync(folder, {recursive: true, force: true});
  }
}

/** Whether there is a home; an empty folder is none. */
function isThere(folder: string): boolean {
  const stats = lstatSync(folder, {throwIfNoEntry: false});
  return stats !== undefined && (!stats.isDirectory() || readdirSync(folder).length > 0);
}
