import {constants, type FileHandle, lstat, mkdir, open, readdir} from 'node:fs/promises';
import type {PlannedPath} from '../planned.ts';
import type {Step} from '../step.ts';

/** Makes conf/, data/, logs/ and run/; what the server writes to belongs to the account it becomes. */
export const folders: Step = {
  name: 'folders',
  title: ({folders}) =>
    `make the folders ${folders
      .filter(({served}) => served)
      .map(({path}) => path)
      .join(', ')}`,
  done: ({folders}) => folders.every(({action}) => action === 'keep'),
  async run({folders}, {owner}) {
    for (const folder of folders) {
      await make(folder);
      if (folder.served && owner) await give(folder, owner);
    }
  },
};

async function make({path, action, mode}: PlannedPath): Promise<void> {
  if (action !== 'make') return;
  await mkdir(path, {recursive: true, mode: 0o755});
  await using folder = await openFolder(path);
  await folder.chmod(mode);
}

/**
 * A folder that was there and has something in it belongs to whom it belongs: the doctor says so where that does not do. Neither does
 * one that a link leads to change hands: what it lies in may be the account's already, and the link too.
 */
async function give({path, action}: PlannedPath, {uid, gid}: {uid: number; gid: number}): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) return;
  await using folder = await openFolder(path);
  if ((await folder.stat()).uid === uid) return;
  if (action === 'make' || (await readdir(path)).length === 0) await folder.chown(uid, gid);
}

function openFolder(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}
