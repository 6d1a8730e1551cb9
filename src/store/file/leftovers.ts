import {chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {deletedPrefix, newPrefix} from './home-folder.ts';
import {homesIn} from './homes-in.ts';
import {fileNameOf, nameOfFile, trees, workshopName} from './layout.ts';
import {sideFileNames} from './side-file.ts';

/** A file or folder that is not as it should be, and in words what is to be done about it. */
export interface Found {
  readonly path: string;
  readonly message: string;
}

/** Files and folders of this account that it may not read and write itself. What lies in such a folder cannot be told yet. */
export function findLocked(root: string): Found[] {
  return trees.flatMap(tree => lockedAt(join(root, tree)));
}

function lockedAt(path: string): Found[] {
  const stats = lstatSync(path, {throwIfNoEntry: false});
  const isFolder = stats?.isDirectory() ?? false;
  if (!stats || !(isFolder || stats.isFile()) || ![0, stats.uid].includes(process.geteuid?.() ?? 0)) return [];
  const needed = isFolder ? 0o700 : 0o600;
  if ((stats.mode & needed) === needed) return isFolder ? readdirSync(path).flatMap(name => lockedAt(join(path, name))) : [];
  return [
    {
      path,
      message: `${path}: let its owner read and write it, and what is below it (it has mode ${(stats.mode & 0o777).toString(8)})`,
    },
  ];
}

/** Lets the owner in, and into all below. */
export function unlock({path}: Found): void {
  const stats = lstatSync(path);
  chmodSync(path, (stats.mode & 0o777) | (stats.isDirectory() ? 0o700 : 0o600));
  if (stats.isDirectory()) for (const found of lockedAt(path)) unlock(found);
}

/**
 * What lies about where no server runs: files half made and homes half made or half removed, none of which was ever promised; and
 * properties of resources that are not there.
 */
export async function findLeftovers(root: string): Promise<{halfMade: Found[]; withoutOwner: Found[]}> {
  const halfMade: Found[] = [];
  const withoutOwner: Found[] = [];
  for await (const {folder} of homesIn(root)) {
    const workshop = join(folder, workshopName);
    for (const name of namesIn(workshop))
      halfMade.push({path: join(workshop, name), message: `${join(workshop, name)}: remove it, half made`});
    for (const path of sideFilesWithoutOwner(folder))
      withoutOwner.push({path, message: `${path}: put it aside, for what it belongs to is gone`});
  }
  for (const path of halfHomes(root)) halfMade.push({path, message: `${path}: remove it, a home half made or half removed`});
  return {halfMade, withoutOwner};
}

export function removeLeftover({path}: Found): void {
  rmSync(path, {recursive: true, force: true});
}

/** To the same place below a folder of the root that is named for the moment; nothing of anybody's is deleted. */
export function moveAside(root: string, {path}: Found, stamp: string): void {
  const to = join(root, `.repaired-${stamp}`, relative(root, path));
  mkdirSync(dirname(to), {recursive: true, mode: 0o750});
  renameSync(path, to);
}

function sideFilesWithoutOwner(folder: string): string[] {
  const entries = readdirSync(folder, {withFileTypes: true});
  const present = new Set(entries.map(({name}) => name));
  return entries.flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return nameOfFile(entry.name) === undefined ? [] : sideFilesWithoutOwner(path);
    const owner = entry.isFile() ? ownerOf(path, entry.name) : undefined;
    return owner === undefined || present.has(owner) ? [] : [path];
  });
}

/** The file name of the resource that a side file is for; undefined: it is none, it is the folder's own, or it does not say. */
function ownerOf(path: string, name: string): string | undefined {
  const of = /^\.(.+)\.properties$/.exec(name)?.[1];
  if (of === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(of)) return nameOfFile(of) === undefined ? undefined : of;
  const named = sideFileNames(readFileSync(path, 'utf8'));
  return named === undefined ? undefined : fileNameOf(named);
}

function halfHomes(root: string): string[] {
  return trees.flatMap(tree => {
    const top = join(root, tree, '__uids__');
    return namesIn(top).flatMap(one =>
      namesIn(join(top, one)).flatMap(two =>
        namesIn(join(top, one, two))
          .filter(name => name.startsWith(newPrefix) || name.startsWith(deletedPrefix))
          .map(name => join(top, one, two, name)),
      ),
    );
  });
}

function namesIn(folder: string): string[] {
  return lstatSync(folder, {throwIfNoEntry: false})?.isDirectory() ? readdirSync(folder) : [];
}
