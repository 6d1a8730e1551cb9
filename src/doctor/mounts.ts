import {execFile} from 'node:child_process';
import {readFile, realpath} from 'node:fs/promises';
import {dirname} from 'node:path';
import {promisify} from 'node:util';

/** A mounted file system, as the system tells of it. */
export interface Mount {
  /** Where it is mounted. */
  readonly point: string;
  /** The type in the system's own word: `ext4`, `fuse.sshfs`, `apfs`. */
  readonly type: string;
  /** What is mounted there: a device, `server:/export`, or a word such as `tmpfs`. */
  readonly source: string;
  /** Options of the mount and of the file system, each once. */
  readonly options: readonly string[];
}

/** The mount that holds a path, or the nearest parent of it that exists. Undefined where the system does not tell. */
export async function findMount(path: string, mounts?: readonly Mount[]): Promise<Mount | undefined> {
  const real = await realpath(await nearestExisting(path));
  return mountOf(real, mounts ?? (await listMounts()));
}

/** The path itself, or the nearest of its parents that exists. */
export async function nearestExisting(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await realpath(folder);
      return folder;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(folder) === folder) throw error;
    }
  }
}

/** The mount with the longest point above a real path; of two on one point the later, which hides the earlier. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const inside = mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`);
    if (inside && (best === undefined || mount.point.length >= best.point.length)) best = mount;
  }
  return best;
}

/** Every mount of this process's name space; empty where the system does not tell. */
async function listMounts(platform: string = process.platform): Promise<readonly Mount[]> {
  try {
    if (platform === 'linux') return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
    return parseMountOutput((await promisify(execFile)('mount')).stdout);
  } catch {
    return [];
  }
}

/** proc(5), /proc/pid/mountinfo: `id parent dev root point options optional… - type source super-options`. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [head, tail] = line.split(' - ');
    if (!head || !tail) continue;
    const [, , , , point = '', options = ''] = head.split(' ');
    const [type = '', source = '', superOptions = ''] = tail.split(' ');
    mounts.push({point: unescapeOctal(point), type, source: unescapeOctal(source), options: merge(options, superOptions)});
  }
  return mounts;
}

/** What `mount` prints on macOS and the BSDs: `/dev/disk3s1 on /System/Volumes/Data (apfs, local, journaled)`. */
export function parseMountOutput(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const match = /^(.+?) on (.+) \(([^)]*)\)$/.exec(line);
    if (!match) continue;
    const [type = '', ...options] = match[3]!.split(/,\s*/);
    mounts.push({point: match[2]!, type, source: match[1]!, options});
  }
  return mounts;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function merge(...lists: string[]): string[] {
  return [...new Set(lists.flatMap(list => list.split(',')).filter(option => option !== ''))];
}
