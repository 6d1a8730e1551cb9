import {randomUUID} from 'node:crypto';
import {constants, type Stats} from 'node:fs';
import {copyFile, lchown, lstat, mkdir, open, readdir, readlink, rename, rm, symlink} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {requireNativeAttributes} from '../../store/file/native-attributes.ts';
import {dataLockName} from '../data-lock.ts';

/** What is in a folder, by names that are relative to it. */
export interface TreeSize {
  readonly entries: number;
  readonly bytes: number;
}

export async function measureTree(folder: string): Promise<TreeSize> {
  let [entries, bytes] = [0, 0];
  for await (const {stats} of walk(folder)) {
    entries++;
    if (stats.isFile()) bytes += stats.size;
  }
  return {entries, bytes};
}

/** Whether a file in a folder was written to after a moment, in milliseconds since 1970. */
export async function hasNewer(folder: string, moment: number): Promise<boolean> {
  for await (const {stats} of walk(folder)) if (stats.isFile() && stats.mtimeMs > moment) return true;
  return false;
}

/** Each is made durable, and a disk does that for several in hardly more time than for one. */
const mostAtOnce = 32;

/** Copies what is not there yet or looks different. What is cut off goes on where it was. `onEntry` hears of each. */
export async function copyTree(from: string, to: string, onEntry: () => void): Promise<void> {
  const folders: string[] = [];
  let underWay: Promise<void>[] = [];
  const copy = async (path: string, stats: Stats) => {
    if (!looksSame(stats, await find(join(to, path)))) await copyEntry(join(from, path), join(to, path), stats);
    onEntry();
  };
  for await (const {path, stats} of walk(from)) {
    underWay.push(copy(path, stats));
    const isFolder = stats.isDirectory();
    if (isFolder) folders.push(join(to, path));
    if (!isFolder && underWay.length < mostAtOnce) continue;
    await Promise.all(underWay);
    underWay = [];
  }
  await Promise.all(underWay);
  for (const folder of folders.reverse()) await sync(folder);
}

/**
 * Compares two trees: bytes, extended attributes, owners, modes and times. What differs is copied again, and what only `to` has is removed.
 * Answers how much that was.
 */
export async function mendTree(from: string, to: string, onEntry: () => void): Promise<number> {
  let mended = 0;
  for await (const {path, stats} of walk(from)) {
    const [source, target] = [join(from, path), join(to, path)];
    if (!(await isCopy(source, target, stats))) {
      await copyEntry(source, target, stats);
      mended++;
    }
    onEntry();
  }
  for await (const {path} of walk(to)) {
    if (await find(join(from, path))) continue;
    await rm(join(to, path), {recursive: true, force: true});
    mended++;
  }
  return mended;
}

/** The folder itself first, with the path `''`; a folder before what is in it. Sockets and the like are no data. */
async function* walk(root: string, path = ''): AsyncIterable<{path: string; stats: Stats}> {
  const stats = await find(join(root, path));
  if (!stats || isPassing(path) || !(stats.isFile() || stats.isDirectory() || stats.isSymbolicLink())) return;
  yield {path, stats};
  if (stats.isDirectory()) for (const name of (await readdir(join(root, path))).sort()) yield* walk(root, join(path, name));
}

/** Where a move comes from; each has its own. */
export const markerName = '.moving.json';

/** SQLite's shared memory is made anew by whoever opens the file, and the lock by whoever wants it. */
const isPassing = (path: string) =>
  /(^|\/)(\.[^/]*|proxies|mail|deliveries)\.sqlite-shm$/.test(path) || basename(path) === dataLockName || path === markerName;

async function copyEntry(from: string, to: string, stats: Stats): Promise<void> {
  const there = await find(to);
  if (there && kindOf(there) !== kindOf(stats)) await rm(to, {recursive: true, force: true});
  if (stats.isSymbolicLink()) {
    await rm(to, {force: true});
    await symlink(await readlink(from), to);
    if (process.geteuid?.() === 0) await lchown(to, stats.uid, stats.gid);
    return;
  }
  if (stats.isDirectory()) {
    await mkdir(to, {recursive: true, mode: 0o700});
    copyAttributes(from, to);
    await setAbout(to, stats);
    return;
  }
  const temporary = join(to, '..', `.moving-${randomUUID()}`);
  await copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  copyAttributes(from, temporary);
  await setAbout(temporary, stats);
  await rename(temporary, to);
}

/** Whose it is, who may use it and since when it is what it is; makes it durable. */
async function setAbout(path: string, stats: Stats): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  if (process.geteuid?.() === 0) await handle.chown(stats.uid, stats.gid);
  await handle.chmod(stats.mode & 0o7777);
  await handle.utimes(stats.atimeMs / 1000, stats.mtimeMs / 1000);
  await handle.sync();
}

function copyAttributes(from: string, to: string): void {
  const {removeAttributeSync, setAttributeSync} = requireNativeAttributes();
  const wanted = attributesOf(from);
  for (const name of attributesOf(to).keys()) if (!wanted.has(name)) removeAttributeSync(to, name);
  for (const [name, value] of wanted) setAttributeSync(to, name, value);
}

/** Those that accounts set; what the system keeps beside them it makes itself. */
function attributesOf(path: string): Map<string, Buffer> {
  const {getAttributeSync, listAttributesSync} = requireNativeAttributes();
  const names = listAttributesSync(path).filter(name => process.platform === 'darwin' || name.startsWith('user.'));
  return new Map(names.map(name => [name, getAttributeSync(path, name)]));
}

async function isCopy(from: string, to: string, stats: Stats): Promise<boolean> {
  const there = await find(to);
  if (!there || kindOf(there) !== kindOf(stats)) return false;
  if (stats.isSymbolicLink()) return (await readlink(from)) === (await readlink(to));
  if ((there.mode & 0o7777) !== (stats.mode & 0o7777)) return false;
  if (process.geteuid?.() === 0 && (there.uid !== stats.uid || there.gid !== stats.gid)) return false;
  const [wanted, present] = [attributesOf(from), attributesOf(to)];
  if (wanted.size !== present.size || ![...wanted].every(([name, value]) => present.get(name)?.equals(value))) return false;
  return stats.isDirectory() || (looksSame(stats, there) && (await sameBytes(from, to)));
}

async function sameBytes(from: string, to: string): Promise<boolean> {
  await using source = await open(from);
  await using copy = await open(to);
  const [left, right] = [Buffer.allocUnsafe(1 << 18), Buffer.allocUnsafe(1 << 18)];
  for (let at = 0; ; ) {
    const [{bytesRead}, {bytesRead: other}] = await Promise.all([
      source.read(left, 0, left.length, at),
      copy.read(right, 0, right.length, at),
    ]);
    if (bytesRead !== other || !left.subarray(0, bytesRead).equals(right.subarray(0, other))) return false;
    if (bytesRead === 0) return true;
    at += bytesRead;
  }
}

function looksSame(stats: Stats, there: Stats | undefined): boolean {
  if (!there || kindOf(there) !== kindOf(stats) || !stats.isFile()) return false;
  return there.size === stats.size && Math.abs(there.mtimeMs - stats.mtimeMs) < 1;
}

const kindOf = (stats: Stats) => stats.mode & constants.S_IFMT;

function find(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

async function sync(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}
