import {existsSync} from 'node:fs';
import {statfs} from 'node:fs/promises';
import {dirname} from 'node:path';
import {UserError} from '../base/user-error.ts';
import {probeAttributes} from '../doctor/attributes-probe.ts';
import {claimPidFile, findServer} from '../server/pid-file.ts';
import {findStatus, type Meeting} from '../server/stop.ts';
import {lockData} from './data-lock.ts';

/**
 * Does work on the data while no server runs and no command works on what is in `root`, and keeps both from beginning meanwhile: it has the PID
 * file, and a lock. Throws UserError where one is at work.
 */
export async function whileStopped<T>(meeting: Meeting, root: string, work: () => Promise<T>): Promise<T> {
  const status = await findStatus(meeting);
  const pid = status?.pid ?? findServer(meeting.pidFile);
  if (pid !== undefined) {
    throw new UserError(
      `The server runs, as process ${pid}; it would go on writing to what is put aside.`,
      'Type: caldav stop. Then type the same again, and caldav run -d in the end.',
    );
  }
  using _ = lockData(root, 'alone');
  if (!existsSync(dirname(meeting.pidFile))) return await work();
  const claimed = claimPidFile(meeting.pidFile);
  const release = () => claimed.release();
  process.on('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** Each file takes up whole blocks, and there is an index beside. */
const perFileBytes = 6 * 1024;

/** Whether so much can be kept in a folder, attributes too. Throws UserError where not. */
export async function checkPlace(folder: string, {bytes, files}: {bytes: number; files: number}): Promise<void> {
  const {works, problem, fix} = await probeAttributes(folder);
  if (!works) throw new UserError(`${problem} Nothing was changed.`, fix);
  const {bavail, bsize, ffree} = await statfs(folder);
  const needed = bytes + files * perFileBytes;
  if (bavail * bsize < needed) {
    throw new UserError(
      `${folder} has room for ${mebibytes(bavail * bsize)} MiB, and ${mebibytes(needed)} MiB are needed. Nothing was changed.`,
      'Make room, or name another place.',
    );
  }
  // File systems that make inodes as they need them say 0.
  if (ffree > 0 && ffree < files) {
    throw new UserError(
      `${folder} can take ${ffree} more files, and ${files} are needed. Nothing was changed.`,
      'Name another place.',
    );
  }
}

const mebibytes = (bytes: number) => Math.ceil(bytes / (1 << 20));
