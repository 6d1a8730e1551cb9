import {statfs} from 'node:fs/promises';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';
import {nearestExisting} from '../mounts.ts';

/** Room for data, and for files: each calendar object is one. */
export const diskSpace: Check = {
  name: 'disk-space',
  what: 'Disk space',
  applies: ({folders}) => folders.length > 0,
  async run({folders}) {
    return Promise.all(
      folders.map(async ({name, path}) => {
        const found = await statfs(await nearestExisting(path));
        return judge(name, path, found.bavail * found.bsize, found.files === 0 ? undefined : found.ffree);
      }),
    );
  },
};

const megabyte = 1024 * 1024;

/** `freeFiles` undefined: the file system makes inodes as it needs them. */
export function judge(name: string, path: string, freeBytes: number, freeFiles: number | undefined): CheckResult {
  const files = freeFiles === undefined ? '' : ` and ${freeFiles.toLocaleString('en')} inodes`;
  const message = `${name}: ${Math.floor(freeBytes / megabyte).toLocaleString('en')} MiB${files} free`;
  const details = {folder: path, freeBytes, freeFiles};
  const fix = `delete what is not needed there (\`du -xh --max-depth=2 ${path}\` shows what is big), or move the data to a larger disk`;
  if (freeBytes < 20 * megabyte || (freeFiles !== undefined && freeFiles < 200)) return fail(`${message}: full`, fix, details);
  if (freeBytes < 500 * megabyte || (freeFiles !== undefined && freeFiles < 10_000)) {
    return warn(`${message}: nearly full`, fix, details);
  }
  return ok(message, details);
}
