import {lstatSync, type Stats} from 'node:fs';

/**
 * The look of a file or folder, by which a change made by hand is noticed without reading it: inode, size, and the times of the last
 * change to its bytes and to anything about it. A folder's says only whether names came, went or changed.
 */
export function signatureOf(stats: Stats): string {
  return stats.isDirectory() ? `${stats.ino} ${stats.mtimeMs}` : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

/** The look of what is at a path now; undefined where there is nothing. */
export function signatureAt(file: string): string | undefined {
  const stats = lstatSync(file, {throwIfNoEntry: false});
  return stats && signatureOf(stats);
}
